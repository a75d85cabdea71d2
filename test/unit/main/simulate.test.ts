// `berth sensor simulate` against a whole platform, in this process: its API, its broker, its sensors.
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { expect, onTestFinished, test, vi } from 'vitest';
import { makeToken } from '../../../src/accounts/token-requests.ts';
import { storeAction } from '../../../src/actions/store-action.ts';
import { ApiClient } from '../../../src/cli/api-client.ts';
import { buildProgram, runProgram } from '../../../src/cli/program.ts';
import type { Surroundings } from '../../../src/cli/surroundings.ts';
import { readSettings } from '../../../src/config/read-settings.ts';
import { takeDataDirectory } from '../../../src/main/data-directory.ts';
import { openFoundations } from '../../../src/main/foundations.ts';
import { startPlatform } from '../../../src/main/platform.ts';
import { addSimulateCommand } from '../../../src/main/simulate-command.ts';
import type { Action } from '../../../src/model/action.ts';
import { temporaryDirectory } from '../../contracts/temporary-directory.ts';
import { freePort } from '../../world/free-port.ts';

const PATIENCE = { timeout: 8000, interval: 30 };

const FILE = {
  types: [
    {
      id: 'thermometer',
      description: '',
      fields: [{ name: 'celsius', type: 'number', unit: '°C', range: [-20, 60] }],
      rateHz: 1,
    },
    {
      id: 'fan',
      description: '',
      fields: [{ name: 'percent', type: 'number', unit: '%', range: [0, 100] }],
      rateHz: 1,
      controls: [{ name: 'speed', parameters: [{ name: 'percent', type: 'number', unit: '%', range: [0, 100] }] }],
    },
  ],
  sensors: [
    { id: 'hall', name: 'Hall', type: 'thermometer' },
    { id: 'cellar', name: 'Cellar', type: 'thermometer' },
    { id: 'fan-1', name: 'Fan', type: 'fan' },
  ],
};

async function platform() {
  const directory = await temporaryDirectory();
  await mkdir(join(directory, 'data'));
  const port = await freePort();
  const settings = readSettings({
    BERTH_DATA: join(directory, 'data'),
    BERTH_PORT: '0',
    BERTH_DOCKER_SOCKET: '',
    BERTH_MQTT_PORT: String(port),
  });
  const data = await takeDataDirectory(settings.data);
  const foundations = await openFoundations(settings, data, { write: () => {} });
  const running = await startPlatform(foundations);
  onTestFinished(async () => {
    await running.stop();
    await data.release();
  });
  const { token, doc } = makeToken(foundations, { name: 'test', permissions: ['*'], expiresAt: null });
  await foundations.store.create('token', doc);
  const credentials = { url: running.url, token };
  const client = new ApiClient(credentials);
  await client.call('applySensors', { body: FILE });
  return { ...foundations, credentials, client, broker: `mqtt://127.0.0.1:${port}` };
}

type Platform = Awaited<ReturnType<typeof platform>>;

/** Runs the command as a person would; `leave` is Ctrl-C. */
function simulate({ credentials, broker }: Platform, ...words: readonly string[]) {
  const leaving = new AbortController();
  const [out, err] = [new PassThrough(), new PassThrough()];
  const surroundings: Surroundings = {
    ...{ credentials, tokenGiven: true, out, err, terminal: false, color: false, columns: 100, zone: 'UTC' },
    now: () => Date.now(),
    pause: () => Promise.resolve(),
    confirm: undefined,
    readSecret: async () => '',
    saveCredentials: async () => '',
    leave: leaving.signal,
  };
  const program = buildProgram(surroundings, '0');
  addSimulateCommand(program, surroundings);
  const code = runProgram(program, ['sensor', 'simulate', '--broker', broker, ...words], surroundings);
  const ended = code.then(async (code) => {
    out.end();
    err.end();
    return { code, out: (await buffer(out)).toString(), err: (await buffer(err)).toString() };
  });
  onTestFinished(async () => {
    leaving.abort();
    await ended;
  });
  return { ended, leave: () => leaving.abort() };
}

/** A command to the fan, as a task would have asked for it. */
function anAction(parameters: Readonly<Record<string, unknown>>): Action {
  const order = { kind: 'control', sensor: 'fan-1', control: 'speed', parameters, timeoutMs: 5000 } as const;
  const of = { instance: 'i', application: 'app', job: 'j', task: 't', key: 'k' };
  return { id: 'a', ...of, order, requestedAt: Date.now(), expiresAt: Date.now() + 60_000, shard: 0 };
}

test('devices sign in, measure at the rate asked for, are online, and leave no credential behind', async () => {
  const there = await platform();
  const run = simulate(there, '--type', 'thermometer', '--rate', '50', '--for', '1s');
  const shown = () => there.client.call('showSensor', { params: { sensor: 'hall' } });
  await vi.waitFor(async () => expect(await shown()).toMatchObject({ state: 'online', hasCredential: true }), PATIENCE);
  const { code, out, err } = await run.ended;
  expect([code, err]).toEqual([0, '']);
  expect(out).toContain(`2 devices measure and send to ${there.broker}.`);
  const sent = Number(/(\d+) readings were sent in all/.exec(out)?.[1]);
  expect(sent).toBeGreaterThan(60);
  expect(sent).toBeLessThan(140);
  const kept = await there.readings.range({
    sensor: 'hall',
    fromAt: 0,
    toAt: Date.now() + 60_000,
    after: 0,
    limit: 1000,
  });
  expect(kept.length * 2).toBeGreaterThan(sent - 10);
  expect(kept.every(({ values }) => typeof values.celsius === 'number')).toBe(true);
  await vi.waitFor(async () => expect(await shown()).toMatchObject({ state: 'offline', misfits: 0 }), PATIENCE);
  const sensors = await there.client.all('listSensors', { query: {} });
  expect(sensors.map(({ hasCredential }) => hasCredential)).toEqual([false, false, false]);
});

test('a device does what it is told and measures it afterwards, until Ctrl-C', async () => {
  const there = await platform();
  const run = simulate(there, '--sensor', 'fan-1', '--rate', '20', '--misfits', '50');
  const latest = async () => (await there.readings.latest(['fan-1']))[0];
  await vi.waitFor(async () => expect(await latest()).toBeDefined(), PATIENCE);
  await storeAction(there.store, anAction({ percent: 40 }));
  const state = async () => (await there.store.get('actionStatus', 'a'))?.doc.state;
  await vi.waitFor(async () => expect(await state()).toBe('delivered'), PATIENCE);
  await vi.waitFor(async () => expect((await latest())?.values).toEqual({ percent: 40 }), PATIENCE);
  const misfits = async () => (await there.client.call('showSensor', { params: { sensor: 'fan-1' } })).misfits;
  await vi.waitFor(async () => expect(await misfits()).toBeGreaterThan(0), PATIENCE);
  run.leave();
  expect((await run.ended).err).toBe('');
});

test('sensors with a credential are left alone unless that is asked for, and what is not there is said', async () => {
  const there = await platform();
  await there.client.call('renewSensorCredential', { params: { sensor: 'hall' } });
  const refused = await simulate(there, '--sensor', 'hall', '--for', '1s').ended;
  expect(refused.err).toContain('simulate.has-credential');
  const unknown = await simulate(there, '--sensor', 'attic', '--for', '1s').ended;
  expect(unknown.err).toContain('There is no sensor attic');
  const nothing = await simulate(there, '--type', 'barometer', '--for', '1s').ended;
  expect(nothing.err).toContain('There is no sensor to simulate of the type barometer');
  const others = await simulate(there, '--type', 'thermometer', '--for', '100ms').ended;
  expect(others.out).toContain('1 device measures');
  const nowhere = await simulate({ ...there, broker: 'mqtt://127.0.0.1:1' }, '--sensor', 'cellar').ended;
  expect(nowhere.err).toContain('simulate.sign-in-failed');
  const after = await there.client.call('showSensor', { params: { sensor: 'cellar' } });
  expect(after.hasCredential).toBe(false);
});

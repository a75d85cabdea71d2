// The examples as a new user has them: pushed, their sensors approved, their instances made, in containers on the fleet, with devices
// that speak MQTT, a mail server, and an SMS gateway.
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterEach, beforeAll, expect, onTestFinished, test } from 'vitest';
import { zipDirectory } from '../../../src/cli/zip-directory.ts';
import { mailServer } from '../../contracts/mail-server.ts';
import { ON_FLEET, siteOf } from '../../reality/spine/site.ts';
import type { Story } from '../../reality/spine/story.ts';
import { freePort } from '../../world/free-port.ts';
import { until } from '../../world/until.ts';
import { ExampleDevice } from './example-devices.ts';

const EXAMPLES = join(import.meta.dirname, '../../../examples');
const SOON_MS = 60_000;

const mqttPort = await freePort();
const site = siteOf(2, { BERTH_MQTT_PORT: String(mqttPort) });
const devices: ExampleDevice[] = [];
let story: Story;

beforeAll(() => {
  ({ story } = site);
});

afterEach(async () => {
  await Promise.all(devices.splice(0).map((device) => device.end()));
});

/** Pushes an example and approves what it brings along. */
async function push(example: string): Promise<void> {
  await story.client.call('pushPackage', { zip: await zipDirectory(join(EXAMPLES, example, 'app')) });
  const { types, sensors } = JSON.parse(await readFile(join(EXAMPLES, example, 'app', 'sensor_config.json'), 'utf8'));
  const wishes = await until('the registration requests', SOON_MS, async () => {
    const { items } = await story.client.call('listSensorRequests', { query: { limit: 1000 } });
    return items.length === types.length + sensors.length ? items : undefined;
  });
  for (const { id } of wishes.toSorted((a, b) => b.id.localeCompare(a.id)))
    await story.client.call('approveSensorRequest', { params: { request: id } });
}

/** Makes the instance of an example's file, on the fleet. */
async function create(example: string, file: string, over: Readonly<Record<string, unknown>> = {}): Promise<string> {
  const body = JSON.parse(await readFile(join(EXAMPLES, example, 'instances', file), 'utf8'));
  const { name } = await story.client.call('createInstance', { body: { ...body, ...ON_FLEET, ...over } });
  return name;
}

async function device(sensor: string, measures: unknown): Promise<ExampleDevice> {
  const made = await ExampleDevice.connect(story.client, `mqtt://127.0.0.1:${mqttPort}`, sensor, measures);
  devices.push(made);
  return made;
}

test('room climate: waits for its sensors, steers the fan, tells people once, and goes on where another container was', async () => {
  await push('room-climate');
  await story.client.call('addUser', { body: { name: 'caretaker' } });
  const parameters = { every_seconds: 0.3, alarm_celsius: 30 };
  const name = await create('room-climate', 'room-12.json', { parameters });
  await story.jobOf(name, ({ state, reason }) => state === 'waiting' && /room-12-|temperature/.test(reason));

  const door = await device('room-12-temperature-door', 27);
  const window = await device('room-12-temperature-window', 25);
  await device('room-12-humidity', 40);
  await device('room-12-occupancy', true);
  const fan = await device('room-12-fan', 0);
  await story.running(name);
  await until('the fan to be told', SOON_MS, () => fan.commands.length > 0 || undefined);
  expect(fan.commands[0]).toEqual({ control: 'speed', parameters: { percent: 80 } });

  for (const thermometer of [door, window]) thermometer.measures(31);
  const inbox = () => story.client.call('listInbox', { params: { user: 'caretaker' }, query: {} });
  await until('the caretaker to be told', SOON_MS, async () => (await inbox()).items.length > 0 || undefined);

  const told = fan.commands.length;
  const { tasks } = await story.running(name);
  const task = tasks.at(-1);
  await site
    .server(task?.node)
    .docker.getContainer(task?.id ?? '')
    .kill();
  const job = await story.jobOf(name, ({ tasks: all, state }) => state === 'running' && all.length > tasks.length);
  await until('the room to be looked at again', SOON_MS, async () => {
    const outputs = await story.outputs(job.id);
    return outputs.some((output) => output.task !== task?.id) || undefined;
  });
  expect((await inbox()).items).toMatchObject([{ severity: 'alert', title: expect.stringContaining('31.0 °C') }]);
  expect(fan.commands.slice(told)).toEqual([]);
  await story.stop(job.id);
  await story.ended(name);
});

test('cold chain: an e-mail with its evidence and an SMS, once, though the platform dies meanwhile; and word when it is over', async () => {
  const mail = await mailServer({ disabledCommands: ['AUTH', 'STARTTLS'] });
  const messages = await gateway();
  const smtp = { kind: 'smtp', host: '127.0.0.1', port: mail.port, tls: 'none', from: 'berth@example.org' } as const;
  const sms = {
    kind: 'sms-gateway',
    url: messages.url,
    body: '{"to": "{to}", "text": "{text}", "reference": "{id}"}',
  } as const;
  for (const body of [smtp, sms]) await story.client.call('applyChannel', { body });
  await push('cold-chain');
  const fridge = await device('pharmacy-fridge-1', { celsius: 4, door_open: false });
  const name = await create('cold-chain', 'pharmacy.json', {
    parameters: { limit_celsius: 8, after_seconds: 2, email: 'pharmacist@example.org', sms: '+4930123456' },
  });
  const job = await story.running(name);

  fridge.measures({ celsius: 11.5, door_open: true });
  const actions = async () => (await story.client.call('listActions', { query: { instance: name, limit: 10 } })).items;
  await until(
    'the SMS',
    SOON_MS,
    async () => (await actions()).some(({ kind, state }) => kind === 'sms' && state === 'delivered') || undefined,
  );
  await site.platform.kill();
  story.client = await site.platform.start();
  await until('the e-mail', SOON_MS, () => mail.taken.length > 0 || undefined);
  expect(JSON.parse(messages.taken[0] ?? '')).toMatchObject({
    to: '+4930123456',
    text: 'pharmacy-fridge-1: 11.5 °C, limit 8.0 °C',
  });
  expect(mail.taken[0]).toMatchObject({ from: 'berth@example.org', to: ['pharmacist@example.org'] });
  expect(mail.taken[0]?.raw).toContain('Cold chain: pharmacy-fridge-1 is too warm');
  expect(mail.taken[0]?.raw).toMatch(/filename="?incident-\d{8}T\d{6}Z\.csv/);

  fridge.measures({ celsius: 5, door_open: false });
  await until('word that it is over', SOON_MS, () => mail.taken.length > 1 || undefined);
  expect(mail.taken[1]?.raw).toContain('is cold again');
  expect([mail.taken.length, messages.taken.length]).toEqual([2, 1]);
  // That a message was taken is written behind its taking.
  await expect
    .poll(async () => (await actions()).map(({ kind, state }) => `${kind} ${state}`).toSorted(), { timeout: SOON_MS })
    .toEqual(['email delivered', 'email delivered', 'sms delivered']);
  await story.stop(job.id);
  await story.ended(name);
});

test('energy report: a table and a chart of what the meters measured, by Node, and it is done', async () => {
  await push('energy-report');
  await device('meter-lighting', 900);
  await device('meter-ventilation', 1800);
  const name = await create('energy-report', 'hourly.json', { schedule: { kind: 'now' }, parameters: { seconds: 60 } });
  const job = await story.ended(name);
  expect(job.state).toBe('succeeded');
  const outputs = await story.outputs(job.id);
  expect(outputs.map((output) => output.name).toSorted()).toEqual(['energy.csv', 'energy.svg']);
  const [task = '', record = ''] = outputs.find((output) => output.name === 'energy.csv')?.id.split('/') ?? [];
  const csv = await text(await story.client.open('openOutput', { params: { task, record } }));
  expect(csv).toMatch(/^meter,readings,kwh,lowest_w,highest_w\r\nLighting,\d+,0\.\d{4},900\.0,900\.0\r\n/);
});

/** An SMS gateway that takes every message. */
async function gateway() {
  const taken: string[] = [];
  const server = createServer((request, response) => {
    void text(request).then((body) => {
      taken.push(body);
      response.writeHead(202).end();
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/messages`, taken };
}

// The routes of the SDK endpoint for sensors, actions and state, over a real socket.
import { type IncomingMessage, request } from 'node:http';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { ManualClock } from '../engine/manual-clock.ts';
import { aJobStatus } from './a-job-status.ts';
import { ask, sdkWorld } from './sdk-world.ts';

type World = Awaited<ReturnType<typeof sdkWorld>>;

function get(world: World, path: string) {
  return ask(world.socketPath, world.token, { method: 'GET', path: `/sdk/v1/${path}` });
}

function put(world: World, path: string, body: string | Buffer) {
  return ask(world.socketPath, world.token, { method: 'PUT', path: `/sdk/v1/${path}`, body });
}

function codeIn({ status, text }: { status: number; text: string }): string {
  const { code, message, remedy } = JSON.parse(text);
  expect(message.length * remedy.length).toBeGreaterThan(0);
  return `${status} ${code}`;
}

describe('state', () => {
  test('a value is what was put under its key, whatever the key is, until it is deleted', async () => {
    const world = await sdkWorld();
    const keys = ['a', '.', '..', 'a/b?c#d%', 'größe 1'];
    for (const key of keys) {
      const path = `state/${encodeURIComponent(key).replaceAll('.', '%2E')}`;
      expect(await get(world, path)).toEqual({ status: 204, text: '' });
      expect(await put(world, path, JSON.stringify({ key }))).toEqual({ status: 200, text: '{}' });
      expect(await get(world, path)).toEqual({ status: 200, text: JSON.stringify({ key }) });
    }
    expect(JSON.parse((await get(world, 'state')).text)).toEqual({ keys: keys.toSorted() });
    const gone = await ask(world.socketPath, world.token, { method: 'DELETE', path: '/sdk/v1/state/a' });
    expect(gone.status).toBe(200);
    expect((await ask(world.socketPath, world.token, { method: 'DELETE', path: '/sdk/v1/state/a' })).status).toBe(200);
    expect((await get(world, 'state/a')).status).toBe(204);
    expect((await put(world, 'state/none', 'null')).status).toBe(200);
    expect(await get(world, 'state/none')).toEqual({ status: 200, text: 'null' });
  });

  test('is the same for every task of the instance, and nobody else sees it', async () => {
    const world = await sdkWorld();
    await put(world, 'state/a', '1');
    const other = { ...world.task, id: 'other', instance: 'other' };
    const same = { ...world.task, id: 'same', slot: 1 };
    for (const task of [other, same]) await world.store.create('task', task);
    const read = (id: string) => ask(world.socketPath, world.tokenOf(id), { method: 'GET', path: '/sdk/v1/state/a' });
    expect((await read('other')).status).toBe(204);
    expect((await read('same')).text).toBe('1');
  });

  test('refuses what is too large, not JSON, under no key, or one key too many', async () => {
    const world = await sdkWorld();
    expect(codeIn(await put(world, 'state/a', JSON.stringify('x'.repeat(256 * 1024))))).toBe('413 sdk.body-too-large');
    expect((await put(world, 'state/a', JSON.stringify('x'.repeat(256 * 1024 - 2)))).status).toBe(200);
    expect(codeIn(await put(world, 'state/a', 'NaN'))).toBe('400 sdk.body-not-json');
    expect(codeIn(await put(world, 'state/a', Buffer.from([0x22, 0xff, 0x22])))).toBe('400 sdk.body-not-json');
    for (const key of ['', 'x'.repeat(151), '%0a', '%00']) {
      expect(codeIn(await put(world, `state/${key}`, '1'))).toBe('400 state.key-invalid');
    }
    for (const path of ['state/%ff', 'state/a/b']) expect(codeIn(await put(world, path, '1'))).toBe('404 sdk.no-route');
    for (let number = 1; number < 1000; number++) {
      const key = `k${number}`;
      await world.store.create('instanceState', {
        ...{ id: `${world.task.instance}/${key}`, instance: world.task.instance, key },
        ...{ value: '1', updatedAt: 1, task: 't' },
      });
    }
    expect(codeIn(await put(world, 'state/one-more', '1'))).toBe('409 state.too-many-keys');
    expect((await put(world, 'state/a', '2')).status).toBe(200);
  });

  test('writes at once from many connections all end well, one of them last', async () => {
    const world = await sdkWorld();
    const answers = await Promise.all(Array.from({ length: 8 }, (_, n) => put(world, 'state/a', `${n}`)));
    expect(answers.every(({ status }) => status === 200 || status === 503)).toBe(true);
    expect(Number((await get(world, 'state/a')).text)).toBeLessThan(8);
  });

  test('a task that has lost its slot changes nothing when it must run exactly once', async () => {
    const world = await sdkWorld(1, { exactlyOne: true });
    const slot = aJobStatus(world.task);
    const stored = await world.store.create('jobStatus', slot);
    expect((await put(world, 'state/a', '1')).status).toBe(200);
    await world.store.update('jobStatus', aJobStatus({ ...world.task, id: 'its-successor' }), stored.version);
    expect(codeIn(await put(world, 'state/a', '2'))).toBe('409 sdk.fenced');
    expect(codeIn(await get(world, 'state/a'))).toBe('409 sdk.fenced');
    expect(codeIn(await put(world, 'actions/k', '{"kind":"sms"}'))).toBe('409 sdk.fenced');
    expect(world.actions.wanted).toEqual([]);
  });
});

describe('actions', () => {
  test('what is wanted is passed on with its key, and its outcome is told when it has ended', async () => {
    const world = await sdkWorld();
    const taken = await put(world, 'actions/k%201', '{"kind":"sms","to":["+49"],"key":"other"}');
    expect(JSON.parse(taken.text)).toEqual({ id: 'the/id', state: 'waiting' });
    expect(world.actions.wanted).toEqual([{ kind: 'sms', to: ['+49'], key: 'k 1' }]);
    const now = await get(world, 'actions/the%2Fid?wait=0');
    expect(JSON.parse(now.text)).toEqual({ id: 'the/id', state: 'waiting', reason: 'because', answer: { rpm: 3 } });
    const held = get(world, 'actions/the%2Fid');
    world.actions.deliver();
    expect(JSON.parse((await held).text)).toMatchObject({ state: 'delivered' });
  });

  test.each(['[]', 'null', '"x"'])('%s is no action', async (body) => {
    const world = await sdkWorld();
    expect(codeIn(await put(world, 'actions/k', body))).toBe('400 request.invalid');
  });

  test('a key or a wait that cannot be is refused', async () => {
    const world = await sdkWorld();
    expect(codeIn(await put(world, `actions/${'k'.repeat(201)}`, '{}'))).toBe('400 request.invalid');
    expect(codeIn(await get(world, 'actions/x?wait=26'))).toBe('400 request.invalid');
    expect(codeIn(await get(world, 'actions'))).toBe('404 sdk.no-route');
  });
});

describe('sensors', () => {
  const reading = (sequence: number, sensor = 'a') => ({ sequence, sensor, at: 5, values: { x: sequence } });

  test('are described, and give their last reading and the readings of a while', async () => {
    const world = await sdkWorld();
    expect(JSON.parse((await get(world, 'sensors')).text)).toMatchObject({ sensors: [{ name: 'rooms' }] });
    expect((await get(world, 'sensors/rooms/1/latest')).status).toBe(204);
    world.readings.push(reading(1), reading(2, 'b'), reading(3, 'b'));
    const last = await get(world, 'sensors/rooms/1/latest');
    expect(JSON.parse(last.text)).toEqual({ sequence: 3, sensor: 'b', index: 1, at: 5, values: { x: 3 } });
    const window = await get(world, 'sensors/rooms/1/window?seconds=10');
    expect(JSON.parse(window.text).map(({ sequence }: { sequence: number }) => sequence)).toEqual([2, 3]);
  });

  test.each([
    ['sensors/rooms/1/window', '400 request.invalid'],
    ['sensors/rooms/1/window?seconds=-1', '400 request.invalid'],
    ['sensors/rooms/x/latest', '400 request.invalid'],
    ['sensors/rooms/stream?after=1.5', '400 request.invalid'],
    ['sensors/rooms/stream?rate=0', '400 request.invalid'],
    ['sensors/cellar/stream', '404 request.not-found'],
    ['sensors/rooms/1/other', '404 sdk.no-route'],
  ])('%s is refused with %s', async (path, refusal) => {
    expect(codeIn(await get(await sdkWorld(), path))).toBe(refusal);
  });

  async function streamed(world: World, query: string): Promise<IncomingMessage> {
    const { socketPath, token } = world;
    const headers = { authorization: `Bearer ${token}` };
    const call = request({ socketPath, path: `/sdk/v1/sensors/rooms/stream${query}`, headers, agent: false });
    onTestFinished(() => void call.destroy());
    call.on('error', () => {});
    call.end();
    return new Promise((resolve) => call.once('response', resolve));
  }

  test('stream line by line as they come, each with the place of its sensor, until the task goes', async () => {
    const world = await sdkWorld();
    world.readings.push(reading(1), reading(2));
    const answer = await streamed(world, '?after=1&rate=3');
    expect(answer.headers['content-type']).toBe('application/x-ndjson');
    let text = '';
    answer.on('data', (piece: Buffer) => {
      text += piece.toString();
    });
    await vi.waitFor(() => expect(text.trim().split('\n')).toHaveLength(1));
    world.readings.push(reading(3, 'b'));
    await vi.waitFor(() => expect(text.trim().split('\n')).toHaveLength(2));
    expect(
      text
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line)),
    ).toEqual([
      { sequence: 2, sensor: 'a', index: 0, at: 5, values: { x: 2 } },
      { sequence: 3, sensor: 'b', index: 1, at: 5, values: { x: 3 } },
    ]);
    expect(world.readings.wish).toEqual({ index: null, after: 1, rateHz: 3 });
    answer.destroy();
    await vi.waitFor(() => expect(world.readings.listening).toBe(0));
  });

  test('a task that does not read holds the source back, and memory stays small', async () => {
    const world = await sdkWorld();
    const answer = await streamed(world, '?after=0');
    answer.pause();
    const values = { x: 'y'.repeat(10_000) };
    let given = 0;
    let taken = 0;
    const source = setInterval(() => {
      for (let n = 0; n < 10; n++) world.readings.push({ sequence: ++given, sensor: 'a', at: 5, values });
    }, 1);
    onTestFinished(() => clearInterval(source));
    const before = process.memoryUsage().external;
    await vi.waitFor(() => expect(given).toBeGreaterThan(1000), { timeout: 8000 });
    clearInterval(source);
    expect(process.memoryUsage().external - before).toBeLessThan(30_000_000);
    answer.on('data', (piece: Buffer) => {
      taken += piece.toString().split('\n').length - 1;
    });
    answer.resume();
    await vi.waitFor(() => expect(taken).toBe(given), { timeout: 8000 });
  });

  test('an empty line comes after ten seconds of silence', async () => {
    const clock = new ManualClock(1_790_000_000_000);
    const world = await sdkWorld(1, {}, clock);
    const answer = await streamed(world, '');
    let text = '';
    answer.on('data', (piece: Buffer) => {
      text += piece.toString();
    });
    clock.advance(9_000);
    world.readings.push(reading(1));
    await vi.waitFor(() => expect(text).toContain('sequence'));
    text = '';
    clock.advance(9_900);
    expect(text).toBe('');
    clock.advance(200);
    await vi.waitFor(() => expect(text).toBe('\n'));
  });
});

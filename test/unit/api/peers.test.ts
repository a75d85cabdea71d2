// A platform of several processes: whoever is asked, the answer is the same, and it survives the end of the process that gives it.
import { describe, expect, it } from 'vitest';
import { HmacSeals } from '../../../src/adapters/http-peers/hmac-seals.ts';
import { SystemClock } from '../../../src/adapters/system-clock/system-clock.ts';
import { SystemRandom } from '../../../src/adapters/system-random/system-random.ts';
import { LogBudget } from '../../../src/nodes/log-budget.ts';
import type { LiveLogs } from '../../../src/nodes/log-live.ts';
import { LogTail } from '../../../src/nodes/log-tail.ts';
import { aJob, aTask, aTaskStatus } from '../../builders/jobs.ts';
import { aSensor, aSensorType, PASSWORD } from '../../builders/sensors.ts';
import { until } from '../../world/until.ts';
import { aFrame } from '../nodes/log-world.ts';
import { anImage } from '../nodes/task-snapshots.ts';
import { openPeerWorld, type PeerWorld } from './peer-world.ts';
import { openStream, take } from './sse-client.ts';

const TASK = aTask(aJob(), 0, 1, 'n1');

async function runningTask({ parts }: PeerWorld): Promise<void> {
  await parts.store.create('task', TASK);
  await parts.store.create('taskStatus', aTaskStatus(TASK, { state: 'running' }));
}

function growingAt(live: LiveLogs, { parts }: PeerWorld): LogTail {
  const tail = new LogTail({ ...parts, budget: new LogBudget(1e9), onGrown: async () => {} }, TASK.id);
  live.add(tail);
  return tail;
}

/** Follows the log of the task at the process that people reach; `seen` grows. */
async function followed(world: PeerWorld) {
  const stream = await openStream(world, `${world.url}/api/v1/logs/${TASK.id}/follow`);
  const seen: string[] = [];
  const ended = (async () => {
    for await (const { event, data } of stream.messages) {
      const { gap, data: bytes = '' } = data as { readonly gap?: string; readonly data?: string };
      if (event === 'frame') seen.push(gap ?? Buffer.from(bytes, 'base64').toString());
      else seen.push(`[${event}]`);
    }
  })();
  const shows = (text: string) =>
    until(`the log to be ${text}`, 8000, () => seen.join('') === text || undefined).catch((error: unknown) => {
      throw new Error(`${String(error)}; seen: ${seen.join('')}`);
    });
  return { seen, ended, shows, leave: stream.leave };
}

describe('a log that grows in another process', () => {
  it('is followed from its first line to its end: what is stored, what is not yet, what comes', async () => {
    const world = await openPeerWorld();
    await runningTask(world);
    const { live } = await world.start('a');
    world.owner = 'a';
    const tail = growingAt(live, world);
    tail.add([aFrame(0, 'stored ')]);
    await tail.flush();
    tail.add([aFrame(1, 'pending ')]);
    const log = await followed(world);
    await log.shows('stored pending ');
    tail.add([aFrame(2, 'live ')]);
    await tail.addGap('lost');
    tail.add([aFrame(3, 'last')]);
    await tail.flush();
    live.remove(TASK.id);
    await log.ended;
    expect(log.seen).toEqual(['stored ', 'pending ', 'live ', 'lost', 'last', '[end]']);
  });

  it('goes on at another process when the one that had it dies with what it had not stored', async () => {
    const world = await openPeerWorld();
    await runningTask(world);
    const first = await world.start('a');
    world.owner = 'a';
    const tail = growingAt(first.live, world);
    tail.add([aFrame(0, '1')]);
    await tail.flush();
    tail.add([aFrame(1, '2'), aFrame(2, '3')]);
    const log = await followed(world);
    await log.shows('123');
    tail.add([aFrame(3, '4')]);
    await log.shows('1234');
    await first.die();
    world.owner = null;
    const second = await world.start('b');
    const next = growingAt(second.live, world);
    next.add([aFrame(1, '2'), aFrame(2, '3')]);
    world.owner = 'b';
    await until('the reader to come', 8000, () => log.seen.join('') === '1234' || undefined);
    next.add([aFrame(3, '4'), aFrame(4, '5')]);
    await log.shows('12345');
    await next.flush();
    next.add([aFrame(5, '6')]);
    await log.shows('123456');
    second.live.remove(TASK.id);
    await log.ended;
  });

  it('is the same byte for byte while processes take turns with it', async () => {
    const world = await openPeerWorld();
    await runningTask(world);
    const frames = Array.from({ length: 2400 }, (_, number) =>
      aFrame(number, `${number}:${'x'.repeat(number % 300)}\n`),
    );
    const textOf = (to: number) => Buffer.concat(frames.slice(0, to).map(({ bytes }) => bytes)).toString();
    let log: Awaited<ReturnType<typeof followed>> | undefined;
    let stored = 0;
    for (const name of ['a', 'b', 'c']) {
      const { live, die } = await world.start(name);
      const tail = growingAt(live, world);
      world.owner = name;
      log ??= await followed(world);
      const last = name === 'c' ? frames.length : stored + 900;
      for (let at = stored; at < last; at += 50) {
        tail.add(frames.slice(at, at + 50));
        if (at === last - 400) {
          await tail.flush();
          stored = at + 50;
        }
      }
      await log.shows(textOf(last));
      if (name !== 'c') await die();
      else live.remove(TASK.id);
    }
    await log?.ended;
    expect(log?.seen.join('')).toBe(`${textOf(frames.length)}[end]`);
  }, 30_000);

  it('is read without what is not stored while nobody answers', async () => {
    const world = await openPeerWorld();
    await runningTask(world);
    const { live, die } = await world.start('a');
    world.owner = 'a';
    const tail = growingAt(live, world);
    tail.add([aFrame(0, 'stored ')]);
    await tail.flush();
    tail.add([aFrame(1, 'pending')]);
    const read = async () => {
      const headers = { authorization: `Bearer ${world.token}` };
      const answer = await fetch(`${world.url}/api/v1/logs/${TASK.id}`, { headers });
      return (await answer.text()).match(/"data":/g)?.length;
    };
    expect(await read()).toBe(2);
    await die();
    expect(await read()).toBe(1);
  });
});

const basic = (password = PASSWORD) => `Basic ${Buffer.from(`t1:${password}`).toString('base64')}`;

async function withSensor() {
  const world = await openPeerWorld();
  await world.parts.store.create('sensorType', aSensorType());
  await world.parts.store.create('sensor', aSensor('t1'));
  const send = (authorization: string, headers: Record<string, string> = {}) =>
    fetch(`${world.url}/api/v1/readings/t1`, { method: 'POST', body: '21.5', headers: { authorization, ...headers } });
  return { world, send };
}

describe('a request that another process answers', () => {
  it('of a device is taken there, and answered here', async () => {
    const { world, send } = await withSensor();
    await world.start('a');
    world.owner = 'a';
    const answer = await send(basic());
    expect({ status: answer.status, body: await answer.json() }).toEqual({ status: 200, body: { taken: 1 } });
    expect(answer.headers.get('x-ratelimit-limit')).not.toBeNull();
  });

  it('is handed on as well when it did not come over a socket', async () => {
    const { world } = await withSensor();
    await world.start('a');
    world.owner = 'a';
    const asked = { url: '/api/v1/readings/t1', payload: '21.5', headers: { authorization: basic() } } as const;
    const answer = await world.server.inject({ method: 'POST', ...asked });
    expect([answer.statusCode, answer.json()]).toEqual([200, { taken: 1 }]);
  });

  it('is refused there as it would be here', async () => {
    const { world, send } = await withSensor();
    await world.start('a');
    world.owner = 'a';
    const answer = await send(basic('guess'));
    expect(answer.status).toBe(401);
    expect(await answer.json()).toMatchObject({ error: { code: 'reading.device-refused' } });
  });

  it('is put off while nobody is there to answer it, or who should does not', async () => {
    const { world, send } = await withSensor();
    for (const [owner, code] of [
      [null, 'platform.no-owner'],
      ['gone', 'platform.peer-unreachable'],
    ] as const) {
      world.owner = owner;
      const answer = await send(basic());
      expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, '2']);
      expect(await answer.json()).toMatchObject({ error: { code } });
    }
  });

  it('tells the installation of an image as it is written there', async () => {
    const world = await openPeerWorld();
    const id = 'a'.repeat(64);
    await world.parts.store.create('image', anImage({ id, state: 'installing' }));
    const { installations } = await world.start('a');
    world.owner = 'a';
    const log = installations.begin(id);
    const stream = await openStream(world, `${world.url}/api/v1/packages/${id}/installation`);
    log.line('one');
    expect(await take(stream, 1)).toMatchObject([{ event: 'line', data: { line: 'one' } }]);
    log.line('two');
    log.end();
    expect(await take(stream, 2)).toMatchObject([{ data: { line: 'two' } }, { event: 'end' }]);
  });
});

describe('the address for other processes', () => {
  it('answers nobody without a seal, but whoever asks how it is', async () => {
    const world = await openPeerWorld();
    const { address } = await world.start('a');
    for (const path of [`/peer/v1/tails/${TASK.id}`, '/peer/v1/api/api/v1/status', '/api/v1/status', '/']) {
      const answer = await fetch(`${address}${path}`, { headers: { authorization: `Bearer ${world.token}` } });
      expect([path, answer.status]).toEqual([path, 401]);
      expect(await answer.json()).toMatchObject({ error: { code: 'platform.peer-refused' } });
    }
    expect((await fetch(`${address}/health/live`)).status).not.toBe(401);
  });

  it('hands uploads through to its API, where whoever sent them is judged and noted', async () => {
    const { world, ask } = await asked();
    expect((await ask('GET', '/api/v1/status', world.token)).status).toBe(200);
    expect((await ask('GET', '/api/v1/status', 'wrong')).status).toBe(401);
    const upload = await ask('POST', '/api/v1/packages', world.token, Buffer.alloc(3 * 1024 * 1024, 1));
    expect(upload.status).toBe(422);
    const entries = (await world.parts.store.list('auditEntry', { orderBy: 'at', limit: 10 })).items;
    expect(entries.at(-1)?.doc).toMatchObject({ act: 'pushPackage', from: '192.0.2.7' });
  });

  it('hands nothing on again: two processes that take each other for an owner do not go round for ever', async () => {
    const { world, ask } = await asked();
    world.owner = 'b';
    const answer = await ask('POST', '/api/v1/readings/t1', PASSWORD, Buffer.from('1'));
    expect([answer.status, (await answer.json()) as unknown]).toMatchObject([
      503,
      { error: { code: 'platform.no-owner' } },
    ]);
  });

  it('counts nobody there who was counted where they came', async () => {
    const { world, ask } = await asked();
    const answer = await ask('GET', '/api/v1/status', world.token);
    expect(answer.headers.get('x-ratelimit-remaining')).toBeNull();
  });
});

/** Asks a process as another process would. */
async function asked() {
  const world = await openPeerWorld();
  const { address } = await world.start('a');
  const seals = new HmacSeals({
    ...{ key: Buffer.alloc(32, 9), component: 'front' },
    ...{ clock: new SystemClock(), random: new SystemRandom() },
  });
  const ask = (method: string, path: string, token: string, body?: Buffer<ArrayBuffer>) => {
    const headers = { 'berth-peer-client': 'https 192.0.2.7' };
    const sealed = seals.sealed('a', { method, path: `/peer/v1/api${path}`, headers });
    const type = body ? { 'content-type': 'application/zip' } : {};
    const all = { ...headers, ...sealed, authorization: `Bearer ${token}`, ...type };
    return fetch(`${address}/peer/v1/api${path}`, { method, headers: all, ...(body ? { body } : {}) });
  };
  return { world, ask };
}

// Streams over real sockets: logs, events and installations, from beginning to end and through every kind of leaving.
import { once } from 'node:events';
import { type AddressInfo, connect } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { eventView, logFrameView } from '../../../src/api/contract/views.ts';
import { serve } from '../../../src/api/server.ts';
import type { JobStatus } from '../../../src/model/job.ts';
import { LogAppender } from '../../../src/nodes/log-appender.ts';
import { LogBudget } from '../../../src/nodes/log-budget.ts';
import { LogTail } from '../../../src/nodes/log-tail.ts';
import { aJob, aTask, aTaskStatus } from '../../builders/jobs.ts';
import { until } from '../../world/until.ts';
import { ManualClock } from '../engine/manual-clock.ts';
import { type ApiWorld, callRaw, exactly, openApi, refused } from './api-world.ts';
import { openStream, take } from './sse-client.ts';

const START_NS = 1_700_000_000_000_000_000n;

function frame(ms: number, text: string, stream: 'stdout' | 'stderr' = 'stdout') {
  return { atNs: START_NS + BigInt(ms) * 1_000_000n, stream, bytes: Buffer.from(text) };
}

async function listening(over: Parameters<typeof openApi>[0] = {}): Promise<ApiWorld & { readonly url: string }> {
  const world = await openApi(over);
  return { ...world, url: await serve(world.server, { host: '127.0.0.1', port: 0 }) };
}

const JOB = aJob();
const TASK = aTask(JOB, 0, 1, 'n1');

function statusOf(state: JobStatus['state']): JobStatus {
  const { id, instance, application, createdAt, shard } = JOB;
  const known = {
    slots: [],
    reason: '',
    notes: [],
    lastLines: [],
    rank: 0,
    startedAt: null,
    endedAt: null,
    nextAt: null,
  };
  return { id, instance, application, createdAt, shard, state, ...known };
}

/** A job whose one task has logged two lines, and runs or has ended. */
async function withLog({ parts }: ApiWorld, state: 'running' | 'completed'): Promise<void> {
  const ended = state === 'completed';
  await parts.store.create('job', JOB);
  await parts.store.create('jobStatus', statusOf(ended ? 'succeeded' : 'running'));
  await parts.store.create('task', TASK);
  await parts.store.create('taskStatus', aTaskStatus(TASK, { state }));
  await new LogAppender(parts, TASK.id).append([frame(0, 'first\n'), frame(1000, 'seco\u001bnd\n', 'stderr')]);
}

function growing({ parts }: ApiWorld): LogTail {
  const tail = new LogTail({ ...parts, budget: new LogBudget(1e9), onGrown: async () => {} }, TASK.id);
  parts.liveLogs.add(tail);
  onTestFinished(() => tail.end());
  return tail;
}

function texts(messages: readonly { readonly data: unknown }[]): string[] {
  return messages.map(({ data }) =>
    Buffer.from((exactly(logFrameView, data) as { data: string }).data, 'base64').toString(),
  );
}

describe('a log', () => {
  it.each([
    [{}, ['first\n', 'seco\u001bnd\n']],
    [{ tail: '1' }, ['seco\u001bnd\n']],
    [{ tail: '0' }, []],
    [{ stream: 'stderr' }, ['seco\u001bnd\n']],
    [{ search: 'firs' }, ['first\n']],
    [{ since: new Date(1_700_000_000_500).toISOString() }, ['seco\u001bnd\n']],
    [{ until: new Date(1_700_000_000_500).toISOString() }, ['first\n']],
    [{ since: '1m' }, []],
    [{ since: 'P99999D' }, ['first\n', 'seco\u001bnd\n']],
  ])('is read with %j', async (query: Record<string, string>, expected) => {
    const world = await openApi();
    await withLog(world, 'completed');
    for (const subject of [JOB.id, TASK.id]) {
      const response = await callRaw(world, 'readLog', { params: { subject }, query });
      expect(response.headers['content-type']).toBe('application/x-ndjson');
      const lines = response.body.split('\n').filter((line) => line !== '');
      expect(texts(lines.map((line) => ({ data: JSON.parse(line) as unknown })))).toEqual(expected);
    }
  });

  it.each(['readLog', 'followLog'] as const)(
    'is refused by %s before it begins when a time makes no sense',
    async (name) => {
      const world = await openApi();
      await withLog(world, 'completed');
      for (const since of ['yesterday', `${'9'.repeat(400)}s`, 'P1M', '2026-13-01T00:00:00Z']) {
        const refusal = await refused(world, name, { params: { subject: JOB.id }, query: { since } });
        expect(refusal, since).toMatchObject({ status: 400, code: 'request.invalid' });
      }
    },
  );

  it('of an instance is that of its last job', async () => {
    const world = await openApi();
    await withLog(world, 'completed');
    const response = await callRaw(world, 'readLog', { params: { subject: JOB.instance } });
    expect(response.body.split('\n')).toHaveLength(3);
  });

  it('is followed while it is written, to its end', async () => {
    const world = await listening();
    await withLog(world, 'running');
    const tail = growing(world);
    const stream = await openStream(world, `${world.url}/api/v1/logs/${TASK.id}/follow?tail=1`);
    expect(stream).toMatchObject({ status: 200, headers: { 'content-type': 'text/event-stream' } });
    expect(stream.headers).toMatchObject({ 'x-content-type-options': 'nosniff', 'cache-control': 'no-store' });
    expect(texts(await take(stream, 1))).toEqual(['seco\u001bnd\n']);
    tail.add([frame(2000, 'third\n')]);
    expect(texts(await take(stream, 1))).toEqual(['third\n']);
    world.parts.liveLogs.remove(TASK.id);
    expect(await take(stream, 1)).toEqual([{ event: 'end', id: undefined, data: {} }]);
    expect((await stream.messages.next()).done).toBe(true);
  });

  it('that is asked for from its end on begins with the next line, and with what is asked for of it', async () => {
    const world = await listening();
    await withLog(world, 'running');
    const tail = growing(world);
    const stream = await openStream(world, `${world.url}/api/v1/logs/${JOB.id}/follow?tail=0&stream=stderr&search=x`);
    tail.add([frame(2000, 'x\n')]);
    tail.add([frame(2001, 'y\n', 'stderr')]);
    tail.add([frame(2002, 'xyz\n', 'stderr')]);
    expect(texts(await take(stream, 1))).toEqual(['xyz\n']);
    stream.leave();
  });

  it('that is damaged ends with a failure that says so', async () => {
    const world = await listening();
    await withLog(world, 'completed');
    const [segment] = (await world.parts.store.list('logSegment', { limit: 1 })).items;
    if (segment) await world.parts.blobs.delete(segment.doc.blob);
    const stream = await openStream(world, `${world.url}/api/v1/logs/${TASK.id}/follow`);
    const failure = { event: 'failure', data: { error: { code: 'platform.blob-missing' } } };
    expect(await take(stream, 1)).toMatchObject([failure]);
    expect((await stream.messages.next()).done).toBe(true);
    const read = await refused(world, 'readLog', { params: { subject: TASK.id } });
    expect(read).toMatchObject({ status: 500, code: 'platform.blob-missing' });
  });
});

describe('a client that leaves', () => {
  it('ends what was read for it', async () => {
    const world = await listening();
    await withLog(world, 'running');
    growing(world);
    const left = Promise.withResolvers<void>();
    const { follow } = world.parts.installations;
    world.parts.installations.follow = async function* (image, signal) {
      signal.addEventListener('abort', () => left.resolve(), { once: true });
      yield* follow.call(world.parts.installations, image, signal);
      yield 'waits';
      await left.promise;
    };
    await world.parts.store.create('image', anImage());
    const stream = await openStream(world, `${world.url}/api/v1/packages/${'a'.repeat(64)}/installation`);
    await take(stream, 1);
    stream.leave();
    await left.promise;
  });

  it('after many requests over one connection leaves no listeners behind', async () => {
    const world = await listening();
    const warnings: string[] = [];
    const warn = ({ message }: Error) => void warnings.push(message);
    process.on('warning', warn);
    onTestFinished(() => void process.off('warning', warn));
    for (let sent = 0; sent < 30; sent++) {
      const headers = { authorization: `Bearer ${world.token}` };
      await (await fetch(`${world.url}/api/v1/status`, { headers })).json();
    }
    expect(warnings).toEqual([]);
  });
});

function anImage() {
  const asked = { application: 'room', state: 'installing', layers: [], attempts: 0 } as const;
  return { id: 'a'.repeat(64), ...asked, createdAt: 0, shard: 0, nextAt: null };
}

describe('a server that closes', () => {
  it('ends its streams so that clients see an end and not a break, and not the end of the log', async () => {
    // On this clock no time passes: a server that waited for its deadline would wait for ever.
    const world = await listening({ clock: new ManualClock() });
    await withLog(world, 'running');
    growing(world);
    const streams = [
      await openStream(world, `${world.url}/api/v1/logs/${JOB.id}/follow`),
      await openStream(world, `${world.url}/api/v1/logs/${TASK.id}/follow`),
      await openStream(world, `${world.url}/api/v1/events/follow`),
    ];
    const closed = world.server.close();
    for (const stream of streams) {
      const rest = await Array.fromAsync(stream.messages);
      expect(rest.map(({ event }) => event)).not.toContain('end');
    }
    await closed;
  });

  it('does not wait for a client that takes nothing', async () => {
    const world = await listening();
    const { port } = new URL(world.url);
    const socket = connect(Number(port), '127.0.0.1');
    onTestFinished(() => void socket.destroy());
    await once(socket, 'connect');
    socket.pause();
    socket.write(`GET /api/v1/events/follow HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${world.token}\r\n\r\n`);
    for (let sent = 0; sent < 200; sent++) await tell(world, 'x'.repeat(50_000));
    await world.server.close();
    expect((world.server.server.address() as AddressInfo | null)?.port).toBeUndefined();
  });
});

function tell({ parts }: ApiWorld, text: string): Promise<void> {
  return parts.recordEvent({ kind: 'test.told', subject: 'test:1', text });
}

describe('events', () => {
  it('are followed as they happen, those alone that were asked for', async () => {
    const world = await listening();
    const stream = await openStream(world, `${world.url}/api/v1/events/follow?subject=test:2`);
    await tell(world, 'of another');
    await world.parts.recordEvent({ kind: 'test.told', subject: 'test:2', application: 'a', text: 'mine' });
    const [event] = await take(stream, 1);
    expect(exactly(eventView, event?.data)).toMatchObject({ text: 'mine', id: event?.id });
    stream.leave();
  });

  it('are listed by subject and application together', async () => {
    const world = await openApi();
    for (const application of ['a', 'b'])
      await world.parts.recordEvent({ kind: 'k', subject: 's:1', application, text: application });
    const response = await callRaw(world, 'listEvents', { query: { subject: 's:1', application: 'a' } });
    expect(response.json().items).toMatchObject([{ text: 'a' }]);
  });

  it('are taken up again without a hole or a double while others are stored all the time', {
    timeout: 60_000,
  }, async () => {
    const world = await listening();
    const [total, writers] = [1000, 20];
    const write = async (writer: number) => {
      for (let number = 0; number < total / writers; number++) await tell(world, `${writer}/${number}`);
    };
    const writing = Promise.all(Array.from({ length: writers }, (_, writer) => write(writer)));
    const seen: string[] = [];
    let last: string | undefined;
    let turns = 0;
    while (seen.length < total) {
      const headers: Record<string, string> = last === undefined ? {} : { 'last-event-id': last };
      const stream = await openStream(world, `${world.url}/api/v1/events/follow?after=0-0`, headers);
      const wanted = Math.min(total - seen.length, 1 + ((turns * 37) % 60));
      for (const { id, data } of await take(stream, wanted)) {
        last = id;
        seen.push((data as { text: string }).text);
      }
      turns++;
      stream.leave();
    }
    await writing;
    expect(turns).toBeGreaterThan(20);
    expect(new Set(seen).size).toBe(total);
  });

  it('of an earlier process are read from the store, however many there are', { timeout: 60_000 }, async () => {
    const world = await listening();
    for (let batch = 0; batch < 25; batch++)
      await Promise.all(Array.from({ length: 100 }, (_, number) => tell(world, `${batch * 100 + number}`)));
    const [first] = (await world.parts.store.list('event', { orderBy: 'at', limit: 1 })).items;
    const second = await openApiOver(world);
    const stream = await openStream(world, `${second}/api/v1/events/follow?after=${first?.doc.id}`);
    const seen = await take(stream, 2499);
    expect(new Set(seen.map(({ id }) => id)).size).toBe(2499);
    await tell(world, 'after all');
    expect(await take(stream, 1)).toMatchObject([{ data: { text: 'after all' } }]);
    stream.leave();
  });
});

/** Another server over the same store, which has heard of none of the events in it. */
async function openApiOver({ parts }: ApiWorld): Promise<string> {
  const { buildServer } = await import('../../../src/api/server.ts');
  const server = await buildServer(parts);
  onTestFinished(() => server.close());
  return serve(server, { host: '127.0.0.1', port: 0 });
}

describe('an upload that is refused', () => {
  it('before its body was read is answered, and the connection is not left hanging', async () => {
    const world = await listening();
    const body = new ReadableStream({
      start(controller) {
        for (let sent = 0; sent < 300; sent++) controller.enqueue(new Uint8Array(64 * 1024));
        controller.close();
      },
    });
    const headers = { authorization: 'Bearer wrong', 'content-type': 'application/zip' };
    const asked = { method: 'POST', body, headers, duplex: 'half' } as RequestInit;
    const response = await fetch(`${world.url}/api/v1/packages`, asked);
    expect(response.status).toBe(401);
    expect(await response.json()).toMatchObject({ error: { code: 'account.token-refused' } });
    const next = await fetch(`${world.url}/api/v1/status`, { headers: { authorization: `Bearer ${world.token}` } });
    expect(next.status).toBe(200);
  });

  it('that breaks off leaves nothing behind', async () => {
    const world = await listening();
    const { port } = new URL(world.url);
    const socket = connect(Number(port), '127.0.0.1');
    await once(socket, 'connect');
    const head = `POST /api/v1/packages HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${world.token}\r\nContent-Type: application/zip\r\nContent-Length: 100000\r\n\r\n`;
    socket.write(`${head}${'x'.repeat(1000)}`);
    socket.end();
    socket.destroySoon();
    await once(socket, 'close');
    await until('blobs to be gone', 5000, async () =>
      (await Array.fromAsync(world.parts.blobs.list())).length === 0 ? true : undefined,
    );
  });
});

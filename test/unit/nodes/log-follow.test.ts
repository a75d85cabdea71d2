import { expect, onTestFinished, test } from 'vitest';
import { isGap, type LogEntry } from '../../../src/nodes/log-entry.ts';
import { followJobLog, readJobLog } from '../../../src/nodes/log-job-reads.ts';
import { LiveLogs } from '../../../src/nodes/log-live.ts';
import { followLog, type LogReading, readLog } from '../../../src/nodes/log-reads.ts';
import type { LogTail, LogTailParts } from '../../../src/nodes/log-tail.ts';
import { LogViewer } from '../../../src/nodes/log-viewer.ts';
import { aJob, aTask, aTaskStatus } from '../../builders/jobs.ts';
import { until } from '../../world/until.ts';
import { aFrame, aTail, logParts } from './log-world.ts';

const text = (entry: LogEntry) => (isGap(entry) ? `[${entry.gap}]` : entry.bytes.toString().trimEnd());

async function world(): Promise<{
  parts: LogTailParts;
  reading: LogReading;
  live: LiveLogs;
  signal: AbortSignal;
  leave: () => void;
}> {
  const parts = await logParts();
  const live = new LiveLogs();
  const left = new AbortController();
  onTestFinished(() => left.abort());
  return { parts, live, reading: { ...parts, live }, signal: left.signal, leave: () => left.abort() };
}

function added(parts: LogTailParts, live: LiveLogs, task: string): LogTail {
  const tail = aTail(parts, task);
  live.add(tail);
  return tail;
}

/** Reads in the background; `seen` grows. */
function watched<E extends LogEntry>(batches: AsyncIterable<readonly E[]>, label: (entry: E) => string = text) {
  const seen: string[] = [];
  const ended = (async () => {
    for await (const entries of batches) seen.push(...entries.map(label));
  })();
  return {
    seen,
    ended,
    shows: (...lines: string[]) =>
      until(lines.join(' '), 5000, () => seen.join() === lines.join() || undefined).catch((e) => {
        throw new Error(`${e}; seen ${seen}`);
      }),
  };
}

test('a viewer sees what is stored, what is pending and what comes, each once', async () => {
  const { parts, live, reading, signal } = await world();
  const tail = added(parts, live, 't');
  tail.add([aFrame(0, 'stored\n')]);
  await tail.flush();
  tail.add([aFrame(1, 'pending\n')]);
  const view = watched(followLog(reading, { task: 't', sinceNs: 0n, known: 0 }, signal));
  await view.shows('stored', 'pending');
  tail.add([aFrame(2, 'live\n')]);
  await tail.flush();
  tail.add([aFrame(3, 'more\n')]);
  await view.shows('stored', 'pending', 'live', 'more');
  live.remove('t');
  await view.ended;
});

test('a viewer who came before the container sees its log from the first line', async () => {
  const { parts, live, reading, signal } = await world();
  await parts.store.create('task', aTask(aJob(), 0, 1, 'n'));
  const { id } = aTask(aJob(), 0, 1, 'n');
  const view = watched(followLog(reading, { task: id, sinceNs: 0n, known: 0 }, signal));
  added(parts, live, id).add([aFrame(0, 'first\n')]);
  await view.shows('first');
});

test('following the log of a task that is over shows it and ends', async () => {
  const { parts, reading, signal } = await world();
  const task = aTask(aJob(), 0, 1, 'n');
  await parts.store.create('taskStatus', aTaskStatus(task, { state: 'completed' }));
  const tail = aTail(parts, task.id);
  tail.add([aFrame(0, 'all\n')]);
  await tail.flush();
  const view = watched(followLog(reading, { task: task.id, sinceNs: 0n, known: 0 }, signal));
  await view.ended;
  expect(view.seen).toEqual(['all']);
});

test('a viewer who leaves is forgotten at once', async () => {
  const { parts, live, reading, signal, leave } = await world();
  added(parts, live, 't').add([aFrame(0, 'a\n')]);
  const view = watched(followLog(reading, { task: 't', sinceNs: 0n, known: 0 }, signal));
  await view.shows('a');
  leave();
  await view.ended;
});

test('a viewer who does not read costs bounded memory and is told what is left out', async () => {
  const viewer = new LogViewer();
  for (let i = 0; i < 10_000; i++) viewer.push([aFrame(i, 'x'.repeat(1000))]);
  const reader = viewer[Symbol.asyncIterator]();
  const first: LogEntry[] = [];
  while (!first.some(isGap)) first.push(...[(await reader.next()).value ?? []].flat());
  viewer.push([aFrame(10_000, 'last')]);
  viewer.end();
  expect(first.length).toBeLessThan(2000);
  expect(first.map(text).at(-1)).toContain(`${10_000 - first.length + 1} pieces were left out here`);
  expect((await Array.fromAsync(reader)).flat().map(text)).toEqual(['last']);
});

test('ranges, streams, search and last lines choose from the log', async () => {
  const { parts, reading } = await world();
  const tail = aTail(parts, 't');
  for (let i = 0; i < 100; i++) {
    tail.add([aFrame(i * 1000, `line ${i}\n`, i % 2 ? 'stderr' : 'stdout')]);
    if (i === 50) await tail.flush();
  }
  await tail.flush();
  const read = async (query: object) =>
    (await Array.fromAsync(readLog(reading, { task: 't', ...query }))).flat().map(text);
  expect(await read({ sinceNs: aFrame(3000, '').atNs, untilNs: aFrame(5000, '').atNs })).toEqual(['line 3', 'line 4']);
  expect(await read({ search: '9\n', stream: 'stderr', tail: 2 })).toEqual(['line 89', 'line 99']);
  expect(await read({ tail: 3 })).toEqual(['line 97', 'line 98', 'line 99']);
  expect(await read({ tail: 0 })).toEqual([]);
  expect(await read({})).toHaveLength(100);
});

test("a job's log is its slots merged by time, each slot's attempts in their order", async () => {
  const { parts, reading, signal } = await world();
  const job = aJob({ copies: 2 });
  const tasks = [aTask(job, 0, 1, 'n'), aTask(job, 0, 2, 'n'), aTask(job, 1, 1, 'n')];
  for (const task of tasks) await parts.store.create('task', task);
  const write = async (index: number, at: number, line: string) => {
    const tail = aTail(parts, tasks[index]?.id ?? '');
    tail.add([aFrame(at, line)]);
    await tail.flush();
  };
  await write(0, 0, 'a0');
  await write(0, 2, 'a2');
  await write(1, 4, 'b4');
  await write(2, 1, 'c1');
  await write(2, 5, 'c5');
  const label = (entry: LogEntry & { slot: number; attempt: number }) =>
    `${entry.slot}.${entry.attempt} ${text(entry)}`;
  const all = await Array.fromAsync(readJobLog(reading, { job: job.id }));
  expect(all.flat().map(label)).toEqual(['0.1 a0', '1.1 c1', '0.1 a2', '0.2 b4', '1.1 c5']);
  const last = await Array.fromAsync(readJobLog(reading, { job: job.id, slot: 0, tail: 1 }));
  expect(last.flat().map(text)).toContain('b4');
  const followed = watched(followJobLog(reading, { job: job.id, sinceNs: 0n }, signal));
  await followed.ended;
  expect(followed.seen).toEqual(['a0', 'c1', 'a2', 'b4', 'c5']);
});

test('following a job shows the attempts that come later too', async () => {
  const { parts, live, reading, signal, leave } = await world();
  const job = aJob();
  const { id, instance, application, createdAt, shard } = job;
  const nothing = { slots: [], reason: '', notes: [], lastLines: [], startedAt: null, endedAt: null, nextAt: null };
  await parts.store.create('jobStatus', {
    id,
    instance,
    application,
    state: 'running',
    rank: 0,
    createdAt,
    shard,
    ...nothing,
  });
  const first = aTask(job, 0, 1, 'n');
  await parts.store.create('task', first);
  const tail = added(parts, live, first.id);
  tail.add([aFrame(0, 'one\n')]);
  const view = watched(followJobLog(reading, { job: id, sinceNs: 0n }, signal));
  await view.shows('one');
  live.remove(first.id);
  const second = aTask(job, 0, 2, 'n');
  await parts.store.create('task', second);
  added(parts, live, second.id).add([aFrame(1, 'two\n')]);
  await view.shows('one', 'two');
  leave();
  await view.ended;
});

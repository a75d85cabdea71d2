// Floods of logs: nothing is lost without a word, neither of what is stored nor of what followers get.
import { createHash } from 'node:crypto';
import { expect, onTestFinished, test } from 'vitest';
import { copyLog } from '../../../src/nodes/log-copy.ts';
import { isGap, type LogEntry } from '../../../src/nodes/log-entry.ts';
import { followJobLog } from '../../../src/nodes/log-job-reads.ts';
import { LiveLogs } from '../../../src/nodes/log-live.ts';
import { followLog, readLog } from '../../../src/nodes/log-reads.ts';
import type { LogTail, LogTailParts } from '../../../src/nodes/log-tail.ts';
import { aJob, aTask } from '../../builders/jobs.ts';
import { until } from '../../world/until.ts';
import { ManualClock } from '../engine/manual-clock.ts';
import { aFrame, aTail, logParts, machineWithLog } from './log-world.ts';

const LINES = 60_000;

const line = (index: number) => `${String(index).padStart(99, '0')}\n`;
const flood = Array.from({ length: LINES }, (_, index) => aFrame(index / 70, line(index)));
const digest = (pieces: readonly Buffer[]) =>
  pieces.reduce((sum, piece) => sum.update(piece), createHash('sha256')).digest('hex');
const bytesOf = (entries: readonly LogEntry[]) => entries.flatMap((entry) => (isGap(entry) ? [] : [entry.bytes]));
const whole = digest(bytesOf(flood));

async function copied(tail: LogTail, most: { pending: number }): Promise<void> {
  const { signal } = new AbortController();
  const flush = async () => {
    const { pending } = await tail.snapshot();
    most.pending = Math.max(most.pending, pending.length);
    await tail.flush();
  };
  await copyLog(tail, machineWithLog(flood), { follow: false, signal, flush });
  await tail.flush();
}

/** Pieces that a gap says were left out. */
const leftOut = (entry: LogEntry) =>
  isGap(entry) ? Number(/^(\d+) pieces were left out here/.exec(entry.gap)?.[1]) : 0;

test('a flood is stored whole, byte for byte, and what waits to be stored stays bounded', async () => {
  const parts = await logParts();
  const most = { pending: 0 };
  await copied(aTail(parts, 't'), most);
  const entries = (await Array.fromAsync(readLog({ ...parts, live: new LiveLogs() }, { task: 't' }))).flat();
  expect(entries).toHaveLength(LINES);
  expect(digest(bytesOf(entries))).toBe(whole);
  // Each counts for its bytes and 133 more; they are 4 MiB together at most.
  expect(most.pending).toBeLessThan(20_000);
});

test.each([
  { what: 'at once', everyMs: 0 },
  { what: 'too slowly', everyMs: 20 },
])(
  'who follows a flood and reads $what gets each line in its order, or is told how many are missing',
  async ({ everyMs }) => {
    const parts = await logParts();
    const live = new LiveLogs();
    const tail = aTail(parts, 't');
    live.add(tail);
    const seen: LogEntry[] = [];
    const follower = (async () => {
      const { signal } = new AbortController();
      for await (const entries of followLog({ ...parts, live }, { task: 't', sinceNs: 0n, known: 0 }, signal)) {
        seen.push(...entries);
        if (everyMs > 0) await new Promise<void>((resolve) => void parts.clock.after(everyMs, resolve));
      }
    })();
    await copied(tail, { pending: 0 });
    live.remove('t');
    await follower;
    let next = 0;
    for (const entry of seen) {
      if (!isGap(entry)) expect(entry.bytes.toString() === line(next)).toBe(true);
      next += isGap(entry) ? leftOut(entry) : 1;
    }
    expect(next).toBe(LINES);
  },
);

/** A job that has ended while the log of its one task still comes. */
async function endedJob(): Promise<{
  parts: LogTailParts;
  clock: ManualClock;
  live: LiveLogs;
  tail: LogTail;
  job: string;
}> {
  const clock = new ManualClock();
  const parts = { ...(await logParts()), clock };
  const job = aJob();
  const { id, instance, application, createdAt, shard } = job;
  const nothing = { slots: [], reason: '', notes: [], lastLines: [], startedAt: null, endedAt: null, nextAt: null };
  const status = { id, instance, application, state: 'succeeded', rank: 0, createdAt, shard, ...nothing } as const;
  await parts.store.create('jobStatus', status);
  const task = aTask(job, 0, 1, 'n');
  await parts.store.create('task', task);
  const live = new LiveLogs();
  const tail = aTail(parts, task.id);
  live.add(tail);
  return { parts, clock, live, tail, job: id };
}

async function followed(of: Awaited<ReturnType<typeof endedJob>>) {
  const seen: string[] = [];
  const left = new AbortController();
  onTestFinished(() => left.abort());
  const ended = (async () => {
    const log = followJobLog({ ...of.parts, live: of.live }, { job: of.job, sinceNs: 0n }, left.signal);
    for await (const entries of log)
      seen.push(...entries.map((entry) => (isGap(entry) ? entry.gap : entry.bytes.toString())));
  })();
  return { seen, ended };
}

test('the log of a job that has ended is followed for as long as it still comes', async () => {
  const of = await endedJob();
  of.tail.add([aFrame(0, '0')]);
  const { seen, ended } = await followed(of);
  const lines = Array.from({ length: 20 }, (_, index) => String(index));
  for (const [index, text] of lines.entries()) {
    if (index > 0) of.tail.add([aFrame(index, text)]);
    await until(`line ${text}`, 10_000, () => seen.length === index + 1 || undefined);
    await of.clock.advance(4000);
  }
  of.live.remove(of.tail.task);
  await of.clock.advance(1000);
  await ended;
  expect(seen).toEqual(lines);
});

test('who follows a job whose last lines do not come any more is told that the rest is missing', async () => {
  const of = await endedJob();
  of.tail.add([aFrame(0, 'all that came')]);
  const { seen, ended } = await followed(of);
  let over = false;
  void ended.then(() => (over = true));
  await until('the follower to end', 10_000, async () => {
    await of.clock.advance(1000);
    return over || undefined;
  });
  expect(seen).toEqual(['all that came', expect.stringContaining('The rest of the log had not come')]);
});

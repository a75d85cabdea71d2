// What the console reads of very much: a page out of ten thousand jobs, and lines of a log of a million.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FileBlobs } from '../../src/adapters/file-blobs/file-blobs.ts';
import { SqliteStore } from '../../src/adapters/sqlite-store/sqlite-store.ts';
import { SystemClock } from '../../src/adapters/system-clock/system-clock.ts';
import { listJobPage } from '../../src/deployment/job-list-reads.ts';
import { timelineJobs } from '../../src/deployment/timeline-reads.ts';
import { JOB_STATES, type JobState, jobEnded } from '../../src/model/job.ts';
import { LogBudget } from '../../src/nodes/log-budget.ts';
import { LogLineReads } from '../../src/nodes/log-line-reads.ts';
import { LiveLogs } from '../../src/nodes/log-live.ts';
import { LogTail } from '../../src/nodes/log-tail.ts';
import type { LogFrame } from '../../src/ports/machine.ts';
import { aJob, aTask, T0 } from '../../test/builders/jobs.ts';
import { aJobStatus } from '../../test/unit/nodes/a-job-status.ts';
import { below, type Measure, type Part, type PartContext, told } from '../measure.ts';
import { silentLog } from '../silent-log.ts';

const JOBS = 10_000;
const PAGE = 100;
const MOST_PAGE_MS = 50;
const LINES = 1_000_000;
const WINDOW = 200;
const BATCH = 2000;
/** A frame of a screen that scrolls must not wait longer. */
const MOST_WINDOW_MS = 100;
const TASK = 'job.0.1';

/** Pages of jobs and windows of a log, without the network between. */
export const consolePart: Part = {
  name: 'console',
  run: async (context) => {
    const directory = mkdtempSync(join(tmpdir(), 'berth-bench-console-'));
    const clock = new SystemClock();
    const store = SqliteStore.open({ path: join(directory, 'berth.sqlite'), clock, log: silentLog });
    try {
      const blobs = await FileBlobs.open({ directory: join(directory, 'blobs'), clock });
      return [...(await ofJobs(store, context)), ...(await ofLines({ store, blobs, clock }, context))];
    } finally {
      await store.close();
      rmSync(directory, { recursive: true });
    }
  },
};

async function timed(rounds: number, act: (round: number) => Promise<unknown>): Promise<number[]> {
  const samples: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const startedAt = performance.now();
    await act(round);
    samples.push(performance.now() - startedAt);
  }
  return samples;
}

async function ofJobs(store: SqliteStore, { rounds, say }: PartContext): Promise<Measure[]> {
  await seedJobs(store);
  const failed = await listJobPage(store, { states: ['failed'], limit: PAGE, isSeen: async () => true });
  if (failed.items.length !== 80) throw new Error(`${failed.items.length} failed jobs are listed`);
  say(`${JOBS} jobs are stored`);
  const page = (name: string, wish: Omit<Parameters<typeof listJobPage>[1], 'limit' | 'isSeen'>) =>
    timed(rounds, () => listJobPage(store, { ...wish, limit: PAGE, isSeen: async () => true })).then((samples) =>
      below({ name: `a page of ${PAGE} out of ${JOBS} jobs, ${name}`, unit: 'ms', samples }, MOST_PAGE_MS),
    );
  const wish = { fromAt: T0 + 4000 * 60_000, toAt: T0 + 5440 * 60_000, limit: 1000, isSeen: async () => true };
  return [
    await page('the newest', {}),
    await page('those that failed', { states: ['failed'] }),
    await page('those that run', { states: ['running'] }),
    await page('of one application, those that failed', { application: 'app-3', states: ['failed'] }),
    await page('of one instance since an hour ago', { instance: 'app-3-1', sinceAt: T0 + (JOBS - 60) * 60_000 }),
    told({
      ...{ name: `a day out of ${JOBS} jobs on a line of time`, unit: 'ms' },
      samples: await timed(rounds, () => timelineJobs(store, wish)),
      note: '1000 jobs at most',
    }),
  ];
}

/** One in a hundred failed, one in five hundred runs; ten applications. */
async function seedJobs(store: SqliteStore): Promise<void> {
  for (let begun = 0; begun < JOBS; begun += BATCH) {
    const writes = Array.from({ length: BATCH }, (_, offset) => {
      const index = begun + offset;
      const application = `app-${index % 10}`;
      const state: JobState = index % 500 === 3 ? 'running' : index % 100 === 3 ? 'failed' : 'succeeded';
      const startsAt = T0 + index * 60_000;
      const of = { instance: `${application}-1`, application, startsAt, open: jobEnded(state) ? 0 : 1 } as const;
      const job = aJob({ id: `${application}-1.m${index}`, ...of });
      const endedAt = jobEnded(state) ? startsAt + 30_000 : null;
      const status = aJobStatus(aTask(job, 0, 1, 'n1'), { state, createdAt: startsAt, endedAt });
      const doc = { ...status, instance: of.instance, application };
      return [{ do: 'create', kind: 'job', doc: job } as const, { do: 'create', kind: 'jobStatus', doc } as const];
    });
    await store.apply(writes.flat());
  }
  if ((await store.count('jobStatus', { where: { state: JOB_STATES[6] } })) === 0) throw new Error('no job failed');
}

type Keeping = { readonly store: SqliteStore; readonly blobs: FileBlobs; readonly clock: SystemClock };

async function ofLines(keeping: Keeping, { rounds, say }: PartContext): Promise<Measure[]> {
  await seedLog(keeping, TASK, LINES);
  say(`${LINES} lines are stored`);
  const reading = { ...keeping, live: new LiveLogs() };
  const lines = new LogLineReads(reading);
  const place = (round: number) => Math.floor((LINES * (round + 0.5)) / rounds) - WINDOW;
  const fresh = await timed(rounds, (round) =>
    new LogLineReads(reading).window({ task: TASK }, { from: place(round), count: WINDOW }),
  );
  await lines.window({ task: TASK }, { from: LINES / 2, count: WINDOW });
  const next = await timed(rounds, (round) =>
    lines.window({ task: TASK }, { from: LINES / 2 + round * WINDOW, count: WINDOW }),
  );
  const soon = await timed(rounds, () => found(new LogLineReads(reading), 'line number 7'));
  const whole = await timed(rounds, () => foundAll(new LogLineReads(reading), 'no such text'));
  const of = `of a log of ${LINES} lines`;
  return [
    below(
      { name: `${WINDOW} lines anywhere ${of}`, unit: 'ms', samples: fresh, note: 'nothing of it was unpacked before' },
      MOST_WINDOW_MS,
    ),
    below(
      { name: `the next ${WINDOW} lines ${of}`, unit: 'ms', samples: next, note: 'as a person scrolls' },
      MOST_WINDOW_MS,
    ),
    told({
      name: `the first 100 lines with a text ${of}`,
      unit: 'ms',
      samples: soon,
      note: 'counted on through 4 MiB',
    }),
    told({ name: `all ${of} searched`, unit: 'ms', samples: whole, note: 'for a text that is not in it' }),
  ];
}

/** The log of a task, about 80 bytes a line, as the platform stores it. */
export async function seedLog(keeping: Keeping, task: string, lines: number): Promise<void> {
  const tail = new LogTail({ ...keeping, log: silentLog, budget: new LogBudget(1e12), onGrown: async () => {} }, task);
  for (let begun = 0; begun < lines; begun += BATCH) {
    const frames = Array.from({ length: BATCH }, (_, offset): LogFrame => {
      const line = begun + offset;
      const text = `2026-11-22T08:00:00.000Z INFO line number ${line} of a log that somebody scrolls through\n`;
      return {
        atNs: BigInt(T0 + line) * 1_000_000n,
        stream: line % 50 === 0 ? 'stderr' : 'stdout',
        bytes: Buffer.from(text),
      };
    });
    if (tail.add(frames)) await tail.flush();
  }
  await tail.flush();
  tail.end();
}

function found(lines: LogLineReads, text: string) {
  return lines.search({ task: TASK }, { sought: Buffer.from(text), from: 0, limit: 100 });
}

async function foundAll(lines: LogLineReads, text: string): Promise<void> {
  for (let from: number | null = 0; from !== null; )
    from = (await lines.search({ task: TASK }, { sought: Buffer.from(text), from, limit: 100 })).next;
}

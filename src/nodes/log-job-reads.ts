// Reading and following the logs of a whole job: all tasks that ever filled its slots, merged by time.
import { pages } from '../engine/shard-sweep.ts';
import { jobEnded } from '../model/job.ts';
import type { Task } from '../model/task.ts';
import type { LogEntry, LogGap } from './log-entry.ts';
import { fits, type LogFilter } from './log-filter.ts';
import { lastLinesIn } from './log-last.ts';
import { followLog, type LogReading, readLog } from './log-reads.ts';
import { LogViewer } from './log-viewer.ts';
import { sessionPause } from './session-pause.ts';

/** An entry with the slot that it came from and the attempt that filled it. */
export type JobLogEntry = LogEntry & { readonly task: string; readonly slot: number; readonly attempt: number };

/** What to read of a job's logs; all of them by default. */
export interface JobLogQuery extends LogFilter {
  readonly job: string;
  readonly slot?: number;
  /** Only the last lines, this many. */
  readonly tail?: number;
}

const RECHECK_MS = 1000;

/** How long after a job's end the last lines of its tasks may still come. */
const LAST_LINES_WITHIN_MS = 15_000;

/** The logs of a job up to now: each slot's attempts one after the other, the slots merged by time. @throws log.segment-damaged */
export async function* readJobLog(
  reading: LogReading,
  query: JobLogQuery,
): AsyncGenerator<JobLogEntry, void, undefined> {
  const slots = Map.groupBy(await tasksOf(reading, query), (task) => task.slot);
  const logs = [...slots.values()].map((tasks) => readSlot(reading, tasks, query));
  if (query.tail === undefined) return yield* mergeByTime(logs);
  yield* lastLinesIn(await Array.fromAsync(mergeByTime(logs)), query.tail);
}

/** The logs of a job from a time on, and then as they are written, until the job has ended or the signal aborts. */
export async function* followJobLog(
  reading: LogReading,
  query: JobFollow,
  signal: AbortSignal,
): AsyncGenerator<JobLogEntry | LogGap, void, undefined> {
  const known = new Map<string, number>();
  const slots = Map.groupBy(await tasksOf(reading, query), (task) => task.slot);
  for await (const entry of mergeByTime([...slots.values()].map((tasks) => readSlot(reading, tasks, {})))) {
    if (signal.aborted) return;
    known.set(entry.task, (known.get(entry.task) ?? 0) + 1);
    if (fits(entry, query)) yield entry;
  }
  yield* followTasks(reading, query, known, signal);
}

/** What to follow of a job. */
export interface JobFollow extends LogFilter {
  readonly job: string;
  readonly slot?: number;
  readonly sinceNs: bigint;
}

/** Follows every task of a job, those that come later included, beyond the entries that are known. */
async function* followTasks(
  reading: LogReading,
  query: JobFollow,
  known: ReadonlyMap<string, number>,
  signal: AbortSignal,
): AsyncGenerator<JobLogEntry | LogGap, void, undefined> {
  const viewer = new LogViewer<JobLogEntry>();
  const left = new AbortController();
  const until = AbortSignal.any([signal, left.signal]);
  const pumping = pumpTasks(reading, query, { viewer, known, signal: until });
  try {
    yield* viewer;
  } finally {
    left.abort();
  }
  const failure = await pumping;
  if (failure) throw failure;
}

/** Puts what every task of a job logs into one viewer; resolves at the end of the job, to the first error if there was one. */
async function pumpTasks(
  reading: LogReading,
  query: JobFollow,
  to: {
    readonly viewer: LogViewer<JobLogEntry>;
    readonly known: ReadonlyMap<string, number>;
    readonly signal: AbortSignal;
  },
): Promise<unknown> {
  const failures: unknown[] = [];
  const over = new AbortController();
  const until = AbortSignal.any([to.signal, over.signal]);
  const pumped = new Map<string, Promise<void>>();
  const fail = (error: unknown) => {
    failures.push(error);
    to.viewer.end();
  };
  await eachTask(reading, query, to.signal, (task) => {
    if (!pumped.has(task.id)) pumped.set(task.id, pumpTask(reading, query, task, { ...to, signal: until }).catch(fail));
  }).catch(fail);
  await logsComplete(reading, [...pumped.keys()], to.signal);
  over.abort();
  await Promise.all(pumped.values());
  to.viewer.end();
  return failures[0];
}

/** Waits until no log of these tasks grows any more; not for ever, because a node may be gone. */
async function logsComplete(reading: LogReading, tasks: readonly string[], signal: AbortSignal): Promise<void> {
  for (let waitedMs = 0; waitedMs < LAST_LINES_WITHIN_MS && !signal.aborted; waitedMs += RECHECK_MS) {
    if (!tasks.some((task) => reading.live.get(task))) return;
    await sessionPause(reading.clock, RECHECK_MS, signal);
  }
}

async function pumpTask(
  reading: LogReading,
  query: JobFollow,
  task: Task,
  to: {
    readonly viewer: LogViewer<JobLogEntry>;
    readonly known: ReadonlyMap<string, number>;
    readonly signal: AbortSignal;
  },
): Promise<void> {
  const follow = { ...query, task: task.id, known: to.known.get(task.id) ?? 0 };
  for await (const entry of followLog(reading, follow, to.signal)) {
    await to.viewer.room();
    to.viewer.push(labelled(entry, task));
  }
}

/** Calls `found` with every task of a job, again and again, until the job has ended or the signal aborts. */
async function eachTask(
  reading: LogReading,
  query: JobFollow,
  signal: AbortSignal,
  found: (task: Task) => void,
): Promise<void> {
  while (!signal.aborted) {
    const status = await reading.store.get('jobStatus', query.job);
    for (const task of await tasksOf(reading, query)) found(task);
    // A job that was just made has no status before it is accepted.
    if (status ? jobEnded(status.doc.state) : !(await reading.store.get('job', query.job))) return;
    const added = new AbortController();
    const stopListening = reading.live.onAdded(() => added.abort());
    await sessionPause(reading.clock, RECHECK_MS, AbortSignal.any([added.signal, signal]));
    stopListening();
  }
}

async function tasksOf(
  reading: LogReading,
  query: { readonly job: string; readonly slot?: number },
): Promise<readonly Task[]> {
  const { job, slot } = query;
  const tasks = await Array.fromAsync(
    pages(reading.store, 'task', { where: { job }, orderBy: 'createdAt', limit: 1000 }),
  );
  return tasks
    .filter((task) => slot === undefined || task.slot === slot)
    .toSorted((a, b) => a.slot - b.slot || a.attempt - b.attempt);
}

/** The attempts at one slot, one after the other; with `tail`, no more of them than hold the last lines. */
async function* readSlot(
  reading: LogReading,
  tasks: readonly Task[],
  filter: LogFilter & { readonly tail?: number },
): AsyncGenerator<JobLogEntry, void, undefined> {
  for (const task of tasks) {
    for await (const entry of readLog(reading, { ...filter, task: task.id })) yield labelled(entry, task);
  }
}

function labelled(entry: LogEntry, task: Task): JobLogEntry {
  return { ...entry, task: task.id, slot: task.slot, attempt: task.attempt };
}

/** Merges logs by time; each keeps its own order. */
async function* mergeByTime(
  logs: readonly AsyncGenerator<JobLogEntry, void, undefined>[],
): AsyncGenerator<JobLogEntry, void, undefined> {
  const heads = new Map<AsyncGenerator<JobLogEntry, void, undefined>, JobLogEntry>();
  const advance = async (log: AsyncGenerator<JobLogEntry, void, undefined>) => {
    const { value } = await log.next();
    if (value) heads.set(log, value);
    else heads.delete(log);
  };
  try {
    for (const log of logs) await advance(log);
    while (heads.size > 0) {
      const [log, head] = earliest(heads);
      yield head;
      await advance(log);
    }
  } finally {
    await Promise.all(logs.map((log) => log.return()));
  }
}

function earliest<L>(heads: ReadonlyMap<L, JobLogEntry>): readonly [L, JobLogEntry] {
  return [...heads].reduce((first, next) => (next[1].atNs < first[1].atNs ? next : first));
}

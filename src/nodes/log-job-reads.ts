// Reading and following the logs of a whole job: all tasks that ever filled its slots, merged by time.
import { pages } from '../engine/shard-sweep.ts';
import { jobEnded } from '../model/job.ts';
import type { Task } from '../model/task.ts';
import { type JobLogEntry, labelled } from './job-log-entry.ts';
import type { LogGap } from './log-entry.ts';
import { fitting, type LogFilter } from './log-filter.ts';
import { lastLinesIn } from './log-last.ts';
import { mergeByTime } from './log-merge.ts';
import { followLog, type LogReading, readLog } from './log-reads.ts';
import { TaskPump } from './log-task-pump.ts';
import { LogViewer } from './log-viewer.ts';
import { sessionPause } from './session-pause.ts';

/** What to read of a job's logs; all of them by default. */
export interface JobLogQuery extends LogFilter {
  readonly job: string;
  readonly slot?: number;
  /** Only the last lines, this many. */
  readonly tail?: number;
}

const RECHECK_MS = 1000;

/** How long after a job's end nothing may come before the last lines of its tasks are not waited for any more. */
const LAST_LINES_WITHIN_MS = 15_000;

const CUT_OFF = 'The rest of the log had not come 15 s after the job ended. When it comes, it is in the stored log.';

/** The logs of a job up to now, in batches: each slot's attempts one after the other, the slots merged by time. @throws log.segment-damaged */
export async function* readJobLog(
  reading: LogReading,
  query: JobLogQuery,
): AsyncGenerator<readonly JobLogEntry[], void, undefined> {
  const slots = Map.groupBy(await tasksOfJob(reading, query), (task) => task.slot);
  const logs = [...slots.values()].map((tasks) => readSlot(reading, tasks, query));
  if (query.tail === undefined) return yield* mergeByTime(logs);
  yield lastLinesIn((await Array.fromAsync(mergeByTime(logs))).flat(), query.tail);
}

/** The logs of a job from a time on, and then as they are written, until the job has ended or the signal aborts. */
export async function* followJobLog(
  reading: LogReading,
  query: JobFollow,
  signal: AbortSignal,
): AsyncGenerator<readonly (JobLogEntry | LogGap)[], void, undefined> {
  const known = new Map<string, number>();
  const slots = Map.groupBy(await tasksOfJob(reading, query), (task) => task.slot);
  for await (const entries of mergeByTime([...slots.values()].map((tasks) => readSlot(reading, tasks, {})))) {
    if (signal.aborted) return;
    for (const { task } of entries) known.set(task, (known.get(task) ?? 0) + 1);
    const wanted = fitting(entries, query);
    if (wanted.length > 0) yield wanted;
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
): AsyncGenerator<readonly (JobLogEntry | LogGap)[], void, undefined> {
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

/** Where the logs of a job's tasks go. */
interface JobPump {
  readonly viewer: LogViewer<JobLogEntry>;
  readonly known: ReadonlyMap<string, number>;
  readonly signal: AbortSignal;
}

/** Puts what every task of a job logs into one viewer; resolves at the end of the job, to the first error if there was one. */
async function pumpTasks(reading: LogReading, query: JobFollow, to: JobPump): Promise<unknown> {
  const { viewer } = to;
  const failures: unknown[] = [];
  const over = new AbortController();
  const until = AbortSignal.any([to.signal, over.signal]);
  const pumps = new Map<string, TaskPump>();
  const fail = (error: unknown) => {
    failures.push(error);
    viewer.end();
  };
  await eachTask(reading, query, to.signal, (task) => {
    if (pumps.has(task.id)) return;
    const follow = { ...query, task: task.id, known: to.known.get(task.id) ?? 0 };
    pumps.set(task.id, new TaskPump(task, followLog(reading, follow, until), { viewer, fail }));
  }).catch(fail);
  const cutOff = await growingStill(reading, [...pumps.values()], to.signal);
  over.abort();
  for (const { ended } of pumps.values()) await ended;
  const atNs = BigInt(reading.clock.now()) * 1_000_000n;
  for (const { task } of cutOff) viewer.push([labelled({ atNs, gap: CUT_OFF }, task)]);
  viewer.end();
  return failures[0];
}

/** Waits until no log of a job's tasks grows any more; when nothing has come for long, those that still might, because a node may be gone. */
async function growingStill(
  reading: LogReading,
  pumps: readonly TaskPump[],
  signal: AbortSignal,
): Promise<readonly TaskPump[]> {
  const growing = async () => {
    const tails = await Promise.all(pumps.map(({ task }) => reading.live.find(task.id)));
    return pumps.filter((_, index) => tails[index]);
  };
  const arrived = () => pumps.reduce((sum, { count }) => sum + count, 0);
  let before = arrived();
  for (let quietMs = 0; quietMs < LAST_LINES_WITHIN_MS && !signal.aborted; quietMs += RECHECK_MS) {
    if ((await growing()).length === 0) break;
    await sessionPause(reading.clock, RECHECK_MS, signal);
    const now = arrived();
    if (now > before) quietMs = 0;
    before = now;
  }
  return growing();
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
    for (const task of await tasksOfJob(reading, query)) found(task);
    // A job that was just made has no status before it is accepted.
    if (status ? jobEnded(status.doc.state) : !(await reading.store.get('job', query.job))) return;
    const added = new AbortController();
    const stopListening = reading.live.onAdded(() => added.abort());
    await sessionPause(reading.clock, RECHECK_MS, AbortSignal.any([added.signal, signal]));
    stopListening();
  }
}

/** The tasks of a job, of one slot or all, by slot and attempt. */
export async function tasksOfJob(
  reading: Pick<LogReading, 'store'>,
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
): AsyncGenerator<readonly JobLogEntry[], void, undefined> {
  for (const task of tasks) {
    for await (const entries of readLog(reading, { ...filter, task: task.id })) {
      yield entries.map((entry) => labelled(entry, task));
    }
  }
}

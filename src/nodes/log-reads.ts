// Reading and following the log of one task: its stored segments, then what is not stored yet, then what is written from now on.
import type { LogSegment } from '../model/output.ts';
import { taskEnded } from '../model/task.ts';
import type { Clock } from '../ports/clock.ts';
import type { KeptFrame, LogEntry } from './log-entry.ts';
import { entriesOf, fitting, type LogFilter, mayFit } from './log-filter.ts';
import { lastOfLog } from './log-last.ts';
import type { LiveLogs } from './log-live.ts';
import { type LogKeeping, segmentsOf } from './log-segments.ts';
import type { LogTail } from './log-tail.ts';
import { type LogSink, LogViewer } from './log-viewer.ts';
import { sessionPause } from './session-pause.ts';

/** What reading logs needs. */
export interface LogReading extends LogKeeping {
  readonly live: LiveLogs;
  readonly clock: Clock;
}

/** What to read of a task's log; all of it by default. */
export interface LogQuery extends LogFilter {
  readonly task: string;
  /** Only the last lines, this many. */
  readonly tail?: number;
}

/** A log at one moment. */
export interface LogSnapshot {
  readonly segments: readonly LogSegment[];
  readonly pending: readonly KeptFrame[];
}

const RECHECK_MS = 1000;

/** The log of one task up to now, in batches, with the missing stretches in their places. @throws log.segment-damaged */
export async function* readLog(
  reading: LogReading,
  query: LogQuery,
): AsyncGenerator<readonly LogEntry[], void, undefined> {
  const snapshot = await logSnapshot(reading, query.task);
  if (query.tail === undefined) yield* entriesIn(reading, snapshot, { ...query, known: 0 });
  else yield await lastOfLog(reading.blobs, snapshot, query, query.tail);
}

/** What to follow of a task's log: from a time on, without the first entries of it that are known already. */
export interface LogFollow extends LogFilter {
  readonly task: string;
  readonly sinceNs: bigint;
  readonly known: number;
}

/** The log of one task from a time on, and then as it is written, until the task has ended or the signal aborts. */
export async function* followLog(
  reading: LogReading,
  query: LogFollow,
  signal: AbortSignal,
): AsyncGenerator<readonly LogEntry[], void, undefined> {
  let { known } = query;
  if (!reading.live.get(query.task)) {
    const snapshot = await logSnapshot(reading, query.task);
    yield* entriesIn(reading, snapshot, query);
    known = Math.max(known, entriesCount(snapshot));
  }
  const tail = await tailOrEnd(reading, query.task, signal);
  if (tail) yield* followTail(reading, tail, { ...query, known }, signal);
}

/** Reads what there is of a log at one moment, and shows `viewer` everything after it, if the log still grows. */
export async function logSnapshot(reading: LogReading, task: string, viewer?: LogSink): Promise<LogSnapshot> {
  const list = () => Array.fromAsync(segmentsOf(reading.store, task));
  const tail = reading.live.get(task);
  if (!tail) return { segments: await list(), pending: [] };
  const [segments, pending] = await tail.snapshot(viewer, list);
  return { segments, pending };
}

function entriesCount({ segments, pending }: LogSnapshot): number {
  return segments.reduce((sum, segment) => sum + countOf(segment), pending.length);
}

function countOf({ frames, gap }: LogSegment): number {
  return gap === undefined ? frames : frames + 1;
}

/** What a snapshot holds that fits a filter, in order, without the first entries that are known. */
async function* entriesIn(
  reading: LogKeeping,
  { segments, pending }: LogSnapshot,
  filter: LogFilter & { readonly known: number },
): AsyncGenerator<readonly LogEntry[], void, undefined> {
  let { known } = filter;
  for (const segment of segments) {
    const count = countOf(segment);
    if (known < count && mayFit(segment, filter)) {
      for await (const entries of beyond(entriesOf(reading.blobs, segment), known)) {
        const wanted = fitting(entries, filter);
        if (wanted.length > 0) yield wanted;
      }
    }
    known = Math.max(0, known - count);
  }
  const wanted = fitting(pending.slice(known), filter);
  if (wanted.length > 0) yield wanted;
}

/** Batches without their first entries. */
async function* beyond<E>(batches: AsyncIterable<readonly E[]>, count: number): AsyncGenerator<readonly E[]> {
  let left = count;
  for await (const batch of batches) {
    yield left === 0 ? batch : batch.slice(left);
    left = Math.max(0, left - batch.length);
  }
}

async function* followTail(
  reading: LogReading,
  tail: LogTail,
  query: LogFollow,
  signal: AbortSignal,
): AsyncGenerator<readonly LogEntry[], void, undefined> {
  const viewer = new LogViewer();
  const leave = () => viewer.end();
  signal.addEventListener('abort', leave, { once: true });
  if (signal.aborted) leave();
  try {
    yield* entriesIn(reading, await logSnapshot(reading, query.task, viewer), query);
    for await (const entries of viewer) {
      const wanted = fitting(entries, query);
      if (wanted.length > 0) yield wanted;
    }
  } finally {
    signal.removeEventListener('abort', leave);
    tail.leave(viewer);
  }
}

/** The tail of a task's log as soon as there is one; undefined when the task is over, or the signal aborts. */
async function tailOrEnd(reading: LogReading, task: string, signal: AbortSignal): Promise<LogTail | undefined> {
  while (!signal.aborted) {
    const tail = reading.live.get(task);
    if (tail) return tail;
    const status = await reading.store.get('taskStatus', task);
    if (status ? taskEnded(status.doc.state) : !(await reading.store.get('task', task))) return undefined;
    await tailAdded(reading, task, signal);
  }
  return undefined;
}

/** Waits until a tail is added, but not for long: the task may also end without one. */
async function tailAdded(reading: LogReading, task: string, signal: AbortSignal): Promise<void> {
  const added = new AbortController();
  const stopListening = reading.live.onAdded((tail) => {
    if (tail.task === task) added.abort();
  });
  try {
    if (!reading.live.get(task)) await sessionPause(reading.clock, RECHECK_MS, AbortSignal.any([added.signal, signal]));
  } finally {
    stopListening();
  }
}

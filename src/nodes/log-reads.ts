// Reading and following the log of one task: its stored segments, then what is not stored yet, then what is written from now on.
import type { LogSegment } from '../model/output.ts';
import { taskEnded } from '../model/task.ts';
import type { Clock } from '../ports/clock.ts';
import type { KeptFrame, LogEntry } from './log-entry.ts';
import { entriesOf, fits, type LogFilter, mayFit } from './log-filter.ts';
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

/** The log of one task up to now, with the missing stretches in their places. @throws log.segment-damaged */
export async function* readLog(reading: LogReading, query: LogQuery): AsyncGenerator<LogEntry, void, undefined> {
  const snapshot = await snapshotOf(reading, query.task, undefined);
  if (query.tail === undefined) yield* entriesIn(reading, snapshot, query);
  else yield* await lastOfLog(reading.blobs, snapshot, query, query.tail);
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
): AsyncGenerator<LogEntry, void, undefined> {
  let known = query.known;
  if (!reading.live.get(query.task)) {
    let index = 0;
    for await (const entry of entriesIn(reading, await snapshotOf(reading, query.task, undefined), {})) {
      if (index++ >= query.known && fits(entry, query)) yield entry;
    }
    known = Math.max(known, index);
  }
  const tail = await tailOrEnd(reading, query.task, signal);
  if (tail) yield* followTail(reading, tail, { ...query, known }, signal);
}

/** Reads what there is of a log at one moment, and shows `viewer` everything after it, if the log still grows. */
async function snapshotOf(reading: LogReading, task: string, viewer: LogSink | undefined): Promise<LogSnapshot> {
  const list = () => Array.fromAsync(segmentsOf(reading.store, task));
  const tail = reading.live.get(task);
  if (!tail) return { segments: await list(), pending: [] };
  const [segments, pending] = await tail.snapshot(viewer, list);
  return { segments, pending };
}

/** What a snapshot holds that fits a filter, in order. */
async function* entriesIn(
  reading: LogKeeping,
  snapshot: LogSnapshot,
  filter: LogFilter,
): AsyncGenerator<LogEntry, void, undefined> {
  for (const segment of snapshot.segments) {
    if (!mayFit(segment, filter)) continue;
    for await (const entry of entriesOf(reading.blobs, segment)) if (fits(entry, filter)) yield entry;
  }
  for (const frame of snapshot.pending) if (fits(frame, filter)) yield frame;
}

async function* followTail(
  reading: LogReading,
  tail: LogTail,
  query: LogFollow,
  signal: AbortSignal,
): AsyncGenerator<LogEntry, void, undefined> {
  const viewer = new LogViewer();
  const leave = () => viewer.end();
  signal.addEventListener('abort', leave, { once: true });
  if (signal.aborted) leave();
  try {
    let index = 0;
    const filter = query.known === 0 ? query : {};
    for await (const entry of entriesIn(reading, await snapshotOf(reading, query.task, viewer), filter)) {
      if (index++ >= query.known && fits(entry, query)) yield entry;
    }
    for await (const entry of viewer) if (fits(entry, query)) yield entry;
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

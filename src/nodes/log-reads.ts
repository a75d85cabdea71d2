// Reading and following the log of one task: its stored segments, then what is not stored yet, then what is written from now on.
import type { LogSegment } from '../model/output.ts';
import { taskEnded } from '../model/task.ts';
import type { Clock } from '../ports/clock.ts';
import type { LogEntry } from './log-entry.ts';
import { entriesOf, fitting, type LogFilter, mayFit } from './log-filter.ts';
import { lastOfLog } from './log-last.ts';
import { LogPlace, type Unknown } from './log-place.ts';
import { type LogKeeping, segmentsOf } from './log-segments.ts';
import type { LogSnapshot, LogTails, TailView } from './log-tail-view.ts';
import { LogWatch } from './log-watch.ts';
import { sessionPause } from './session-pause.ts';

/** What reading logs needs. */
export interface LogReading extends LogKeeping {
  readonly live: LogTails;
  readonly clock: Clock;
}

/** What to read of a task's log; all of it by default. */
export interface LogQuery extends LogFilter {
  readonly task: string;
  /** Only the last lines, this many. */
  readonly tail?: number;
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

/** The log of one task from a time on, and then as it is written, wherever that is, until the task has ended or the signal aborts. */
export async function* followLog(
  reading: LogReading,
  query: LogFollow,
  signal: AbortSignal,
): AsyncGenerator<readonly LogEntry[], void, undefined> {
  const place = new LogPlace(query.known);
  while (!signal.aborted) {
    const tail = await reading.live.find(query.task);
    if (tail) {
      const isComplete = yield* followTail(reading, tail, { ...query, place }, signal);
      if (isComplete) return;
    } else {
      // Looked at first: what came before the end is stored then.
      const isOver = await taskIsOver(reading, query.task);
      const snapshot = await logSnapshot(reading, query.task);
      yield* unknownEntries(reading, snapshot, place.enter(snapshot), query);
      if (isOver) return;
    }
    await tailAdded(reading, query.task, signal);
  }
}

/** Reads what there is of a log at one moment. */
export async function logSnapshot(reading: LogReading, task: string): Promise<LogSnapshot> {
  const tail = await reading.live.find(task);
  if (tail) return tail.snapshot();
  return { segments: await Array.fromAsync(segmentsOf(reading.store, task)), pending: [] };
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

/** What is new to a follower in a snapshot. */
function unknownEntries(
  reading: LogKeeping,
  snapshot: LogSnapshot,
  { known, behindNs }: Unknown,
  filter: LogFilter & { readonly sinceNs: bigint },
): AsyncGenerator<readonly LogEntry[], void, undefined> {
  const sinceNs = behindNs < filter.sinceNs ? filter.sinceNs : behindNs + 1n;
  return entriesIn(reading, snapshot, { ...filter, sinceNs, known });
}

/** Whether the log is complete then, or nobody follows it any more; otherwise it may grow on elsewhere. */
async function* followTail(
  reading: LogReading,
  tail: TailView,
  query: LogFollow & { readonly place: LogPlace },
  signal: AbortSignal,
): AsyncGenerator<readonly LogEntry[], boolean, undefined> {
  const watch = new LogWatch(query.place);
  const leave = () => watch.end();
  signal.addEventListener('abort', leave, { once: true });
  if (signal.aborted) leave();
  try {
    await tail.watch(watch);
    yield* begunEntries(reading, watch, query);
    for await (const entries of watch.viewer) {
      const wanted = fitting(entries, query);
      if (wanted.length > 0) yield wanted;
    }
    return !watch.isCut;
  } finally {
    signal.removeEventListener('abort', leave);
    tail.leave(watch);
  }
}

/** Held no longer than they are read: a log may be followed for days. */
async function* begunEntries(
  reading: LogKeeping,
  watch: LogWatch,
  query: LogFollow,
): AsyncGenerator<readonly LogEntry[], void, undefined> {
  const begun = watch.take();
  if (begun) yield* unknownEntries(reading, begun.snapshot, begun.unknown, query);
}

async function taskIsOver({ store }: LogReading, task: string): Promise<boolean> {
  const status = await store.get('taskStatus', task);
  return status ? taskEnded(status.doc.state) : !(await store.get('task', task));
}

/** Waits until a tail is added, but not for long: the task may also end without one. */
async function tailAdded(reading: LogReading, task: string, signal: AbortSignal): Promise<void> {
  const added = new AbortController();
  const stopListening = reading.live.onAdded((of) => {
    if (of === task) added.abort();
  });
  try {
    await sessionPause(reading.clock, RECHECK_MS, AbortSignal.any([added.signal, signal]));
  } finally {
    stopListening();
  }
}

// The next occurrence: its job is made ahead, so that containers wait for their time; what was made ahead and is not wanted any more. Pure.
import type { Instant } from '../model/instant.ts';
import type { Job } from '../model/job.ts';
import { isScheduled, jobInTheWay, mayOverlap, type Turn } from './decide-overlap.ts';
import { type DueRun, occurrenceRun } from './due-run.ts';
import { presentSince, presentTimetable } from './due-segments.ts';
import { type InstanceSnapshot, madeOccurrences } from './instance-snapshot.ts';
import { isOccurrence, nextOccurrence, startOf, type Timetable } from './occurrences.ts';
import { isPausedAt } from './paused-at.ts';
import { upstreamsOf } from './upstream-ends.ts';

/** The next occurrence that is not settled. */
export interface Ahead {
  /** Null: nothing more is due. */
  readonly nextAt: Instant | null;
  /** Begun ahead now; null: not yet. */
  readonly run: DueRun | null;
  /** Every occurrence after the cursor that is begun, ascending. */
  readonly settledAhead: readonly Instant[];
  readonly wakeAt: Instant | null;
}

/** How far a decision has come. */
export interface Progress {
  readonly cursorAt: Instant;
  readonly active: readonly Job[];
  /** Something is begun or waits already, which the next one may have to wait for. */
  readonly isBusy: boolean;
}

/** Jobs of an instance that wait for their time. */
const MOST_AHEAD = 1000;

/** Decides whether the next occurrence is begun ahead. */
export function runAhead(snapshot: InstanceSnapshot, progress: Progress, now: Instant): Ahead {
  const { instance } = snapshot;
  const timetable = presentTimetable(snapshot);
  const settledAhead = begunAfter(snapshot, progress.cursorAt);
  const nextAt = nextOpen(timetable, settledAhead, Math.max(progress.cursorAt, presentSince(instance) - 1));
  if (nextAt === null) return { nextAt, run: null, settledAhead, wakeAt: null };
  const startsAt = startOf(instance.id, timetable.schedule, nextAt);
  const aheadAt = startsAt - instance.leadMs;
  const isFull = settledAhead.length >= MOST_AHEAD;
  if (isFull || !mayBeAhead(snapshot, progress, { at: nextAt, startsAt }))
    return { nextAt, run: null, settledAhead, wakeAt: startsAt };
  if (aheadAt > now) return { nextAt, run: null, settledAhead, wakeAt: aheadAt };
  const run = occurrenceRun(instance, nextAt);
  // The one after it may be begun ahead as well.
  return { nextAt, run, settledAhead: [...settledAhead, nextAt].toSorted((a, b) => a - b), wakeAt: now };
}

/** Those after the cursor that have their jobs, ascending: they were begun ahead, or a crash came before that was written. */
function begunAfter(snapshot: InstanceSnapshot, cursorAt: Instant): readonly Instant[] {
  const ahead = snapshot.status?.settledAhead ?? [];
  // Most have none, and very many are looked at in one instant.
  if (ahead.length === 0 && snapshot.made.size === 0) return [];
  const begun = new Set([...ahead, ...madeOccurrences(snapshot)]);
  return [...begun].filter((at) => at > cursorAt).toSorted((a, b) => a - b);
}

function nextOpen(timetable: Timetable, begun: readonly Instant[], after: Instant): Instant | null {
  let at = nextOccurrence(timetable, after);
  while (at !== null && begun.includes(at)) at = nextOccurrence(timetable, at);
  return at;
}

/** What only its time can tell is decided at its time. */
function mayBeAhead(
  { instance, runnable, pause }: InstanceSnapshot,
  { active, isBusy }: Progress,
  turn: Turn,
): boolean {
  // A job that it follows may end at any time, and then one is in the way.
  if (!mayOverlap(instance) && upstreamsOf(instance).length > 0) return false;
  // One for a later time, of a schedule that does not count any more, has to be gone first.
  if (!mayOverlap(instance) && active.some(({ startsAt }) => startsAt > turn.startsAt)) return false;
  if (isBusy || 'refused' in runnable || instance.skips.some((skip) => skip.at === turn.at)) return false;
  return !isPausedAt(pause, turn.at) && jobInTheWay(instance, active, turn) === undefined;
}

/** Why a job that was made ahead is not to begin, `active` being those that are not over; undefined: it is. */
export function whyUnwanted(
  snapshot: InstanceSnapshot,
  { origin, startsAt }: Job,
  active: readonly Job[],
  now: Instant,
): string | undefined {
  const { instance, pause } = snapshot;
  if (origin.kind !== 'occurrence' || startsAt <= now) return undefined;
  const skip = instance.skips.find(({ at }) => at === origin.at);
  if (skip) return `${skip.by} asked that it be skipped`;
  if (!instance.enabled) return 'its instance was disabled before it began';
  if (pause && pause.untilAt === null && origin.at >= pause.fromAt) return `${pause.by} paused all schedules`;
  if (origin.at >= presentSince(instance) && !isOccurrence(presentTimetable(snapshot), origin.at))
    return 'its schedule was changed before it began';
  const earlier = active.filter((job) => isScheduled(job) && job.startsAt < startsAt);
  const inTheWay = jobInTheWay(instance, earlier, { at: origin.at, startsAt });
  return inTheWay && `job ${inTheWay.id}, which came before it, may still run then`;
}

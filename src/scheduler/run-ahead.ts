// The next occurrence: its job is made ahead, so that containers wait for their time; what was made ahead and is not wanted any more. Pure.
import type { Instant } from '../model/instant.ts';
import type { Job } from '../model/job.ts';
import { jobInTheWay } from './decide-overlap.ts';
import { type DueRun, occurrenceRun } from './due-run.ts';
import { presentSince, presentTimetable } from './due-segments.ts';
import type { InstanceSnapshot } from './instance-snapshot.ts';
import { isOccurrence, jitterOf, nextOccurrence } from './occurrences.ts';
import { isPausedAt } from './paused-at.ts';

/** The next occurrence that is not settled. */
export interface Ahead {
  /** Null: nothing more is due. */
  readonly nextAt: Instant | null;
  /** Begun ahead now; null: not yet. */
  readonly run: DueRun | null;
  readonly wakeAt: Instant | null;
}

/** How far a decision has come. */
export interface Progress {
  readonly cursorAt: Instant;
  readonly active: readonly Job[];
  /** Something is begun or waits already, which the next one may have to wait for. */
  readonly isBusy: boolean;
}

/** Decides whether the next occurrence is begun ahead. */
export function runAhead(snapshot: InstanceSnapshot, progress: Progress, now: Instant): Ahead {
  const { instance, made } = snapshot;
  const timetable = presentTimetable(snapshot);
  const nextAt = nextOccurrence(timetable, Math.max(progress.cursorAt, presentSince(instance) - 1));
  if (nextAt === null) return { nextAt, run: null, wakeAt: null };
  const beginsAt = nextAt + jitterOf(instance.id, timetable.schedule, nextAt);
  const aheadAt = beginsAt - instance.leadMs;
  if (!mayBeAhead(snapshot, progress, nextAt)) return { nextAt, run: null, wakeAt: beginsAt };
  if (aheadAt > now) return { nextAt, run: null, wakeAt: aheadAt };
  const run = occurrenceRun(instance, nextAt);
  return { nextAt, run: made.has(run.job) ? null : run, wakeAt: beginsAt };
}

/** What only its time can tell is decided at its time. */
function mayBeAhead(
  { instance, runnable, pause }: InstanceSnapshot,
  { active, isBusy }: Progress,
  at: Instant,
): boolean {
  if (isBusy || 'refused' in runnable || instance.skips.some((skip) => skip.at === at)) return false;
  return !isPausedAt(pause, at) && jobInTheWay(instance, active, at) === undefined;
}

/** Why a job that was made ahead is not to begin; undefined: it is. */
export function whyUnwanted(snapshot: InstanceSnapshot, { origin, startsAt }: Job, now: Instant): string | undefined {
  const { instance, pause } = snapshot;
  if (origin.kind !== 'occurrence' || startsAt <= now) return undefined;
  const skip = instance.skips.find(({ at }) => at === origin.at);
  if (skip) return `${skip.by} asked that it be skipped`;
  if (!instance.enabled) return 'its instance was disabled before it began';
  if (pause && pause.untilAt === null && origin.at >= pause.fromAt) return `${pause.by} paused all schedules`;
  if (origin.at < presentSince(instance)) return undefined;
  return isOccurrence(presentTimetable(snapshot), origin.at) ? undefined : 'its schedule was changed before it began';
}

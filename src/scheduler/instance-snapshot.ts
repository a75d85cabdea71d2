// What the decision for one instance rests on.
import type { Calendar } from '../model/calendar.ts';
import type { Instance, InstanceStatus } from '../model/instance.ts';
import type { Instant } from '../model/instant.ts';
import { type Job, type JobState, occurrenceOfJob } from '../model/job.ts';
import type { SchedulePause } from '../model/schedule.ts';
import type { Runnable } from './runnable.ts';
import type { UpstreamJob } from './upstream-ends.ts';

/** A job of the instance that is not closed, with how far it is; `state` is null until deployment has accepted it. */
export interface OpenJob {
  readonly job: Job;
  readonly state: JobState | null;
}

/** Everything that the decision rests on. */
export interface InstanceSnapshot {
  readonly instance: Instance;
  readonly status: InstanceStatus | null;
  readonly openJobs: readonly OpenJob[];
  /** Ids of jobs and gaps that exist already for what may be due: a crash may have come before the cursor was written. */
  readonly made: ReadonlySet<string>;
  /** What a new job would run, or why there is nothing to run. */
  readonly runnable: Runnable;
  readonly calendars: readonly Calendar[];
  /** The last pause of all schedules; null: there was none. */
  readonly pause: SchedulePause | null;
  /** Jobs that the instance follows and that have ended lately. */
  readonly upstream: readonly UpstreamJob[];
}

/** Occurrences whose jobs exist already. */
export function madeOccurrences({ made }: Pick<InstanceSnapshot, 'made'>): ReadonlySet<Instant> {
  return new Set([...made].map(occurrenceOfJob).filter((at) => at !== undefined));
}

/** Every occurrence up to this instant is settled or does not count. */
export function cursorOf({ instance, status }: Pick<InstanceSnapshot, 'instance' | 'status'>): Instant {
  const unseen = instance.earlier.find(({ untilAt }) => status !== null && untilAt > status.seenUpdatedAt);
  // A clock that was set back leaves the cursor ahead of the present: what it says of the time after a change counts by the schedule before.
  const settledAt = Math.min(status?.cursorAt ?? 0, unseen ? unseen.untilAt - 1 : Number.POSITIVE_INFINITY);
  return Math.max(settledAt, instance.enabledAt - 1);
}

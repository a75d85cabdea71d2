// An algorithm configured to run, and what the scheduler knows of it.
import type { ActionRules } from './action.ts';
import type { BindingWishes } from './binding.ts';
import type { Instant } from './instant.ts';
import type { Resources } from './package.ts';
import type { EarlierSchedule, MissedPolicy, OverlapPolicy, Schedule, SkipWish } from './schedule.ts';

/** How a dead slot is filled again. */
export interface RestartPolicy {
  /** Starts of the algorithm within one container that fail in a row before the launcher gives the container up. */
  readonly runsPerTask: number;
  /** Tasks that fail in a row before the job fails. */
  readonly tasks: number;
  /** First wait between two failed tasks; it doubles up to `maxBackoffMs`. */
  readonly backoffMs: number;
  readonly maxBackoffMs: number;
  /** A task that lived this long forgives the failures before it. */
  readonly stableAfterMs: number;
}

/** Whether an instance shares its machines or has each to itself. */
export type MachineUse = 'shared' | 'standalone';

/** An application instance: an algorithm configured to run. Written by applications' requests. */
export interface Instance {
  /** The name and a random suffix: unique for ever, and readable in a container's name. */
  readonly id: string;
  readonly name: string;
  readonly application: string;
  readonly algorithm: string;
  /** A package's id, or `current` for whatever the application's current package is when a job is made. */
  readonly package: string;
  readonly schedule: Schedule;
  /** Schedules before it whose last occurrences may not be settled yet; oldest first, bounded. */
  readonly earlier: readonly EarlierSchedule[];
  readonly missed: MissedPolicy;
  readonly overlap: OverlapPolicy;
  /** Of jobs that wait for room, those with more are placed first: -10 to 10. */
  readonly priority: number;
  /** Jobs are placed and their containers started this long before they begin. */
  readonly leadMs: number;
  /** Occurrences that make no job because somebody said so; bounded. */
  readonly skips: readonly SkipWish[];
  readonly copies: number;
  readonly machine: MachineUse;
  /** Labels that a node must carry. */
  readonly labels: Readonly<Record<string, string>>;
  /** A path such as `campus/building-a`: only nodes there, or deeper; null: anywhere. */
  readonly location: string | null;
  readonly parameters: Readonly<Record<string, string>>;
  readonly environment: Readonly<Record<string, string>>;
  /** Which sensors its names stand for; absent: by their types, and a job waits for those that are missing. */
  readonly bindings?: BindingWishes;
  /** Whom it tells, how often, and when not; absent: nobody, the ordinary budget, always. */
  readonly actionRules?: ActionRules;
  /** Names of the application's secrets that its tasks are given; absent: none. */
  readonly secrets?: readonly string[];
  /** Overrides of what the package asks. */
  readonly resources: Partial<Resources>;
  readonly restart: RestartPolicy;
  /** Between TERM and KILL. */
  readonly graceMs: number;
  /** Disabled: no new jobs; the job of a `continuous` instance ends. */
  readonly enabled: boolean;
  /** When it was last enabled; occurrences before it do not count. */
  readonly enabledAt: Instant;
  /** On its way out: its jobs are ended, then it is forgotten. */
  readonly removing: boolean;
  readonly createdAt: Instant;
  readonly updatedAt: Instant;
  readonly shard: number;
}

/** A run that waits until one before it is over. */
export interface QueuedRun {
  readonly at: Instant;
  /** The job of another instance whose end it follows; absent: an occurrence of the schedule. */
  readonly after?: string;
}

/** What the scheduler knows of an instance (same id). Written by the scheduler. */
export interface InstanceStatus {
  readonly id: string;
  /** Every occurrence up to this instant is settled: a job, a gap, or in the queue. */
  readonly cursorAt: Instant;
  /** Later occurrences that are settled too, ascending: their jobs were made ahead. What lies between them is open. */
  readonly settledAhead: readonly Instant[];
  /** The next occurrence, if there is one. */
  readonly occurrenceAt: Instant | null;
  /** Occurrences that wait until a job before them is over, oldest first. */
  readonly queue: readonly QueuedRun[];
  /** Jobs of other instances that ended before it have made the jobs that they make. */
  readonly upstreamAt: Instant;
  readonly why: string;
  /** `updatedAt` of the instance that was last decided on: another one there means that a wake-up was lost. */
  readonly seenUpdatedAt: Instant;
  readonly shard: number;
  readonly nextAt: Instant | null;
}

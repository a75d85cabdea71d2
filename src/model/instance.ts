// An algorithm configured to run, and what the scheduler knows of it.
import type { Instant } from './instant.ts';
import type { Resources } from './package.ts';

/** What makes an instance run. Cron, several together, zones and calendars join here later. */
export type Trigger =
  | { readonly kind: 'now' }
  | { readonly kind: 'once'; readonly at: Instant }
  | { readonly kind: 'interval'; readonly everyMs: number }
  | { readonly kind: 'continuous' };

/** When an instance runs. */
export interface Schedule {
  readonly trigger: Trigger;
  /** First instant at which it may run; for `interval` also the first occurrence. */
  readonly startAt: Instant;
  /** No occurrence at or after it; a job that still runs is killed then. */
  readonly endAt?: Instant;
  /** A job is killed this long after its start. */
  readonly durationMs?: number;
}

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
  readonly copies: number;
  readonly machine: MachineUse;
  /** Labels that a node must carry. */
  readonly labels: Readonly<Record<string, string>>;
  readonly parameters: Readonly<Record<string, string>>;
  readonly environment: Readonly<Record<string, string>>;
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

/** An occurrence that did not become a job, and why. */
export interface MissedOccurrence {
  readonly fromAt: Instant;
  readonly toAt: Instant;
  readonly count: number;
  readonly reason: string;
}

/** What the scheduler knows of an instance (same id). Written by the scheduler. */
export interface InstanceStatus {
  readonly id: string;
  /** Every occurrence up to this instant is settled: a job, or recorded as missed. */
  readonly cursorAt: Instant;
  /** The next occurrence, if there is one. */
  readonly occurrenceAt: Instant | null;
  /** The last of them, newest first; bounded. */
  readonly missed: readonly MissedOccurrence[];
  readonly why: string;
  /** `updatedAt` of the instance that was last decided on: another one there means that a wake-up was lost. */
  readonly seenUpdatedAt: Instant;
  readonly shard: number;
  readonly nextAt: Instant | null;
}

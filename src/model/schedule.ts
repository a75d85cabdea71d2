// When an instance runs: what gives occurrences, what bounds them, and what becomes of those that cannot simply be started.
import type { Instant } from './instant.ts';

/** What gives occurrences. Times of day and calendar lengths are in the schedule's zone. */
export type Trigger =
  /** Once, at the schedule's start. */
  | { readonly kind: 'now' }
  | { readonly kind: 'once'; readonly at: Instant }
  /** Every so many milliseconds from the schedule's start, whatever clocks on walls do. */
  | { readonly kind: 'interval'; readonly everyMs: number }
  /** The schedule's start, moved on by a multiple of months and days; a day that a month has not got is its last one. */
  | { readonly kind: 'calendar'; readonly months: number; readonly days: number }
  /** Five or six fields; the six begin with seconds. */
  | { readonly kind: 'cron'; readonly expression: string }
  /** From the schedule's start to its end; with windows, from each opening to its closing. */
  | { readonly kind: 'continuous' }
  /** When a job of another instance has ended so. */
  | { readonly kind: 'after'; readonly instance: string; readonly on: UpstreamEnd };

/** Ends of a job of another instance. */
export type UpstreamEnd = 'success' | 'failure' | 'any';

/** Local times of day in which occurrences count. A window that closes at or before it opens closes on the next day. */
export interface TimeWindow {
  /** Days on which it opens: 1 is Monday, 7 is Sunday. */
  readonly days: readonly number[];
  /** Minutes since the local midnight. */
  readonly fromMinute: number;
  readonly toMinute: number;
}

/** When an instance runs. */
export interface Schedule {
  /** At least one; `now` and `continuous` stand alone. */
  readonly triggers: readonly Trigger[];
  /** First instant at which it may run; for `interval` and `calendar` also the first occurrence. */
  readonly startAt: Instant;
  /** No occurrence at or after it; a job that still runs is killed then. */
  readonly endAt?: Instant;
  /** A job is killed this long after its start. */
  readonly durationMs?: number;
  /** An IANA time zone. */
  readonly zone: string;
  /** None: at any time. */
  readonly windows: readonly TimeWindow[];
  /** Calendars in whose events nothing runs. */
  readonly calendars: readonly string[];
  /** Each job starts up to this much after its occurrence, always the same for the same occurrence. */
  readonly jitterMs: number;
}

/** What becomes of occurrences that were due while nobody could start them. */
export type MissedPolicy =
  | { readonly kind: 'skip' }
  | { readonly kind: 'run-latest' }
  | { readonly kind: 'run-all'; readonly max: number; readonly maxAgeMs: number };

/** What becomes of an occurrence that is due while a job of an earlier one is not over. */
export type OverlapPolicy =
  | { readonly kind: 'allow' }
  | { readonly kind: 'skip' }
  | { readonly kind: 'queue'; readonly max: number }
  | { readonly kind: 'replace' };

/** A schedule that was changed: it counts for what was due until then. */
export interface EarlierSchedule {
  readonly schedule: Schedule;
  readonly untilAt: Instant;
}

/** A wish that one occurrence makes no job. */
export interface SkipWish {
  readonly at: Instant;
  readonly by: string;
}

/** How occurrences ended that made no job. */
export type GapOutcome = 'missed' | 'skipped' | 'refused' | 'paused' | 'replaced';

/** A stretch of occurrences that made no job, and why: one document, id `<instance>.<first instant>`. Written by the scheduler. */
export interface Gap {
  readonly id: string;
  readonly instance: string;
  readonly fromAt: Instant;
  readonly toAt: Instant;
  readonly count: number;
  readonly outcome: GapOutcome;
  readonly reason: string;
  readonly recordedAt: Instant;
}

/** All schedules held back by a person (id `all`): occurrences from `fromAt` to `untilAt` make no jobs; null: still. */
export interface SchedulePause {
  readonly id: string;
  readonly fromAt: Instant;
  readonly untilAt: Instant | null;
  readonly by: string;
  readonly reason: string;
}

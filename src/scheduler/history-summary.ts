// What past jobs of an instance were like together. Pure.
import type { Instant } from '../model/instant.ts';
import type { JobOrigin, JobState } from '../model/job.ts';

/** A job that was; times that are not known are null. */
export interface PastJob {
  readonly job: string;
  readonly origin: JobOrigin['kind'];
  readonly state: JobState;
  readonly startsAt: Instant;
  /** How long after its time its algorithm began. */
  readonly latenessMs: number | null;
  /** From the beginning of its algorithm to its end. */
  readonly durationMs: number | null;
  readonly endedAt: Instant | null;
}

/** Figures over past jobs; null where there is nothing to count. Jobs that have not ended count only as jobs. */
export interface HistorySummary {
  readonly jobs: number;
  readonly succeeded: number;
  readonly failed: number;
  readonly stopped: number;
  /** Of those that succeeded or failed, the share that succeeded, from 0 to 1. */
  readonly successRate: number | null;
  readonly p50DurationMs: number | null;
  readonly p95DurationMs: number | null;
  readonly p50LatenessMs: number | null;
  readonly p95LatenessMs: number | null;
}

/** Sums up past jobs; percentiles by the nearest rank. */
export function summarise(jobs: readonly PastJob[]): HistorySummary {
  const count = (wanted: JobState) => jobs.filter(({ state }) => state === wanted).length;
  const [succeeded, failed, stopped] = [count('succeeded'), count('failed'), count('stopped')];
  const durations = known(jobs.filter(({ state }) => state === 'succeeded').map(({ durationMs }) => durationMs));
  const latenesses = known(jobs.map(({ latenessMs }) => latenessMs));
  return {
    ...{ jobs: jobs.length, succeeded, failed, stopped },
    successRate: succeeded + failed === 0 ? null : succeeded / (succeeded + failed),
    ...{ p50DurationMs: percentile(durations, 0.5), p95DurationMs: percentile(durations, 0.95) },
    ...{ p50LatenessMs: percentile(latenesses, 0.5), p95LatenessMs: percentile(latenesses, 0.95) },
  };
}

function known(values: readonly (number | null)[]): readonly number[] {
  return values.filter((value) => value !== null).toSorted((a, b) => a - b);
}

/** The smallest value that at least this share of all values does not exceed (nearest rank). */
function percentile(ascending: readonly number[], share: number): number | null {
  return ascending[Math.max(0, Math.ceil(share * ascending.length) - 1)] ?? null;
}

// Runs that were due and make no job, as one document.
import type { Instance } from '../model/instance.ts';
import type { Instant } from '../model/instant.ts';
import { jobId } from '../model/job.ts';
import type { Gap } from '../model/schedule.ts';
import type { DueRun } from './due-run.ts';

/** A stretch of occurrences. */
export interface Stretch {
  readonly fromAt: Instant;
  readonly toAt: Instant;
  readonly count: number;
}

/** The record of a stretch; the same beginning always gives the same id. */
export function gapOf(instance: Instance, stretch: Stretch, told: Pick<Gap, 'outcome' | 'reason'>, now: Instant): Gap {
  const id = jobId(instance.id, { kind: 'occurrence', at: stretch.fromAt });
  return { id, instance: instance.id, ...stretch, ...told, recordedAt: now };
}

/** The record of one run. */
export function gapOfRun(instance: Instance, run: DueRun, told: Pick<Gap, 'outcome' | 'reason'>, now: Instant): Gap {
  const stretch = { fromAt: run.at, toAt: run.at, count: 1 };
  return { ...gapOf(instance, stretch, told, now), id: run.job };
}

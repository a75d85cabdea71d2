// A run that is due: an occurrence of a schedule, or the end of another instance's job.
import { createHash } from 'node:crypto';
import type { Instance, QueuedRun } from '../model/instance.ts';
import type { Instant } from '../model/instant.ts';
import { type JobOrigin, jobId } from '../model/job.ts';
import { startOf } from './occurrences.ts';

/** A run that is due, with the id of the one job that it can become. */
export interface DueRun {
  readonly at: Instant;
  /** After its jitter. */
  readonly startsAt: Instant;
  /** The job of another instance whose end it follows; null: an occurrence of the schedule. */
  readonly after: string | null;
  readonly origin: JobOrigin;
  readonly job: string;
}

/** Digits of a digest: two of a million upstream jobs meet with a probability of 4e-13. */
const MARK_LENGTH = 20;

/** The run of an occurrence. */
export function occurrenceRun(instance: Instance, at: Instant): DueRun {
  const startsAt = startOf(instance.id, instance.schedule, at);
  return { at, startsAt, after: null, ...named(instance, { kind: 'occurrence', at }) };
}

/** The run that follows the end of another instance's job. */
export function upstreamRun(instance: Instance, upstream: string, at: Instant): DueRun {
  const mark = createHash('sha256').update(upstream).digest('hex').slice(0, MARK_LENGTH);
  return { at, startsAt: at, after: upstream, ...named(instance, { kind: 'after', job: upstream, mark }) };
}

/** A queued run as it was when it was put into the queue. */
export function queuedRun(instance: Instance, { at, after }: QueuedRun): DueRun {
  return after === undefined ? occurrenceRun(instance, at) : upstreamRun(instance, after, at);
}

/** A run as it is kept in the queue. */
export function asQueued({ at, after }: DueRun): QueuedRun {
  return after === null ? { at } : { at, after };
}

function named({ id }: Instance, origin: JobOrigin): Pick<DueRun, 'origin' | 'job'> {
  return { origin, job: jobId(id, origin) };
}

// What may be asked of a job: to end. A stop is written once and never undone.
import { changeExisting } from '../engine/change-document.ts';
import { BerthError } from '../model/errors.ts';
import { type Job, jobEnded } from '../model/job.ts';
import type { Clock } from '../ports/clock.ts';
import type { Store } from '../ports/store.ts';

/** Who wants a job ended, and why. */
export interface StopRequest {
  readonly job: string;
  readonly by: string;
  readonly reason: string;
  /** Between TERM and KILL; absent: as the job says. */
  readonly graceMs?: number;
}

interface StopParts {
  readonly store: Store;
  readonly clock: Clock;
}

/** Writes the wish to end a job; the first wish stands, its grace with it. @throws request.not-found, job.already-ended */
export async function requestStop(parts: StopParts, request: StopRequest): Promise<Job> {
  const ended = await endedState(parts.store, request.job);
  if (ended) throw new BerthError('job.already-ended', { job: request.job, state: ended });
  return writeStop(parts, request);
}

/** The same for a job's end by schedule: that it has ended already is what was wanted. @throws request.not-found */
export async function stopUnlessEnded(parts: StopParts, request: StopRequest): Promise<void> {
  if (!(await endedState(parts.store, request.job))) await writeStop(parts, request);
}

function writeStop({ store, clock }: StopParts, { job, ...wish }: StopRequest): Promise<Job> {
  const withStop = (before: Job): Job => ({ ...before, stop: { ...wish, at: clock.now() } });
  return changeExisting(store, 'job', job, (before) => (before.stop === null ? withStop(before) : before));
}

async function endedState(store: Store, job: string): Promise<string | undefined> {
  const status = await store.get('jobStatus', job);
  return status && jobEnded(status.doc.state) ? status.doc.state : undefined;
}

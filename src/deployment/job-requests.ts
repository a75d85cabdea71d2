// What may be asked of a job: to end. A stop is written once and never undone.
import { BerthError } from '../model/errors.ts';
import { type Job, jobEnded } from '../model/job.ts';
import type { Clock } from '../ports/clock.ts';
import { type Store, StoreConflict } from '../ports/store.ts';

/** Who wants a job ended, and why. */
export interface StopRequest {
  readonly job: string;
  readonly by: string;
  readonly reason: string;
}

const TRIES = 10;

/** Writes the wish to end a job; the first wish stands. @throws request.not-found, job.already-ended when a person asks too late */
export async function requestStop(
  { store, clock }: { store: Store; clock: Clock },
  request: StopRequest,
): Promise<Job> {
  for (let attempt = 1; ; attempt++) {
    const stored = await store.get('job', request.job);
    if (!stored) throw new BerthError('request.not-found', { what: 'job', id: request.job });
    if (stored.doc.stop !== null) return stored.doc;
    const ended = await endedState(store, request.job);
    if (ended && request.by === 'schedule') return stored.doc;
    if (ended) throw new BerthError('job.already-ended', { job: request.job, state: ended });
    const stop = { by: request.by, reason: request.reason, at: clock.now() };
    try {
      return (await store.update('job', { ...stored.doc, stop }, stored.version)).doc;
    } catch (error) {
      if (!(error instanceof StoreConflict) || attempt === TRIES) throw error;
    }
  }
}

async function endedState(store: Store, job: string): Promise<string | undefined> {
  const status = await store.get('jobStatus', job);
  return status && jobEnded(status.doc.state) ? status.doc.state : undefined;
}

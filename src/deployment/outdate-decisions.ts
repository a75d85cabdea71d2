// Decisions about a job that were made and are not written, because their process stands still: they rest on the job's status as it was, so
// writing that anew, without a change, has their writes refused. Needed before anything is taken back that such a decision counts on.
import type { Instant } from '../model/instant.ts';
import { type JobStatus, jobEnded } from '../model/job.ts';
import type { Store, Stored } from '../ports/store.ts';
import { acceptedStatus } from './decide-job.ts';

/** Lets the decisions about a job fail that are not written yet. @throws StoreConflict when one was written since the status was read */
export async function outdateDecisions(
  store: Store,
  id: string,
  status: Stored<JobStatus> | undefined,
  now: Instant,
): Promise<void> {
  if (status) {
    if (!jobEnded(status.doc.state)) await store.update('jobStatus', status.doc, status.version);
    return;
  }
  const job = await store.get('job', id);
  if (job?.doc.open === 1) await store.create('jobStatus', acceptedStatus(job.doc, now));
}

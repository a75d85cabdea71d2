// Reads a past job with everything by which it is judged whether it may be forgotten.
import { pages } from '../engine/shard-sweep.ts';
import type { Job } from '../model/job.ts';
import type { Store } from '../ports/store.ts';
import type { PastJob } from './decide-history.ts';

const PAGE = 500;

/** Reads everything that the decision on a job rests on. */
export async function readPastJob(store: Store, job: Job): Promise<PastJob> {
  const { id, origin } = job;
  const byJob = { where: { job: id }, orderBy: 'createdAt', limit: PAGE };
  const [status, instance, instanceStatus, upstream, tasks, taskStatuses] = await Promise.all([
    store.get('jobStatus', id),
    store.get('instance', job.instance),
    store.get('instanceStatus', job.instance),
    origin.kind === 'after' ? store.get('jobStatus', origin.job) : undefined,
    Array.fromAsync(pages(store, 'task', byJob)),
    Array.fromAsync(pages(store, 'taskStatus', byJob)),
  ]);
  return {
    job,
    status: status?.doc ?? null,
    tasks: tasks.map((task) => task.id),
    taskStatuses,
    hasInstance: instance !== undefined,
    instanceStatus: instanceStatus?.doc ?? null,
    upstream: upstream?.doc ?? null,
  };
}

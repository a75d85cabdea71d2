// What may be read of jobs: lists, one job with its tasks, and the answer to "why?".
import type { JobBinding } from '../model/binding.ts';
import { BerthError } from '../model/errors.ts';
import type { Job, JobStatus } from '../model/job.ts';
import type { Task, TaskStatus } from '../model/task.ts';
import type { Store } from '../ports/store.ts';

/** A job with what deployment did for it; no status until it is accepted. */
export interface JobView {
  readonly job: Job;
  readonly status: JobStatus | null;
}

/** One attempt at a slot. */
export interface TaskView {
  readonly task: Task;
  readonly status: TaskStatus | null;
}

/** Jobs with what deployment did for them, in their order. */
export async function viewsOf(store: Store, jobs: readonly Job[]): Promise<JobView[]> {
  const statuses = await store.getMany(
    'jobStatus',
    jobs.map(({ id }) => id),
  );
  const byId = new Map(statuses.map(({ doc }) => [doc.id, doc]));
  return jobs.map((job) => ({ job, status: byId.get(job.id) ?? null }));
}

/** A job with the tasks that filled its slots, and with the sensors that it was given (null: none were decided on). */
export interface JobDetail extends JobView {
  readonly tasks: readonly TaskView[];
  readonly binding: JobBinding | null;
}

/** One job with the tasks that filled its slots, oldest first; of very many the latest. @throws request.not-found */
export async function showJob(store: Store, id: string): Promise<JobDetail> {
  const job = await store.get('job', id);
  if (!job) throw new BerthError('request.not-found', { what: 'job', id });
  const [status, binding, tasks] = await Promise.all([
    store.get('jobStatus', id),
    store.get('jobBinding', id),
    store.list('task', { where: { job: id }, orderBy: 'createdAt', direction: 'descending', limit: 1000 }),
  ]);
  const statuses = await store.getMany(
    'taskStatus',
    tasks.items.map(({ doc }) => doc.id),
  );
  const byId = new Map(statuses.map(({ doc }) => [doc.id, doc]));
  return {
    job: job.doc,
    status: status?.doc ?? null,
    binding: binding?.doc ?? null,
    tasks: tasks.items.toReversed().map(({ doc }) => ({ task: doc, status: byId.get(doc.id) ?? null })),
  };
}

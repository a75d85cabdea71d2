// Which tasks of `exactlyOne` jobs have had their turn, by the one truth about it: the job's slot table.
import type { JobStatus } from '../model/job.ts';
import type { Task } from '../model/task.ts';

/** Whether an `exactlyOne` task is not, or no longer, the one that its slot names. Others may be followed by a successor while they run. */
export function isFenced(task: Task, job: JobStatus | undefined): boolean {
  if (!task.spec.exactlyOne) return false;
  return job?.slots.find(({ index }) => index === task.slot)?.task !== task.id;
}

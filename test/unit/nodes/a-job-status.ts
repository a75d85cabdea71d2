// The slot table of a job as tests need it: one slot, filled by the task that is given.
import type { JobStatus } from '../../../src/model/job.ts';
import type { Task } from '../../../src/model/task.ts';
import { T0 } from '../../builders/jobs.ts';

/** The status of a task's job, whose slot the task fills. */
export function aJobStatus(task: Task, over: Partial<JobStatus> = {}): JobStatus {
  const { instance, application, slot: index, attempt, node } = task;
  const slot = { index, state: 'filled', attempt, task: task.id, node, placement: null, failures: 0 } as const;
  const nothing = { reason: '', notes: [], lastLines: [], startedAt: null, endedAt: null, nextAt: null };
  const slots = [{ ...slot, notBefore: null, lastEnd: null }];
  return {
    id: task.job,
    instance,
    application,
    state: 'running',
    slots,
    ...nothing,
    rank: 0,
    createdAt: T0,
    shard: 0,
    ...over,
  };
}

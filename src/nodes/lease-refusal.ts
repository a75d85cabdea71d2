// Whether an `exactlyOne` task may go on for another while: an ordered table, the first rule that fits refuses.
//
// INVARIANT: a lease that is revoked is never given again. It holds because this is decided on the version of the lease document that is
// then written: a revocation in between makes the write fail, and everything is read and decided anew.
import { type JobStatus, jobEnded } from '../model/job.ts';
import type { Lease } from '../model/node.ts';
import { type Task, type TaskStatus, taskEnded } from '../model/task.ts';
import { isFenced } from './is-fenced.ts';

/** Everything on which a lease depends; undefined where a document does not exist. */
export interface LeaseSnapshot {
  readonly task: Task;
  readonly status: TaskStatus | undefined;
  readonly job: JobStatus | undefined;
  readonly lease: Lease | undefined;
}

interface Refusal {
  readonly when: (snapshot: LeaseSnapshot) => boolean;
  readonly reason: string;
}

const REFUSALS: readonly Refusal[] = [
  { when: ({ task }) => !task.spec.exactlyOne, reason: 'its algorithm does not ask to run exactly once' },
  { when: ({ lease }) => lease?.isRevoked === true, reason: 'its lease was revoked' },
  { when: ({ task, job }) => isFenced(task, job), reason: 'its slot was given to another task' },
  { when: ({ task }) => task.stop !== null, reason: 'it is to stop' },
  { when: ({ job }) => job !== undefined && jobEnded(job.state), reason: 'its job is over' },
  { when: ({ status }) => status !== undefined && taskEnded(status.state), reason: 'it is over' },
];

/** Why a task gets no lease, in words that follow its name; undefined when it gets one. */
export function leaseRefusal(snapshot: LeaseSnapshot): string | undefined {
  return REFUSALS.find(({ when }) => when(snapshot))?.reason;
}

// What a job's snapshot says of a task that may still run where nobody sees it, and the sentence for those who wait.
import type { Instant } from '../model/instant.ts';
import type { Slot } from '../model/job.ts';
import type { FenceQuestion } from './decide-fence.ts';
import type { JobSnapshot } from './job-snapshot.ts';
import { type Copy, isOnLostNode } from './slot-copies.ts';
import { timeInWords } from './time-in-words.ts';

/** The question whether a task may still run. The provider's word counts only while it speaks of the machine that the task was given to. */
export function fenceQuestion({ job, leases, fleet }: JobSnapshot, copy: Copy): FenceQuestion {
  const { id, on, node, task } = copy;
  const isSameMachine = node !== undefined && task !== null && task.createdAt >= node.node.createdAt;
  return {
    task: id,
    node: on,
    graceMs: Math.max(job.spec.graceMs, task?.stop?.graceMs ?? 0),
    lease: leases.get(id),
    machine: isSameMachine ? (fleet.serverOf(on)?.machine ?? null) : null,
    lostSinceAt: isOnLostNode(copy) ? (node?.status?.stateSinceAt ?? null) : null,
  };
}

/** Why a copy is not begun elsewhere yet. */
export function fenceWait({ index }: Slot, untilAt: Instant, why: string, now: Instant): string {
  return `copy ${index} waits until ${timeInWords(untilAt, now)} because ${why}`;
}

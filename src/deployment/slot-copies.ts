// The tasks of a slot with what is known of them: the one that fills it, and the one before, which may go on until that runs.
import type { Slot } from '../model/job.ts';
import { type Task, type TaskStatus, taskEnded } from '../model/task.ts';
import type { JobSnapshot } from './job-snapshot.ts';
import type { NodeView } from './node-filters.ts';

/** One task of a slot; null where a document does not exist. */
export interface Copy {
  readonly id: string;
  readonly on: string;
  readonly task: Task | null;
  readonly status: TaskStatus | null;
  /** Its node as the fleet shows it; undefined when it was removed. */
  readonly node: NodeView | undefined;
}

/** The task that fills a slot; null when none does. */
export function copyOf(snapshot: JobSnapshot, { state, task, node }: Slot): Copy | null {
  return state === 'filled' && task !== null && node !== null ? copy(snapshot, task, node) : null;
}

/** The task before the one that fills a slot, while the slot table names it. */
export function predecessorOf(snapshot: JobSnapshot, { predecessor }: Slot): Copy | null {
  return predecessor ? copy(snapshot, predecessor.task, predecessor.node) : null;
}

function copy({ tasks, taskStatuses, fleet }: JobSnapshot, id: string, on: string): Copy {
  return { id, on, task: tasks.get(id) ?? null, status: taskStatuses.get(id) ?? null, node: fleet.get(on) };
}

/** Whether its end was observed, or it was given up. */
export function hasEnded({ status }: Copy): boolean {
  return status !== null && taskEnded(status.state);
}

/** Whether its node is lost: nobody knows whether it runs. */
export function isOnLostNode({ node }: Copy): boolean {
  return node?.status?.state === 'lost';
}

/** Whether it goes on, as far as anybody knows. */
export function goesOn(copy: Copy | null): boolean {
  return copy !== null && !hasEnded(copy) && !isOnLostNode(copy);
}

/** Whether it does its work now. */
export function runs(copy: Copy | null): boolean {
  return copy?.status?.state === 'running' && !isOnLostNode(copy);
}

/** Whether its node is to be left: drained or removed. */
export function isOnLeavingNode({ node }: Copy): boolean {
  return node !== undefined && (node.node.draining || node.node.removing);
}

/** Whether a node's drain has come to the time at which it ends what could not move away. */
export function drainIsOver({ node }: Copy, now: number): boolean {
  const untilAt = node?.node.drainUntilAt;
  return node !== undefined && (node.node.draining || node.node.removing) && untilAt !== undefined && untilAt <= now;
}

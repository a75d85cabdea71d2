// What a task's launcher is told to do, as documents say it: computed anew each time, so that a lost or doubled answer does no harm.
import { hash } from 'node:crypto';
import type { Instant } from '../model/instant.ts';
import type { NodeStatus } from '../model/node.ts';
import type { Task, TaskStatus } from '../model/task.ts';

/** What a launcher is to do. `etag` names the contents. */
export interface Desired {
  readonly etag: string;
  readonly stop: { readonly reason: string; readonly killAt: Instant } | null;
  readonly endsAt: Instant | null;
  /** Node clock minus platform clock. */
  readonly clockOffsetMs: number;
}

/** What the documents want of a task. */
export function desiredOf(task: Task, status: TaskStatus | undefined, node: NodeStatus | undefined): Desired {
  const contents = {
    stop: task.stop && { reason: task.stop.reason, killAt: status?.killAt ?? task.stop.at + task.spec.graceMs },
    endsAt: task.endsAt,
    clockOffsetMs: Math.round(node?.clockOffsetMs ?? 0),
  };
  return { etag: hash('sha256', JSON.stringify(contents)).slice(0, 32), ...contents };
}

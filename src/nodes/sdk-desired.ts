// What a task's launcher is told to do, as documents say it: computed anew each time, so that a lost or doubled answer does no harm.
import { hash } from 'node:crypto';
import type { Instant } from '../model/instant.ts';
import type { NodeStatus } from '../model/node.ts';
import type { Task, TaskStatus } from '../model/task.ts';
import { stopGraceMs } from './stop-grace.ts';

/** What a launcher is to do. `etag` names the contents. */
export interface Desired {
  readonly etag: string;
  /** `graceMs` counts from TERM; `killAt` is what the platform holds itself to. */
  readonly stop: { readonly reason: string; readonly killAt: Instant; readonly graceMs: number } | null;
  readonly endsAt: Instant | null;
  /** Node clock minus platform clock. */
  readonly clockOffsetMs: number;
}

/** What the documents want of a task. */
export function desiredOf(task: Task, status: TaskStatus | undefined, node: NodeStatus | undefined): Desired {
  const contents = {
    stop: task.stop && stopOf(task.stop, status?.killAt ?? null, stopGraceMs(task)),
    endsAt: task.endsAt,
    clockOffsetMs: Math.round(node?.clockOffsetMs ?? 0),
  };
  return { etag: hash('sha256', JSON.stringify(contents)).slice(0, 32), ...contents };
}

function stopOf({ reason, at }: NonNullable<Task['stop']>, killAt: Instant | null, graceMs: number): Desired['stop'] {
  return { reason, killAt: killAt ?? at + graceMs, graceMs };
}

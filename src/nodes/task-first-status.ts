// What is known of a task before anything was done for it.
import { shardOf } from '../model/shard.ts';
import type { Task, TaskStatus } from '../model/task.ts';

/** The status of a task that was just assigned. */
export function taskFirstStatus(task: Task): TaskStatus {
  return {
    id: task.id,
    job: task.job,
    node: task.node,
    state: 'assigned',
    containerId: null,
    exitCode: null,
    reason: `Assigned to ${task.node}.`,
    attempts: 0,
    startedAt: null,
    endedAt: null,
    killAt: null,
    container: 'none',
    runs: [],
    lastLines: [],
    createdAt: task.createdAt,
    shard: shardOf(task.node),
    nextAt: task.createdAt,
  };
}

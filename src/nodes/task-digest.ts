// The mark by which a container is known again as made for exactly this task.
import { createHash } from 'node:crypto';
import type { Task } from '../model/task.ts';

/**
 * SHA-256 in hex over what never changes of a task, keys in order: the value of the label `berth.spec`. How this program turns a task
 * into a container is left out on purpose, or a newer Berth would refuse the containers of an older one.
 */
export function taskDigest(task: Task): string {
  const { id, job, instance, application, algorithm, slot, attempt, node, spec } = task;
  const lasting = { id, job, instance, application, algorithm, package: task.package, slot, attempt, node, spec };
  return createHash('sha256').update(JSON.stringify(lasting, inKeyOrder)).digest('hex');
}

function inKeyOrder(_key: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}

// How long a task may take to end after TERM: as its stop says, or else its job.
import type { Task } from '../model/task.ts';

/** Milliseconds between TERM and KILL. */
export function stopGraceMs({ stop, spec }: Task): number {
  return stop?.graceMs ?? spec.graceMs;
}

/** The same when its lease runs out: who stops it for longer than usual may not have been heard, nor who stops it sooner. */
export function leaseGraceMs(task: Task): number {
  return Math.max(stopGraceMs(task), task.spec.graceMs);
}

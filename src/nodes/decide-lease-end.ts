// When the lease of a task may be forgotten: deployment reads "no lease" as "never ran", so one that may still hold stays until the end
// of its task was seen or its time is over. Pure.
import type { Instant } from '../model/instant.ts';
import { leaseOverAt } from '../model/node.ts';
import type { TaskStatus } from '../model/task.ts';
import { leaseGraceMs } from './stop-grace.ts';
import type { StatusChange, TaskDecision, TaskSnapshot, TaskStep } from './task-step.ts';

/**
 * The decision with what becomes of the task's lease. It goes before the record with which nothing of the task is left to do, so that a
 * crash in between is repaired; while it may hold, that record is put off.
 */
export function decideLeaseEnd(
  { task, lease }: TaskSnapshot,
  known: TaskStatus,
  decision: TaskDecision,
  now: Instant,
): TaskDecision {
  const last = decision.steps.at(-1);
  if (!task.spec.exactlyOne || last?.do !== 'record' || last.change.nextAt !== null) return decision;
  const before = decision.steps.slice(0, -1);
  const overAt = lease ? leaseOverAt(lease, leaseGraceMs(task)) : now;
  if (overAt <= now || endIsSeen(known, last.change))
    return { ...decision, steps: [...before, { do: 'forgetLease' }, last] };
  const why = `${decision.why} Its lease is kept until it can not run any more, wherever it is.`;
  if (known.nextAt === overAt) return { steps: [], wakeAt: overAt, why };
  const putOff: TaskStep = { do: 'record', change: { ...last.change, nextAt: overAt } };
  return { steps: [...before, putOff], wakeAt: overAt, why };
}

/** By its exit code, or because it never had a container. */
function endIsSeen(known: TaskStatus, change: StatusChange): boolean {
  return (change.exitCode ?? known.exitCode) !== null || (change.container ?? known.container) === 'none';
}

// What is to be written to the tasks that the slots name: new ones, stops, and a hint where nobody seems to look. Pure.
import type { Instant } from '../model/instant.ts';
import type { Job, Slot } from '../model/job.ts';
import { shardOf } from '../model/shard.ts';
import { type Task, taskEnded } from '../model/task.ts';
import type { DecisionDraft } from './decision-draft.ts';
import type { JobSnapshot } from './job-snapshot.ts';
import type { JobStep } from './job-step.ts';
import { NUDGE_AFTER_MS } from './look-again.ts';

/** A task for each filled slot whose task is not in the store: a new one, or one that a crash left out. */
export function assigns(snapshot: JobSnapshot, slots: readonly Slot[], now: Instant): JobStep[] {
  const missing = slots.filter(
    (slot) => slot.state === 'filled' && slot.task !== null && !snapshot.tasks.has(slot.task),
  );
  return missing.map((slot) => ({ do: 'assign', task: taskOf(snapshot.job, slot, now) }));
}

function taskOf(job: Job, slot: Slot, now: Instant): Task {
  if (slot.task === null || slot.node === null) throw new Error('an empty slot has no task');
  const { id, instance, application, algorithm, package: packageId, copies, spec, startsAt, endsAt } = job;
  const of = { job: id, instance, application, algorithm, package: packageId, copies, spec, startsAt, endsAt };
  return {
    id: slot.task,
    ...of,
    slot: slot.index,
    attempt: slot.attempt,
    node: slot.node,
    stop: null,
    createdAt: now,
    shard: shardOf(slot.node),
  };
}

/** The stops that are wanted and not written yet. */
export function stops(
  { job, tasks, taskStatuses }: JobSnapshot,
  wanted: DecisionDraft['stops'],
  now: Instant,
): JobStep[] {
  const grace = job.stop?.graceMs === undefined ? {} : { graceMs: job.stop.graceMs };
  return [...wanted].flatMap(([task, reason]) => {
    const isOver = taskEnded(taskStatuses.get(task)?.state ?? 'assigned');
    return tasks.get(task)?.stop === null && !isOver
      ? [{ do: 'stop-task', task, stop: { reason, at: now, ...grace } } as const]
      : [];
  });
}

/** Tasks that nobody has taken up, or whose stop nobody has, though there was time. */
export function nudges({ tasks, taskStatuses }: JobSnapshot, slots: readonly Slot[], now: Instant): JobStep[] {
  return slots.flatMap(namedTasks).flatMap((task) => {
    const assigned = tasks.get(task);
    const status = taskStatuses.get(task);
    const overlooked =
      assigned &&
      assigned.createdAt + NUDGE_AFTER_MS <= now &&
      (!status || (assigned.stop !== null && !taskEnded(status.state)));
    return overlooked ? [{ do: 'nudge', task } as const] : [];
  });
}

/** The tasks that a slot names and that have not been settled. */
function namedTasks({ state, task, predecessor }: Slot): readonly string[] {
  const filling = state === 'filled' && task !== null ? [task] : [];
  return predecessor ? [...filling, predecessor.task] : filling;
}

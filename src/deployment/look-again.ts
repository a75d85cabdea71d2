// When a job is looked at again though nothing wakes it.
import type { Instant } from '../model/instant.ts';
import type { Slot } from '../model/job.ts';
import type { DecisionDraft } from './decision-draft.ts';
import type { JobSnapshot } from './job-snapshot.ts';

/** How often a job that waits for room looks by itself. */
export const LOOK_AGAIN_MS = 5000;
/** A task that nobody has taken up for this long is pointed out again. */
export const NUDGE_AFTER_MS = 2000;
/** And then whenever it has waited half as long again, at least this often: where nobody looks after nodes, very many may wait. */
const LONGEST_NUDGE_MS = 60_000;
/** A running job is looked at now and then all the same: enough if every wake-up of its tasks was lost. */
const IDLE_LOOK_MS = 10 * 60 * 1000;

/** The earliest time at which something of a job is due. */
export function lookAgainAt(snapshot: JobSnapshot, { slots, dueAt }: DecisionDraft, now: Instant): Instant {
  const times = slots.map((slot) => slotLooksAgainAt(snapshot, slot, now));
  const dueLater = [snapshot.job.startsAt, ...dueAt].filter((at) => at > now);
  return Math.min(now + IDLE_LOOK_MS, ...dueLater, ...times.filter((at) => at !== null));
}

function slotLooksAgainAt({ job, tasks, taskStatuses }: JobSnapshot, slot: Slot, now: Instant): Instant | null {
  if (slot.state === 'empty')
    return slot.notBefore !== null && slot.notBefore > now ? slot.notBefore : now + LOOK_AGAIN_MS;
  if (slot.state !== 'filled' || slot.task === null) return null;
  const task = tasks.get(slot.task);
  if (!task || job.stop !== null) return now + NUDGE_AFTER_MS;
  if (taskStatuses.has(slot.task)) return null;
  const half = Math.ceil((now - task.createdAt) / 2);
  return now + Math.min(LONGEST_NUDGE_MS, Math.max(NUDGE_AFTER_MS, half));
}

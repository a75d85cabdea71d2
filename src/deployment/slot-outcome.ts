// What became of the task that fills a slot, and what the slot is then. Pure; an ordered table of rules, the first that fits decides.

import { backoffMs } from '../engine/backoff.ts';
import type { Instant } from '../model/instant.ts';
import type { Job, Slot } from '../model/job.ts';
import { type Task, type TaskStatus, taskEnded } from '../model/task.ts';

/** A filled slot with what is known of its task; null where a document does not exist yet. */
export interface FilledSlot {
  readonly job: Job;
  readonly slot: Slot;
  readonly task: Task | null;
  readonly status: TaskStatus | null;
  /** How the task before is, if the slot table still names one. */
  readonly predecessor: 'none' | 'goes-on' | 'completed';
}

/** The slot as it is now, whether its task's room is free again, and a line for the job's history. */
export interface SlotOutcome {
  readonly slot: Slot;
  readonly released: boolean;
  readonly note: string | null;
}

interface Rule {
  readonly when: (filled: FilledSlot & { readonly status: TaskStatus }) => boolean;
  readonly outcome: (filled: FilledSlot & { readonly status: TaskStatus }, now: Instant) => Slot;
}

const RULES: readonly Rule[] = [
  {
    when: ({ predecessor }) => predecessor === 'completed',
    outcome: ({ slot }) => ended(slot, 'succeeded', 'It ran to its completion where it was before.'),
  },
  {
    when: ({ job, status }) => job.stop !== null && status.state !== 'completed',
    outcome: ({ slot, status }) => ended(slot, 'stopped', status.reason),
  },
  {
    when: ({ status }) => status.state === 'completed',
    outcome: ({ slot, status }) => ended(slot, 'succeeded', status.reason),
  },
  {
    when: ({ status, task }) => status.state === 'stopped' && task?.stop !== null,
    outcome: ({ slot, status }) => emptied(slot, null, status.reason),
  },
  {
    when: ({ status }) => status.state === 'stopped',
    outcome: ({ slot, status }) => ended(slot, 'stopped', status.reason),
  },
  { when: ({ status }) => status.state === 'lost', outcome: ({ slot, status }) => emptied(slot, null, status.reason) },
  { when: ({ status }) => status.state === 'failed', outcome: afterFailure },
];

/** The outcome of a filled slot; the slot itself while its task goes on. */
export function slotOutcome(filled: FilledSlot, now: Instant): SlotOutcome {
  const { slot, status } = filled;
  if (status === null || !taskEnded(status.state)) return { slot, released: false, note: null };
  const known = { ...filled, status };
  const rule = RULES.find(({ when }) => when(known));
  if (!rule) throw new Error(`no rule for a task that is ${status.state}`);
  const next = rule.outcome(known, now);
  // While the task before goes on, the copy is not over: that one is ended first.
  if (filled.predecessor === 'goes-on' && next.state !== 'empty') return { slot, released: false, note: null };
  return { slot: next, released: true, note: `copy ${slot.index} on ${slot.node}: ${status.reason}` };
}

function ended(slot: Slot, state: 'succeeded' | 'failed' | 'stopped', lastEnd: string): Slot {
  return { ...slot, state, lastEnd, notBefore: null };
}

function emptied(slot: Slot, notBefore: Instant | null, lastEnd: string): Slot {
  return { ...slot, state: 'empty', notBefore, lastEnd };
}

/** Failures in a row count; a task that lived long enough forgives those before it. A copy that is only to move does not fail for it. */
function afterFailure(
  { job, slot, status, predecessor }: FilledSlot & { readonly status: TaskStatus },
  now: Instant,
): Slot {
  const policy = job.spec.restart;
  const lived = status.startedAt === null ? 0 : (status.endedAt ?? now) - status.startedAt;
  const failures = (lived >= policy.stableAfterMs ? 0 : slot.failures) + 1;
  if (failures >= policy.tasks && predecessor !== 'goes-on')
    return ended({ ...slot, failures }, 'failed', status.reason);
  // The first failure is answered at once: most are a container that somebody killed, and waiting would only be downtime.
  const wait =
    failures === 1 ? 0 : backoffMs(failures - 1, { firstMs: policy.backoffMs, maxMs: policy.maxBackoffMs }, 0);
  return emptied({ ...slot, failures }, (status.endedAt ?? now) + wait, status.reason);
}

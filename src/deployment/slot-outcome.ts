// What became of the task that fills a slot, and what the slot is then. Pure; an ordered table of rules, the first that fits decides.

import { backoffMs } from '../engine/backoff.ts';
import type { RestartPolicy } from '../model/instance.ts';
import type { Instant } from '../model/instant.ts';
import type { Job, Slot } from '../model/job.ts';
import { LAUNCHER_EXIT, type Task, type TaskStatus, taskEnded } from '../model/task.ts';

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

/** `docker stop`; INT, KILL and TERM from outside; the engine went down. A container that was removed has no code at all. */
const ENDED_FROM_OUTSIDE: ReadonlySet<number> = new Set([LAUNCHER_EXIT.stranger, 128 + 2, 128 + 9, 128 + 15, 255]);

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
  if (endedWaiting(job, status)) return emptied(slot, againAfterWait(policy, status), status.reason);
  // What a container waits before its algorithm begins is no life.
  const lived = status.startedAt === null ? 0 : (status.endedAt ?? now) - Math.max(status.startedAt, job.startsAt);
  const failures = (lived >= policy.stableAfterMs ? 0 : slot.failures) + 1;
  if (failures >= policy.tasks && predecessor !== 'goes-on')
    return ended({ ...slot, failures }, 'failed', status.reason);
  // The first failure is answered at once: most are a container that somebody killed, and waiting would only be downtime.
  const wait =
    failures === 1 ? 0 : backoffMs(failures - 1, { firstMs: policy.backoffMs, maxMs: policy.maxBackoffMs }, 0);
  return emptied({ ...slot, failures }, (status.endedAt ?? now) + wait, status.reason);
}

/** Ended from outside before its algorithm had begun: that says nothing about the application, and does not count. */
function endedWaiting({ startsAt }: Job, { endedAt, startedAt, exitCode }: TaskStatus): boolean {
  if (startedAt === null || endedAt === null || endedAt >= startsAt) return false;
  return exitCode === null || ENDED_FROM_OUTSIDE.has(exitCode);
}

/** At once, unless it was ended just after its start: who does that would do it again and again. */
function againAfterWait({ backoffMs: wait }: RestartPolicy, { startedAt, endedAt }: TaskStatus): Instant {
  const started = startedAt ?? 0;
  const ended = endedAt ?? 0;
  return ended - started >= wait ? ended : ended + wait;
}

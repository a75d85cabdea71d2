// What a job needs now: slots observed, filled, emptied and ended. Pure: the snapshot and the time go in, steps come out.
import { isDeepStrictEqual } from 'node:util';
import type { Instant } from '../model/instant.ts';
import { type Job, type JobNote, type JobStatus, jobEnded, type Slot, taskId } from '../model/job.ts';
import type { Reservation } from '../model/node.ts';
import { shardOf } from '../model/shard.ts';
import { type Task, type TaskStatus, taskEnded } from '../model/task.ts';
import { decidePlacement } from './decide-placement.ts';
import { heldPlacement } from './held-placement.ts';
import type { JobSnapshot } from './job-snapshot.ts';
import { jobReason, jobState } from './job-state.ts';
import type { Demand } from './node-filters.ts';
import { slotOutcome } from './slot-outcome.ts';

/** What deployment may do for a job. */
export type JobStep =
  | { readonly do: 'release'; readonly node: string; readonly task: string }
  | {
      readonly do: 'reserve';
      readonly node: string;
      readonly reservation: Reservation;
      readonly claim: string | null;
      readonly demand: Demand;
    }
  | { readonly do: 'record'; readonly status: JobStatus }
  | { readonly do: 'assign'; readonly task: Task }
  | { readonly do: 'stop-task'; readonly task: string; readonly reason: string }
  | { readonly do: 'nudge'; readonly task: string }
  | { readonly do: 'close' };

/** Steps in their order, and when to look again. */
export interface JobDecision {
  readonly steps: readonly JobStep[];
  readonly wakeAt: Instant | null;
}

/** How often a job that waits for room looks by itself. */
const LOOK_AGAIN_MS = 5000;
/** A task that nobody has taken up for this long is pointed out again. */
const NUDGE_AFTER_MS = 2000;
/** Slots filled in one decision: a job of a thousand copies does not hold everything else up. */
const FILL_AT_ONCE = 50;
const NOTES_KEPT = 50;

/** Decides what a job needs now. */
export function decideJob(snapshot: JobSnapshot, now: Instant): JobDecision {
  if (jobEnded(snapshot.status.state)) return { steps: [{ do: 'close' }], wakeAt: null };
  const observed = observeSlots(snapshot, now);
  const filled = fillSlots(snapshot, observed.slots, now);
  const notes = [...observed.notes, ...filled.notes];
  const wakeAt = lookAgainAt(snapshot, filled.slots, now);
  const status = nextStatus(snapshot, filled.slots, notes, { now, wakeAt });
  const record: JobStep[] = isDeepStrictEqual(status, snapshot.status) ? [] : [{ do: 'record', status }];
  const steps = [
    ...observed.releases,
    ...filled.reserves,
    ...record,
    ...assigns(snapshot, filled.slots, now),
    ...stops(snapshot, filled.slots),
    ...nudges(snapshot, filled.slots, now),
    ...(jobEnded(status.state) ? [{ do: 'close' } as const] : []),
  ];
  return { steps, wakeAt: jobEnded(status.state) ? null : wakeAt };
}

/** The status with which deployment accepts a job. */
export function acceptedStatus(job: Job, now: Instant): JobStatus {
  const slots = Array.from({ length: job.copies }, (_, index) => emptySlot(index));
  const { id, instance, application, shard } = job;
  const times = { createdAt: now, startedAt: null, endedAt: null, nextAt: now };
  return {
    id,
    instance,
    application,
    state: 'accepted',
    slots,
    reason: 'accepted',
    notes: [],
    lastLines: [],
    ...times,
    shard,
  };
}

function emptySlot(index: number): Slot {
  const nothing = { task: null, node: null, placement: null, notBefore: null, lastEnd: null };
  return { index, state: 'empty', attempt: 0, failures: 0, ...nothing };
}

interface Observed {
  readonly slots: readonly Slot[];
  readonly releases: readonly JobStep[];
  readonly notes: readonly JobNote[];
}

function observeSlots({ job, status, tasks, taskStatuses }: JobSnapshot, now: Instant): Observed {
  const releases: JobStep[] = [];
  const notes: JobNote[] = [];
  const slots = status.slots.map((slot) => {
    if (slot.state !== 'filled' || slot.task === null || slot.node === null) return closedIfStopped(job, slot);
    const task = tasks.get(slot.task) ?? null;
    const outcome = slotOutcome({ job, slot, task, status: taskStatuses.get(slot.task) ?? null }, now);
    if (outcome.released) releases.push({ do: 'release', node: slot.node, task: slot.task });
    if (outcome.note) notes.push({ at: now, text: outcome.note });
    return closedIfStopped(job, outcome.slot);
  });
  return { slots, releases, notes };
}

/** A person's stop is never undone: an empty slot of a stopped job is not filled again. */
function closedIfStopped(job: Job, slot: Slot): Slot {
  return slot.state === 'empty' && job.stop !== null ? { ...slot, state: 'stopped', notBefore: null } : slot;
}

interface Filled {
  readonly slots: readonly Slot[];
  readonly reserves: readonly JobStep[];
  readonly notes: readonly JobNote[];
}

function fillSlots(snapshot: JobSnapshot, slots: readonly Slot[], now: Instant): Filled {
  const reserves: JobStep[] = [];
  const notes: JobNote[] = [];
  const copiesOn = countCopies(slots);
  if (snapshot.image?.state !== 'ready') return { slots, reserves, notes };
  const next = slots.map((slot) => {
    const due = slot.state === 'empty' && (slot.notBefore ?? 0) <= now && reserves.length < FILL_AT_ONCE;
    if (!due) return slot;
    const demand = demandOf(snapshot);
    const task = taskId(snapshot.job.id, slot.index, slot.attempt + 1);
    const placement =
      heldPlacement(snapshot.fleet, { task, demand, rules: snapshot.rules }, now) ??
      decidePlacement(
        snapshot.fleet,
        { demand, copiesOn, avoid: slot.failures > 0 ? slot.node : null, rules: snapshot.rules },
        now,
      );
    if (placement.chosen === null) return { ...slot, placement, notBefore: null };
    const filled = fill(snapshot.job, slot, placement, placement.chosen);
    copiesOn.set(filled.node, (copiesOn.get(filled.node) ?? 0) + 1);
    reserves.push(reserveStep(snapshot.job, filled, demand, now));
    notes.push({ at: now, text: `copy ${slot.index} goes to ${filled.node}: ${placement.sentence}` });
    return filled;
  });
  return { slots: next, reserves, notes };
}

type FilledIn = Slot & { readonly task: string; readonly node: string };

function fill(job: Job, slot: Slot, placement: Slot['placement'], node: string): FilledIn {
  const attempt = slot.attempt + 1;
  return {
    ...slot,
    state: 'filled',
    attempt,
    task: taskId(job.id, slot.index, attempt),
    node,
    placement,
    notBefore: null,
  };
}

function reserveStep(job: Job, slot: FilledIn, demand: Demand, now: Instant): JobStep {
  const { cpus, memoryMiB, diskMiB } = job.spec.resources;
  const room = { cpus, memoryBytes: memoryMiB * 1024 * 1024, diskBytes: diskMiB * 1024 * 1024 };
  const reservation = { task: slot.task, job: job.id, slot: slot.index, ...room, at: now };
  return { do: 'reserve', node: slot.node, reservation, claim: job.machine === 'standalone' ? job.id : null, demand };
}

function demandOf({ job, architecture }: JobSnapshot): Demand {
  return { job: job.id, resources: job.spec.resources, machine: job.machine, labels: job.spec.labels, architecture };
}

function countCopies(slots: readonly Slot[]): Map<string, number> {
  const copies = new Map<string, number>();
  for (const { state, node } of slots)
    if (state === 'filled' && node !== null) copies.set(node, (copies.get(node) ?? 0) + 1);
  return copies;
}

interface Times {
  readonly now: Instant;
  readonly wakeAt: Instant;
}

function nextStatus(
  snapshot: JobSnapshot,
  slots: readonly Slot[],
  notes: readonly JobNote[],
  { now, wakeAt }: Times,
): JobStatus {
  const { status, taskStatuses } = snapshot;
  const state = jobState(snapshot, slots);
  const startedAt = status.startedAt ?? (anyStarted(slots, taskStatuses) ? now : null);
  return {
    ...status,
    state,
    slots: slots.map((slot) => ({ ...slot, placement: keptPlacement(status, slot) })),
    reason: jobReason(snapshot, slots, state),
    notes: [...status.notes, ...notes].slice(-NOTES_KEPT),
    lastLines: lastLinesOf(status, slots, taskStatuses),
    startedAt,
    endedAt: jobEnded(state) ? (status.endedAt ?? now) : null,
    // Kept while it is earlier: a sweep then looks once too often, and a waiting job is not written again and again.
    nextAt: jobEnded(state) ? null : Math.min(status.nextAt ?? wakeAt, wakeAt),
  };
}

/** The same refusal again is not written again: only its time differs, and a waiting job would be written for ever. */
function keptPlacement(status: JobStatus, slot: Slot): Slot['placement'] {
  const before = status.slots[slot.index]?.placement ?? null;
  const same =
    before !== null &&
    slot.placement !== null &&
    before.chosen === slot.placement.chosen &&
    before.sentence === slot.placement.sentence;
  return same && slot.attempt === status.slots[slot.index]?.attempt ? before : slot.placement;
}

function anyStarted(slots: readonly Slot[], statuses: ReadonlyMap<string, TaskStatus>): boolean {
  return slots.some(({ task }) => task !== null && (statuses.get(task)?.startedAt ?? null) !== null);
}

function lastLinesOf(
  status: JobStatus,
  slots: readonly Slot[],
  statuses: ReadonlyMap<string, TaskStatus>,
): readonly string[] {
  const failed = slots
    .map(({ task }) => (task === null ? undefined : statuses.get(task)))
    .find((task) => task?.state === 'failed');
  return failed && failed.lastLines.length > 0 ? failed.lastLines : status.lastLines;
}

function lookAgainAt(snapshot: JobSnapshot, slots: readonly Slot[], now: Instant): Instant {
  const times = slots.map((slot) => slotLooksAgainAt(snapshot, slot, now));
  return Math.min(now + IDLE_LOOK_MS, ...times.filter((at) => at !== null));
}

function slotLooksAgainAt({ job, tasks, taskStatuses }: JobSnapshot, slot: Slot, now: Instant): Instant | null {
  if (slot.state === 'empty')
    return slot.notBefore !== null && slot.notBefore > now ? slot.notBefore : now + LOOK_AGAIN_MS;
  if (slot.state !== 'filled' || slot.task === null) return null;
  const takenUp = tasks.has(slot.task) && taskStatuses.has(slot.task) && job.stop === null;
  return takenUp ? null : now + NUDGE_AFTER_MS;
}

/** A running job is looked at now and then all the same: enough if every wake-up of its tasks was lost. */
const IDLE_LOOK_MS = 10 * 60 * 1000;

function assigns(snapshot: JobSnapshot, slots: readonly Slot[], now: Instant): JobStep[] {
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

function stops(snapshot: JobSnapshot, slots: readonly Slot[]): JobStep[] {
  return slots.flatMap((slot) => {
    const task = slot.task === null ? undefined : snapshot.tasks.get(slot.task);
    if (slot.state !== 'filled' || !task || task.stop !== null) return [];
    const reason =
      snapshot.job.stop?.reason ?? (snapshot.leaving.has(task.node) ? `${task.node} is being drained` : null);
    return reason === null ? [] : [{ do: 'stop-task', task: task.id, reason } as const];
  });
}

function nudges({ tasks, taskStatuses }: JobSnapshot, slots: readonly Slot[], now: Instant): JobStep[] {
  return slots.flatMap(({ state, task }) => {
    const assigned = task === null ? undefined : tasks.get(task);
    const status = task === null ? undefined : taskStatuses.get(task);
    const overlooked =
      assigned &&
      assigned.createdAt + NUDGE_AFTER_MS <= now &&
      (!status || (assigned.stop !== null && !taskEnded(status.state)));
    return state === 'filled' && task !== null && overlooked ? [{ do: 'nudge', task } as const] : [];
  });
}

// What a job needs now: slots observed, moved, filled and ended. Pure: the snapshot and the time go in, steps come out.
import { isDeepStrictEqual } from 'node:util';
import type { Instant } from '../model/instant.ts';
import { type Job, type JobStatus, jobEnded, type Slot, taskId } from '../model/job.ts';
import { type DecisionDraft, newDraft } from './decision-draft.ts';
import { fillSlots } from './fill-slots.ts';
import type { JobSnapshot } from './job-snapshot.ts';
import type { JobDecision, JobStep } from './job-step.ts';
import { leaveNodes } from './leave-nodes.ts';
import { lookAgainAt } from './look-again.ts';
import { nextStatus } from './next-status.ts';
import { observeSlots } from './observe-slots.ts';
import { SlotPlacer } from './slot-placer.ts';
import { assigns, nudges, stops } from './task-steps.ts';

/** Decides what a job needs now. */
export function decideJob(snapshot: JobSnapshot, now: Instant): JobDecision {
  if (jobEnded(snapshot.status.state)) return { steps: [{ do: 'close' }], wakeAt: null };
  const draft = newDraft(snapshot.status.slots);
  observeSlots(snapshot, draft, now);
  const placer = new SlotPlacer(snapshot, draft, now);
  leaveNodes(snapshot, draft, placer, now);
  fillSlots(snapshot, draft, placer, now);
  freeUnusedRoom(snapshot, draft);
  const wakeAt = lookAgainAt(snapshot, draft, now);
  const status = nextStatus(snapshot, draft, { now, wakeAt });
  return { steps: stepsOf(snapshot, draft, status, now), wakeAt: jobEnded(status.state) ? null : wakeAt };
}

/**
 * In an order in which a crash between any two does no harm: rights are taken away and room is reserved before the slot table says who fills a
 * slot, and whoever may still run somewhere keeps its room and goes on until the table names another.
 */
function stepsOf(snapshot: JobSnapshot, draft: DecisionDraft, status: JobStatus, now: Instant): readonly JobStep[] {
  const record: readonly JobStep[] = isDeepStrictEqual(status, snapshot.status) ? [] : [{ do: 'record', status }];
  return [
    ...draft.freed,
    ...draft.revoked,
    ...draft.reserved,
    ...record,
    ...assigns(snapshot, draft.slots, now),
    ...draft.left,
    ...draft.moves.map((move) => ({ do: 'tell-move', move }) as const),
    ...stops(snapshot, draft.stops, now),
    ...nudges(snapshot, draft.slots, now),
    ...(isUnbound(snapshot) ? [{ do: 'ask-sensors' } as const] : []),
    ...(jobEnded(status.state) ? [{ do: 'close' } as const] : []),
  ];
}

function isUnbound({ job, binding }: JobSnapshot): boolean {
  return job.spec.sensorNeeds !== undefined && binding === null && job.stop === null;
}

/** Room may have been reserved ahead for a task that is not made any more. */
function freeUnusedRoom({ job, status, fleet }: JobSnapshot, draft: DecisionDraft): void {
  const settled = draft.slots.filter((slot) => isOver(slot) && !isOver(status.slots[slot.index] ?? slot));
  for (const { index, attempt } of settled) {
    const task = taskId(job.id, index, attempt + 1);
    const holder = fleet.holderOf(task)?.node.id;
    if (holder !== undefined) draft.left.push({ do: 'release', node: holder, task });
  }
}

function isOver({ state }: Slot): boolean {
  return state !== 'empty' && state !== 'filled';
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
    rank: placementRank(job.priority, now),
    ...times,
    shard,
  };
}

/** The highest that an instance may ask for. */
const HIGHEST_PRIORITY = 10;
/** Beyond every instant that can be: a step of priority weighs more than any age. */
const PRIORITY_STEP = 1e14;

function placementRank(priority: number, createdAt: Instant): number {
  return (HIGHEST_PRIORITY - priority) * PRIORITY_STEP + createdAt;
}

function emptySlot(index: number): Slot {
  const nothing = { task: null, node: null, placement: null, notBefore: null, lastEnd: null };
  return { index, state: 'empty', attempt: 0, failures: 0, ...nothing };
}

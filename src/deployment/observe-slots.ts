// What became of the tasks that slots name: those that ended are taken out of their slots, and their room is free again. Pure.
import type { Instant } from '../model/instant.ts';
import type { Slot } from '../model/job.ts';
import { decideFence } from './decide-fence.ts';
import type { DecisionDraft } from './decision-draft.ts';
import { fenceQuestion, fenceWait } from './fence-question.ts';
import type { JobSnapshot } from './job-snapshot.ts';
import { type Copy, copyOf, goesOn, hasEnded, isOnLostNode, predecessorOf } from './slot-copies.ts';
import { slotOutcome } from './slot-outcome.ts';

/** Brings the slots of a draft up to what was observed of their tasks. */
export function observeSlots(snapshot: JobSnapshot, draft: DecisionDraft, now: Instant): void {
  for (const [index, slot] of draft.slots.entries()) {
    const settled = observePredecessor(snapshot, draft, slot, now);
    draft.slots[index] = closedIfOver(snapshot, observeTask(snapshot, draft, settled, now), now);
  }
}

/** One that completed is named until its slot is settled: nothing else says that the copy has done its work. */
function observePredecessor(snapshot: JobSnapshot, draft: DecisionDraft, slot: Slot, now: Instant): Slot {
  const before = predecessorOf(snapshot, slot);
  if (!before || goesOn(before) || before.status?.state === 'completed') return slot;
  draft.left.push({ do: 'release', node: before.on, task: before.id });
  const end = hasEnded(before) ? (before.status?.reason ?? '') : `${before.on} is lost`;
  draft.notes.push({ at: now, text: `copy ${slot.index} is no longer on ${before.on}: ${end}` });
  return withoutPredecessor(slot);
}

function observeTask(snapshot: JobSnapshot, draft: DecisionDraft, slot: Slot, now: Instant): Slot {
  const before = predecessorOf(snapshot, slot);
  const copy = copyOf(snapshot, slot);
  if (!copy) return before?.status?.state === 'completed' ? completedBefore(draft, slot, before) : slot;
  if (before?.status?.state === 'completed' && isOnLostNode(copy)) {
    draft.left.push({ do: 'release', node: copy.on, task: copy.id });
    return completedBefore(draft, slot, before);
  }
  const predecessor = before === null ? 'none' : goesOn(before) ? 'goes-on' : 'completed';
  const { job } = snapshot;
  const outcome = slotOutcome({ job, slot, task: copy.task, status: copy.status, predecessor }, now);
  if (!outcome.released || mayStillRun(snapshot, draft, { slot, copy, next: outcome.slot }, now)) return slot;
  draft.freed.push({ do: 'release', node: copy.on, task: copy.id });
  if (outcome.note) draft.notes.push({ at: now, text: outcome.note });
  return before && outcome.slot.state !== 'empty' ? completedBefore(draft, outcome.slot, before) : outcome.slot;
}

/** The copy did its work where it was before it was to move. */
function completedBefore(draft: DecisionDraft, slot: Slot, before: Copy): Slot {
  draft.freed.push({ do: 'release', node: before.on, task: before.id });
  return { ...withoutPredecessor(slot), state: 'succeeded', notBefore: null, lastEnd: before.status?.reason ?? '' };
}

interface Ended {
  readonly slot: Slot;
  readonly copy: Copy;
  readonly next: Slot;
}

/** An `exactlyOne` task that is over by the documents alone, because its machine is gone from sight, may go on there. */
function mayStillRun(snapshot: JobSnapshot, draft: DecisionDraft, { slot, copy, next }: Ended, now: Instant): boolean {
  if (!snapshot.job.spec.exactlyOne || next.state !== 'empty' || endWasSeen(snapshot, copy)) return false;
  const fence = decideFence(fenceQuestion(snapshot, copy), now);
  if (fence.revoke) draft.revoked.push(fence.revoke);
  if (fence.untilAt === null) return false;
  draft.waits.set(slot.index, fenceWait(slot, fence.untilAt, fence.why, now));
  draft.dueAt.push(fence.lookAt);
  return true;
}

/**
 * By its exit code, or because its machine is the same as ever and has no such container. A task that is over by the documents gets no lease
 * any more, so one that has none never had it, or nodes have forgotten it because it was over: nothing is revoked then, because nobody would
 * forget that.
 */
function endWasSeen({ leases }: JobSnapshot, copy: Copy): boolean {
  const { id, task, status, node } = copy;
  if (hasEnded(copy) && !leases.has(id)) return true;
  if (status?.exitCode !== null && status?.exitCode !== undefined) return true;
  return status?.state !== 'lost' && node !== undefined && task !== null && task.createdAt >= node.node.createdAt;
}

/** A person's stop is never undone, and nothing begins after a job's end: an empty slot is not filled again. */
function closedIfOver({ job }: JobSnapshot, slot: Slot, now: Instant): Slot {
  const isPast = job.endsAt !== null && job.endsAt + job.spec.graceMs <= now;
  if (slot.state !== 'empty' || slot.predecessor || (job.stop === null && !isPast)) return slot;
  return { ...slot, state: 'stopped', notBefore: null, lastEnd: slot.lastEnd ?? 'Its end came before it was started.' };
}

function withoutPredecessor({ predecessor: _, ...rest }: Slot): Slot {
  return rest;
}

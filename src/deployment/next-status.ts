// The status of a job as a decision leaves it: its state, its reason and its history follow from the slots. Pure.
import type { Instant } from '../model/instant.ts';
import { type JobStatus, jobEnded, type Slot } from '../model/job.ts';
import type { TaskStatus } from '../model/task.ts';
import type { DecisionDraft } from './decision-draft.ts';
import type { JobSnapshot } from './job-snapshot.ts';
import { jobReason, jobState } from './job-state.ts';

interface Times {
  readonly now: Instant;
  readonly wakeAt: Instant;
}

const NOTES_KEPT = 50;

/** The status that follows from a draft. */
export function nextStatus(snapshot: JobSnapshot, draft: DecisionDraft, { now, wakeAt }: Times): JobStatus {
  const { status, taskStatuses } = snapshot;
  const { slots } = draft;
  const state = jobState(snapshot, slots, now);
  return {
    ...status,
    state,
    slots: slots.map((slot) => ({ ...slot, placement: keptPlacement(status, slot) })),
    reason: jobReason(snapshot, draft, { state, now }),
    notes: [...status.notes, ...draft.notes].slice(-NOTES_KEPT),
    lastLines: lastLinesOf(status, slots, taskStatuses),
    startedAt: status.startedAt ?? startOf(snapshot, now),
    ...beginningOf(snapshot),
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

/** Nothing has started before the time at which the job begins, however early its containers came. */
function startOf({ job, taskStatuses }: JobSnapshot, now: Instant): Instant | null {
  const starts = [...taskStatuses.values()].flatMap(({ startedAt }) => startedAt ?? []);
  return starts.length === 0 || now < job.startsAt ? null : Math.max(job.startsAt, Math.min(...starts));
}

/** Reports of several copies come in any order. */
function beginningOf({ status, taskStatuses }: JobSnapshot): Pick<JobStatus, 'beganAt'> {
  const runs = [...taskStatuses.values()].flatMap((task) => task.runs);
  const began = Math.min(status.beganAt ?? Number.POSITIVE_INFINITY, ...runs.map(({ startedAt }) => startedAt));
  return Number.isFinite(began) ? { beganAt: began } : {};
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

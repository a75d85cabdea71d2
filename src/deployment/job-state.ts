// The state of a job as its slots make it, and the sentence that a person reads beside it. Pure.
import type { JobState, Slot } from '../model/job.ts';
import type { JobSnapshot } from './job-snapshot.ts';

/** The state that follows from the slots. */
export function jobState(snapshot: JobSnapshot, slots: readonly Slot[]): JobState {
  if (slots.every(({ state }) => state !== 'empty' && state !== 'filled')) return endState(slots);
  if (imageFailed(snapshot) && slots.every(({ state }) => state !== 'filled')) return 'failed';
  if (snapshot.job.stop !== null) return 'stopping';
  if (slots.some((slot) => runs(snapshot, slot))) return 'running';
  return slots.some(({ state }) => state === 'filled') ? 'starting' : 'waiting';
}

function endState(slots: readonly Slot[]): JobState {
  if (slots.some(({ state }) => state === 'failed')) return 'failed';
  return slots.some(({ state }) => state === 'stopped') ? 'stopped' : 'succeeded';
}

/** Why a job is in its state, in a sentence. */
export function jobReason(snapshot: JobSnapshot, slots: readonly Slot[], state: JobState): string {
  switch (state) {
    case 'succeeded':
      return 'every copy completed';
    case 'failed':
      return failureReason(snapshot, slots);
    case 'stopped':
    case 'stopping':
      return snapshot.job.stop?.reason ?? slots.find((slot) => slot.state === 'stopped')?.lastEnd ?? 'stopped';
    case 'running':
    case 'starting':
      return progressReason(snapshot, slots);
    case 'waiting':
    case 'accepted':
      return waitReason(snapshot, slots);
    default:
      return state satisfies never;
  }
}

function failureReason({ image, status }: JobSnapshot, slots: readonly Slot[]): string {
  const failed = slots.filter(({ state }) => state === 'failed');
  const first = failed[0];
  if (!first)
    return image?.error ? `its image could not be made: ${image.error.message} ${image.error.remedy}` : status.reason;
  return `copy ${first.index} failed ${first.failures} times in a row; the last time: ${first.lastEnd}`;
}

function progressReason(snapshot: JobSnapshot, slots: readonly Slot[]): string {
  const running = slots.filter((slot) => runs(snapshot, slot)).length;
  const short = slots.find(({ state }) => state === 'empty' || state === 'failed');
  const copies =
    slots.length === 1
      ? running === 1
        ? 'its container runs'
        : 'its container is on its way'
      : `${running} of ${slots.length} copies run`;
  return short
    ? `${copies}; copy ${short.index} ${short.state === 'failed' ? 'failed' : 'waits'}: ${shortReason(snapshot, short)}`
    : copies;
}

function waitReason(snapshot: JobSnapshot, slots: readonly Slot[]): string {
  const waiting = slots.find(({ state }) => state === 'empty');
  return waiting ? shortReason(snapshot, waiting) : 'accepted';
}

function shortReason({ image }: JobSnapshot, slot: Slot): string {
  if (slot.state === 'failed') return slot.lastEnd ?? 'failed';
  if (slot.notBefore !== null)
    return `${(slot.lastEnd ?? '').replace(/\.$/, '')}; next try at ${new Date(slot.notBefore).toISOString()}`;
  if (image === null || image.state === 'waiting')
    return image?.error
      ? `its image could not be made yet and is tried again: ${image.error.message}`
      : 'its image is about to be made';
  if (image.state === 'installing') return 'its dependencies are being installed';
  return slot.placement?.sentence ?? 'waits for a node';
}

function runs({ taskStatuses }: JobSnapshot, { state, task }: Slot): boolean {
  return state === 'filled' && task !== null && taskStatuses.get(task)?.state === 'running';
}

function imageFailed({ image }: JobSnapshot): boolean {
  return image?.state === 'failed';
}

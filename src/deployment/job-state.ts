// The state of a job as its slots make it, and the sentence that a person reads beside it. Pure.
import type { Instant } from '../model/instant.ts';
import type { JobState, Slot } from '../model/job.ts';
import type { DecisionDraft } from './decision-draft.ts';
import type { JobSnapshot } from './job-snapshot.ts';
import { lacksSecrets, secretsInWords } from './secret-gate.ts';
import { gateInWords, sensorGate } from './sensor-gate.ts';
import { copyOf, goesOn, predecessorOf, runs } from './slot-copies.ts';
import { timeInWords } from './time-in-words.ts';

/** The state that follows from the slots. */
export function jobState(snapshot: JobSnapshot, slots: readonly Slot[], now: Instant): JobState {
  if (slots.every(({ state }) => state !== 'empty' && state !== 'filled')) return endState(slots);
  if (
    (imageFailed(snapshot) || sensorGate(snapshot) === 'refused') &&
    !slots.some((slot) => slot.state === 'filled' || slot.predecessor)
  )
    return 'failed';
  if (snapshot.job.stop !== null) return 'stopping';
  // Until then its containers do nothing but wait.
  if (snapshot.job.startsAt <= now && slots.some((slot) => copyRuns(snapshot, slot))) return 'running';
  // One that is held back because its node is lost is not on its way.
  return slots.some((slot) => goesOn(copyOf(snapshot, slot))) ? 'starting' : 'waiting';
}

function endState(slots: readonly Slot[]): JobState {
  if (slots.some(({ state }) => state === 'failed')) return 'failed';
  return slots.some(({ state }) => state === 'stopped') ? 'stopped' : 'succeeded';
}

interface StateAt {
  readonly state: JobState;
  readonly now: Instant;
}

/** Why a job is in its state, in a sentence. */
export function jobReason(snapshot: JobSnapshot, draft: DecisionDraft, { state, now }: StateAt): string {
  const { slots } = draft;
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
      return progressReason(snapshot, draft, now);
    case 'waiting':
    case 'accepted':
      return waitReason(snapshot, draft);
    default:
      return state satisfies never;
  }
}

function failureReason(snapshot: JobSnapshot, slots: readonly Slot[]): string {
  const { image, status } = snapshot;
  const failed = slots.filter(({ state }) => state === 'failed');
  const first = failed[0];
  if (!first && sensorGate(snapshot) === 'refused') return gateInWords(snapshot);
  if (!first)
    return image?.error ? `its image could not be made: ${image.error.message} ${image.error.remedy}` : status.reason;
  return `copy ${first.index} failed ${first.failures} times in a row; the last time: ${first.lastEnd}`;
}

function progressReason(snapshot: JobSnapshot, { slots, waits }: DecisionDraft, now: Instant): string {
  const running = slots.filter((slot) => copyRuns(snapshot, slot)).length;
  const short = slots.find(({ index, state }) => state === 'empty' || state === 'failed' || waits.has(index));
  const copies = copiesInWords(running, slots.length, waitInWords(snapshot, now));
  if (!short) return copies;
  const wait = waits.get(short.index);
  if (wait !== undefined) return `${copies}; ${wait}`;
  return `${copies}; copy ${short.index} ${short.state === 'failed' ? 'failed' : 'waits'}: ${shortReason(snapshot, short)}`;
}

/** Null: the time at which it begins has come. */
function waitInWords({ job }: JobSnapshot, now: Instant): string | null {
  return now < job.startsAt ? timeInWords(job.startsAt, now) : null;
}

function copiesInWords(running: number, copies: number, beginsAt: string | null): string {
  if (copies > 1)
    return beginsAt ? `${running} of ${copies} containers wait for ${beginsAt}` : `${running} of ${copies} copies run`;
  if (running === 0) return 'its container is on its way';
  return beginsAt ? `its container waits for ${beginsAt}` : 'its container runs';
}

function waitReason(snapshot: JobSnapshot, { slots, waits }: DecisionDraft): string {
  const waiting = slots.find(({ index, state }) => state === 'empty' || waits.has(index));
  return waiting ? (waits.get(waiting.index) ?? shortReason(snapshot, waiting)) : 'accepted';
}

function shortReason(snapshot: JobSnapshot, slot: Slot): string {
  const { image } = snapshot;
  if (slot.state === 'failed') return slot.lastEnd ?? 'failed';
  if (slot.notBefore !== null)
    return `${(slot.lastEnd ?? '').replace(/\.$/, '')}; next try at ${new Date(slot.notBefore).toISOString()}`;
  if (sensorGate(snapshot) !== 'open') return gateInWords(snapshot);
  if (lacksSecrets(snapshot)) return secretsInWords(snapshot);
  if (image === null || image.state === 'waiting')
    return image?.error
      ? `its image could not be made yet and is tried again: ${image.error.message}`
      : 'its image is about to be made';
  if (image.state === 'installing') return 'its dependencies are being installed';
  return slot.placement?.sentence ?? 'waits for a node';
}

function copyRuns(snapshot: JobSnapshot, slot: Slot): boolean {
  return runs(copyOf(snapshot, slot)) || runs(predecessorOf(snapshot, slot));
}

function imageFailed({ image }: JobSnapshot): boolean {
  return image?.state === 'failed';
}

// What becomes of copies whose node is lost or to be left: given to another node, moved start-first, or stopped. Pure; an ordered
// table of rules, the first that fits decides.
//
// INVARIANTS:
// - A copy keeps its slot until there is room elsewhere, so that it goes on when its node comes back.
// - Start-first never stops a task before its successor runs, unless a person's deadline or a stop says so.
// - Of an `exactlyOne` job no successor is named while the task before may run.

import type { Instant } from '../model/instant.ts';
import type { PlacementWhy, Slot } from '../model/job.ts';
import { decideFence } from './decide-fence.ts';
import type { DecisionDraft } from './decision-draft.ts';
import { fenceQuestion, fenceWait } from './fence-question.ts';
import type { JobSnapshot } from './job-snapshot.ts';
import type { CopyMove } from './job-step.ts';
import { LOOK_AGAIN_MS } from './look-again.ts';
import { stateInWords } from './node-in-words.ts';
import {
  type Copy,
  copyOf,
  drainIsOver,
  hasEnded,
  isOnLeavingNode,
  isOnLostNode,
  predecessorOf,
  runs,
} from './slot-copies.ts';
import type { SlotPlacer } from './slot-placer.ts';

/** A copy that fills a slot, and where a decision about it goes. */
interface Situation {
  readonly snapshot: JobSnapshot;
  readonly draft: DecisionDraft;
  readonly placer: SlotPlacer;
  readonly slot: Slot;
  readonly copy: Copy;
  readonly predecessor: Copy | null;
  readonly now: Instant;
}

interface Rule {
  readonly when: (situation: Situation) => boolean;
  readonly act: (situation: Situation) => void;
}

const isLost = ({ copy }: Situation) => isOnLostNode(copy);
const isLeaving = ({ copy }: Situation) => isOnLeavingNode(copy);

const RULES: readonly Rule[] = [
  { when: ({ copy }) => hasEnded(copy), act: nothing },
  { when: (s) => isLost(s) && s.snapshot.job.stop !== null, act: giveUp },
  { when: (s) => isLost(s) && pastEnd(s, s.snapshot.job.spec.graceMs), act: giveUp },
  { when: (s) => isLost(s) && pastEnd(s, 0), act: waitForEnd },
  { when: (s) => isLost(s) && s.snapshot.job.spec.exactlyOne, act: replaceOnceFenced },
  { when: isLost, act: (s) => replace(s, s.placer.placement(s.slot)) },
  { when: ({ snapshot }) => snapshot.job.stop !== null, act: (s) => stop(s, s.snapshot.job.stop?.reason ?? '') },
  { when: ({ predecessor }) => predecessor?.status?.state === 'completed', act: stopAfterCompletion },
  { when: isRevoked, act: (s) => stop(s, `its lease was taken from it while ${s.copy.on} was lost`) },
  { when: ({ copy }) => copy.task === null || copy.task.stop !== null, act: nothing },
  { when: ({ copy, now }) => drainIsOver(copy, now), act: (s) => stop(s, `the drain of ${s.copy.on} is over`) },
  { when: (s) => isLeaving(s) && s.predecessor !== null && !runs(s.copy), act: stopBeforeItRuns },
  { when: ({ predecessor }) => predecessor !== null, act: tellMove },
  { when: (s) => isLeaving(s) && mustStopFirst(s), act: stopFirst },
  { when: isLeaving, act: startFirst },
];

/** Decides for every copy that fills a slot whether it may stay where it is. */
export function leaveNodes(snapshot: JobSnapshot, draft: DecisionDraft, placer: SlotPlacer, now: Instant): void {
  for (const slot of [...draft.slots]) {
    const predecessor = predecessorOf(snapshot, slot);
    const copy = copyOf(snapshot, slot);
    if (predecessor) endPredecessor(snapshot, draft, { slot, copy, predecessor }, now);
    if (!copy) continue;
    const situation = { snapshot, draft, placer, slot, copy, predecessor, now };
    RULES.find(({ when }) => when(situation))?.act(situation);
  }
}

interface Succession {
  readonly slot: Slot;
  readonly copy: Copy | null;
  readonly predecessor: Copy;
}

/** When the task before has to end: the first of these that fits gives the reason. */
function endPredecessor(
  { job }: JobSnapshot,
  draft: DecisionDraft,
  { slot, copy, predecessor }: Succession,
  now: Instant,
): void {
  const node = predecessor.on;
  if (job.stop !== null) draft.stops.set(predecessor.id, job.stop.reason);
  else if (copy && hasEnded(copy)) draft.stops.set(predecessor.id, `copy ${slot.index} came to its end on ${copy.on}`);
  else if (copy && runs(copy)) draft.stops.set(predecessor.id, `copy ${slot.index} runs on ${copy.on} now`);
  else if (drainIsOver(predecessor, now)) draft.stops.set(predecessor.id, `the drain of ${node} is over`);
  else dueAtEndOfDrain(draft, predecessor);
}

function nothing(): void {}

function pastEnd({ snapshot, now }: Situation, afterMs: number): boolean {
  const { endsAt } = snapshot.job;
  return endsAt !== null && endsAt + afterMs <= now;
}

function isRevoked({ snapshot, copy }: Situation): boolean {
  return snapshot.leases.get(copy.id)?.doc.isRevoked === true;
}

/** Two of them at a time are not wanted, or find no room on one machine each. */
function mustStopFirst({ snapshot }: Situation): boolean {
  return snapshot.job.spec.exactlyOne || snapshot.job.machine === 'standalone';
}

function stop({ draft, copy }: Situation, reason: string): void {
  draft.stops.set(copy.id, reason);
}

function stopAfterCompletion(situation: Situation): void {
  stop(situation, `copy ${situation.slot.index} completed on ${situation.predecessor?.on} meanwhile`);
}

function stopBeforeItRuns(situation: Situation): void {
  stop(situation, `${situation.copy.on} is being drained, and copy ${situation.slot.index} does not run there yet`);
}

/** Nobody is to take its place: what may still run is stopped when its node is reached again. */
function giveUp({ snapshot, draft, slot, copy, predecessor, now }: Situation): void {
  const lastEnd = `${copy.on} ${stateInWords(copy.node?.status ?? null)}; what may still run there is stopped when it comes back`;
  draft.left.push({ do: 'release', node: copy.on, task: copy.id });
  draft.notes.push({ at: now, text: `copy ${slot.index} is given up: ${lastEnd}` });
  const state = predecessor ? 'empty' : 'stopped';
  const { reason } = snapshot.job.stop ?? { reason: lastEnd };
  draft.slots[slot.index] = { ...slot, state, notBefore: null, lastEnd: reason };
}

function waitForEnd({ snapshot, draft, slot, copy }: Situation): void {
  draft.waits.set(slot.index, `${lostInWords(copy)}, and the end of copy ${slot.index} has come`);
  draft.dueAt.push((snapshot.job.endsAt ?? 0) + snapshot.job.spec.graceMs);
}

function replaceOnceFenced(situation: Situation): void {
  const { snapshot, draft, placer, slot, copy, now } = situation;
  const placement = placer.placement(slot);
  if (!canGo(situation, placement)) {
    waitForPlace(situation, lostInWords(copy), placement);
    return;
  }
  const fence = decideFence(fenceQuestion(snapshot, copy), now);
  if (fence.revoke) draft.revoked.push(fence.revoke);
  if (fence.untilAt === null) {
    replace(situation, placement, `; ${fence.why}`);
    return;
  }
  draft.waits.set(slot.index, `${lostInWords(copy)}: ${fenceWait(slot, fence.untilAt, fence.why, now)}`);
  draft.dueAt.push(fence.lookAt);
}

function replace(situation: Situation, placement: PlacementWhy, because = ''): void {
  const { draft, slot, copy } = situation;
  if (!canGo(situation, placement)) {
    waitForPlace(situation, lostInWords(copy), placement);
    return;
  }
  draft.left.push({ do: 'release', node: copy.on, task: copy.id });
  move(
    situation,
    placement,
    { ...slot, lastEnd: lostInWords(copy) },
    { cause: 'lost', because: lostInWords(copy) + because },
  );
}

function startFirst(situation: Situation): void {
  const { slot, copy, placer } = situation;
  const placement = placer.placement(slot);
  const because = drainInWords(copy);
  if (!canGo(situation, placement)) {
    waitOrStop(situation, because, placement);
    return;
  }
  const predecessor = { task: copy.id, node: copy.on };
  move(situation, placement, { ...slot, predecessor }, { cause: 'drained', because });
  dueAtEndOfDrain(situation.draft, copy);
}

/** Its room elsewhere is reserved before it is stopped, or many would be stopped for the same room. */
function stopFirst(situation: Situation): void {
  const { slot, copy, placer } = situation;
  const placement = placer.placement(slot);
  const because = drainInWords(copy);
  if (!canGo(situation, placement)) {
    waitOrStop(situation, because, placement);
    return;
  }
  placer.reserve(slot, placement.chosen);
  stop(situation, `${because}: copy ${slot.index} goes to ${placement.chosen}`);
}

/** Who removes a node wants it gone; who drains one wants its copies to go on. */
function waitOrStop(situation: Situation, because: string, placement: PlacementWhy): void {
  if (situation.copy.node?.node.removing && placement.chosen === null) stop(situation, because);
  else waitForPlace(situation, because, placement);
}

type Somewhere = PlacementWhy & { readonly chosen: string };

function canGo({ snapshot, placer }: Situation, placement: PlacementWhy): placement is Somewhere {
  return snapshot.image?.state === 'ready' && !placer.isFull && placement.chosen !== null;
}

function waitForPlace(situation: Situation, because: string, { chosen, sentence }: PlacementWhy): void {
  const { draft, slot, copy, placer, now } = situation;
  const elsewhere = chosen === null ? sentence : placer.isFull ? 'Others go first.' : 'Its image is not ready.';
  draft.waits.set(slot.index, `${because}: copy ${slot.index} stays there until it can go elsewhere. ${elsewhere}`);
  draft.dueAt.push(now + LOOK_AGAIN_MS);
  dueAtEndOfDrain(draft, copy);
}

function dueAtEndOfDrain(draft: DecisionDraft, { node }: Copy): void {
  if (node?.node.drainUntilAt !== undefined) draft.dueAt.push(node.node.drainUntilAt);
}

interface Cause {
  readonly cause: CopyMove['cause'];
  readonly because: string;
}

function move(
  { draft, placer, copy, now }: Situation,
  placement: Somewhere,
  slot: Slot,
  { cause, because }: Cause,
): void {
  const filled = placer.fill(slot, placement, placement.chosen);
  const text = `${because}: copy ${slot.index} goes to ${filled.node}: ${placement.sentence}`;
  draft.slots[slot.index] = filled;
  draft.notes.push({ at: now, text });
  const from = { task: copy.id, node: copy.on };
  draft.moves.push({ slot: slot.index, from, to: { task: filled.task, node: filled.node }, cause, text });
}

function tellMove({ draft, slot, copy, predecessor }: Situation): void {
  if (runs(copy)) return;
  draft.waits.set(
    slot.index,
    `copy ${slot.index} goes to ${copy.on}, and goes on on ${predecessor?.on} until it runs there`,
  );
}

function lostInWords({ on, node }: Copy): string {
  return `${on} ${stateInWords(node?.status ?? null)}`;
}

function drainInWords({ on, node }: Copy): string {
  return `${on} is being ${node?.node.removing ? 'removed' : 'drained'}`;
}

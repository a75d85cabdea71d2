// The ladder: which step a silent node needs next, as ordered rules; the first that applies decides. Pure.
import { backoffMs } from '../engine/backoff.ts';
import type { Instant } from '../model/instant.ts';
import type { NodeStatus, RecoveryAct } from '../model/node.ts';
import type { RecoveryState, RecoveryTry } from '../model/server.ts';
import type { RecoveryLimits } from './recovery-limits.ts';
import type { RecoverySnapshot } from './recovery-snapshot.ts';

/** How a step is done: starting a machine that is stopped is the half of a power cycle that is left. */
export type RecoveryWay = RecoveryAct | 'start';

/** What is to be done now: nothing (and why, and until when), or a step. */
export type Verdict =
  | {
      readonly do: 'rest';
      readonly state: Exclude<RecoveryState, 'acting'>;
      readonly reason: string;
      readonly until: Instant | null;
    }
  | { readonly do: 'begin'; readonly way: RecoveryWay; readonly reason: string };

/** What the rules are asked. */
export interface LadderQuestion {
  readonly snapshot: RecoverySnapshot;
  readonly nodeStatus: NodeStatus;
  readonly tries: readonly RecoveryTry[];
  readonly limits: RecoveryLimits;
  readonly now: Instant;
}

type Rule = (question: LadderQuestion) => Verdict | undefined;

const HOUR_MS = 3_600_000;

const RULES: readonly Rule[] = [
  startStopped,
  watchUntilLost,
  restartEngine,
  askProvider,
  replaceGone,
  leaveToPeople,
  waitForMachine,
  cyclePower,
  replace,
];

/** The next step of a node that is not ready. */
export function ladderVerdict(question: LadderQuestion): Verdict {
  for (const rule of RULES) {
    const verdict = rule(question);
    if (verdict) return verdict;
  }
  return rest('given-up', usedUp(question));
}

/** Whether a replacement may be begun within the hour's budget; else when. */
function budgetFreeAt({ snapshot, limits, now }: LadderQuestion): Instant | null {
  const recent = (snapshot.budget?.replacedAt ?? []).filter((at) => at > now - HOUR_MS);
  if (recent.length < limits.replacementsPerHour) return null;
  return (recent.at(-limits.replacementsPerHour) ?? now) + HOUR_MS;
}

/** Brake or not: that a machine is stopped is its provider's word, and starting it harms nothing. */
function startStopped(question: LadderQuestion): Verdict | undefined {
  const { snapshot, tries, limits, now } = question;
  if (!snapshot.sight?.can.powerCycle || freshWord(question) !== 'stopped') return undefined;
  const starts = count(tries, 'power-cycle');
  if (starts >= limits.mostStarts && snapshot.sight.can.create) return undefined;
  const last = tries.findLast(({ act }) => act === 'power-cycle');
  const until = last?.endedAt ? last.endedAt + backoffMs(starts, limits.retry, 0) : 0;
  const reason = 'Its provider says that the machine is stopped.';
  return until > now
    ? rest('waiting', `${reason} It is started again after a pause.`, until)
    : begin('start', `${reason} It is started.`);
}

function watchUntilLost({ nodeStatus }: LadderQuestion): Verdict | undefined {
  if (nodeStatus.state === 'connecting') return rest('watching', 'The platform is connecting to it.');
  if (nodeStatus.state === 'unreachable')
    return rest('watching', 'It is silent; nothing is done before it counts as lost.');
  return undefined;
}

/** Its SSH works, so neither provider nor brake is asked: nothing of the machine is touched but its engine. */
function restartEngine(question: LadderQuestion): Verdict | undefined {
  const { nodeStatus, tries, limits } = question;
  if (nodeStatus.trouble !== 'engine-down' || count(tries, 'restart-engine') >= limits.steps['restart-engine'].most)
    return undefined;
  return (
    pauseAfterLast(question) ??
    begin('restart-engine', 'Its SSH works, but its Docker engine does not answer. The engine is restarted.')
  );
}

/** Without the provider's word nothing more is done: a machine that is gone, stopped or running needs different steps. */
function askProvider(question: LadderQuestion): Verdict | undefined {
  const { snapshot } = question;
  if (snapshot.unusable !== null) return rest('given-up', `Its provider cannot be used: ${snapshot.unusable}`);
  if (snapshot.sight === null || freshWord(question) !== undefined) return undefined;
  if (snapshot.sight.failure === null) return rest('watching', 'Its provider is asked how the machine is.');
  return rest('waiting', `Its provider does not say how the machine is, and is asked again: ${snapshot.sight.failure}`);
}

/** Brake or not; the budget limits it, and a pause after a new machine that is gone too: no other step can help one that is gone. */
function replaceGone(question: LadderQuestion): Verdict | undefined {
  if (freshWord(question) !== 'gone') return undefined;
  const reason = 'Its provider says that the machine is gone.';
  if (!question.snapshot.sight?.can.create)
    return begin('retire', `${reason} The provider makes no new ones, so the node is removed.`);
  const pause = question.tries.at(-1)?.act === 'replace' ? pauseAfterLast(question) : undefined;
  return pause ?? waitForBudget(question) ?? begin('replace', `${reason} A new one is made in its place.`);
}

function leaveToPeople({ nodeStatus }: LadderQuestion): Verdict | undefined {
  if (nodeStatus.state !== 'refused' || nodeStatus.trouble === 'engine-down') return undefined;
  return rest('given-up', `It answers, but not to the platform: only people can help. ${nodeStatus.reason}`);
}

function waitForMachine(question: LadderQuestion): Verdict | undefined {
  const word = freshWord(question);
  if (word === 'pending') return rest('watching', 'Its provider says that the machine is coming up.');
  if (word === 'stopping') return rest('watching', 'Its provider says that the machine is stopping.');
  return undefined;
}

function cyclePower(question: LadderQuestion): Verdict | undefined {
  const { snapshot, nodeStatus, tries, limits, now } = question;
  if (!snapshot.sight?.can.powerCycle || freshWord(question) === 'stopped') return undefined;
  if (count(tries, 'power-cycle') >= limits.steps['power-cycle'].most) return undefined;
  const until = nodeStatus.stateSinceAt + limits.powerCycleAfterMs;
  const reason = 'Its provider says that the machine is running, but it does not answer.';
  const pause = pauseAfterLast(question) ?? braked(question);
  if (pause) return pause;
  if (until > now) return rest('waiting', `${reason} Its power is switched off and on unless it comes back.`, until);
  return begin('power-cycle', `${reason} Its power is switched off and on.`);
}

function replace(question: LadderQuestion): Verdict | undefined {
  const { snapshot, tries, limits } = question;
  if (!snapshot.sight?.can.create || count(tries, 'replace') >= limits.steps.replace.most) return undefined;
  return (
    pauseAfterLast(question) ??
    braked(question) ??
    waitForBudget(question) ??
    begin('replace', 'Nothing gentler helped. A new machine is made in its place.')
  );
}

function usedUp({ snapshot, tries }: LadderQuestion): string {
  if (tries.length > 0) return 'Every step that there is was tried. A person must help.';
  return snapshot.sight === null
    ? 'No provider stands behind it, so only people can bring it back; the platform goes on trying to reach it.'
    : 'Its provider can do nothing for it. A person must help.';
}

/** A cut between the platform and half of a fleet must not become half a fleet rebooted or bought anew. */
function braked({ snapshot: { brake } }: LadderQuestion): Verdict | undefined {
  if (!brake.isOn) return undefined;
  const what = `${brake.lost} of ${brake.fleet} nodes were lost together`;
  return rest('held', `${what}: the fault is hardly the machines', so none is switched off or replaced.`);
}

function waitForBudget(question: LadderQuestion): Verdict | undefined {
  const until = budgetFreeAt(question);
  if (until === null) return undefined;
  const most = question.limits.replacementsPerHour;
  return rest('waiting', `A new machine is to take its place, but ${most} were made for others within an hour.`, until);
}

/** The step before is given time to help; one that failed is followed after a growing pause. */
function pauseAfterLast({ tries, limits, now }: LadderQuestion): Verdict | undefined {
  const last = tries.at(-1);
  if (!last || last.endedAt === null) return undefined;
  const settleMs = last.act === 'retire' ? 0 : limits.steps[last.act].settleMs;
  const pauseMs = last.outcome === 'done' ? settleMs : backoffMs(failuresInARow(tries), limits.retry, 0);
  const until = last.endedAt + pauseMs;
  if (until <= now) return undefined;
  if (last.outcome === 'done') return rest('waiting', `The last step (${last.act}) has time to help.`, until);
  return rest('waiting', `The last step (${last.act}) did not succeed: ${last.text}`, until);
}

function failuresInARow(tries: readonly RecoveryTry[]): number {
  return tries.length - 1 - tries.findLastIndex(({ outcome }) => outcome === 'done');
}

/** The provider's word, unless it is too old to act on. */
function freshWord({ snapshot: { sight }, limits, now }: LadderQuestion) {
  const word = sight?.word;
  if (!word || now - word.at > 2 * limits.describeWellEveryMs) return undefined;
  return word.state;
}

function count(tries: readonly RecoveryTry[], act: RecoveryAct): number {
  return tries.filter((each) => each.act === act).length;
}

function rest(state: Exclude<RecoveryState, 'acting'>, reason: string, until: Instant | null = null): Verdict {
  return { do: 'rest', state, reason, until };
}

function begin(way: RecoveryWay, reason: string): Verdict {
  return { do: 'begin', way, reason };
}

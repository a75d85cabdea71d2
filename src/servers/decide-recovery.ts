// What the machine under a node needs now. Pure: the snapshot and the time go in, steps come out.
//
// INVARIANTS:
// - A step is written as under way, under its act's id, before it is done; one step is under way at a time.
// - A step that an earlier process began and that cannot be found again has the outcome `unknown`; it is not done again by itself
//   before its pause.
// - A replacement is claimed from the hour's budget before it is begun.
import { isDeepStrictEqual } from 'node:util';
import type { Instant } from '../model/instant.ts';
import type { RecoveryAct } from '../model/node.ts';
import type { RecoveryTry, ServerStatus } from '../model/server.ts';
import { ladderVerdict, type RecoveryWay, type Verdict } from './recovery-ladder.ts';
import type { RecoveryLimits } from './recovery-limits.ts';
import type { RecoverySnapshot } from './recovery-snapshot.ts';

/** What the life cycle of machines may do for a node. */
export type RecoveryStep =
  /** Asks the provider how the machine is. */
  | { readonly do: 'describe' }
  /** Takes one replacement of the hour's budget. */
  | { readonly do: 'claim' }
  /** Its provider gave the same machine another address. */
  | { readonly do: 'readdress'; readonly host: string }
  | { readonly do: 'record'; readonly status: ServerStatus }
  | { readonly do: 'restart-engine'; readonly actId: string }
  | { readonly do: 'start'; readonly actId: string }
  | { readonly do: 'power-cycle'; readonly actId: string }
  /** Orders a new machine in the old one's place. */
  | { readonly do: 'replace'; readonly actId: string }
  | { readonly do: 'retire'; readonly actId: string };

/** Steps in their order, when to look again, and why. */
export interface RecoveryDecision {
  readonly steps: readonly RecoveryStep[];
  readonly wakeAt: Instant | null;
  readonly why: string;
}

const TRIES_KEPT = 20;
/** A node that has been lost for this long is looked at through its provider no more often than one that is well. */
const LONG_LOST_MS = 600_000;
const LOOK_AGAIN_MS = 5000;

/** Decides what the machine under a node needs. */
export function decideRecovery(snapshot: RecoverySnapshot, limits: RecoveryLimits, now: Instant): RecoveryDecision {
  const observed = observe(snapshot, limits, now);
  const underWay = tryUnderWay(observed);
  const verdict = underWay ? null : judge(snapshot, observed, limits, now);
  const next = verdict === null ? acting(observed) : afterVerdict(snapshot, observed, verdict, now);
  const describe = describeDueAt(snapshot, limits, now);
  const steps: readonly RecoveryStep[] = [
    ...(describe !== null && describe <= now ? [{ do: 'describe' } as const] : []),
    ...(verdict?.do === 'begin' && verdict.way === 'replace' ? [{ do: 'claim' } as const] : []),
    ...readdress(snapshot),
    ...(isDeepStrictEqual(next, snapshot.status) ? [] : [{ do: 'record', status: next } as const]),
    ...(verdict?.do === 'begin' ? [{ do: verdict.way, actId: snapshot.actId } as const] : []),
    ...orderAgain(snapshot, underWay),
  ];
  return { steps, wakeAt: wakeAt(snapshot, { next, describe, verdict }, limits, now), why: next.reason };
}

/** The status with which a node's machine is first looked at. */
export function firstServerStatus({ id, shard }: { readonly id: string; readonly shard: number }): ServerStatus {
  const nothing = { machine: null, tries: [], forcedRequest: null, idleSinceAt: null, nextAt: null };
  return { id, state: 'watching', reason: 'It has not been looked at yet.', ...nothing, shard };
}

function observe(snapshot: RecoverySnapshot, limits: RecoveryLimits, now: Instant): ServerStatus {
  const { status } = snapshot;
  return {
    ...status,
    machine: wordToKeep(snapshot),
    tries: forgotten(snapshot, limits, now) ? [] : settleLast(snapshot, now),
    idleSinceAt: idleSince(snapshot, now),
  };
}

/** A word that says nothing new is not written again, unless it is the first since the node's state changed. */
function wordToKeep({ status, sight, nodeStatus }: RecoverySnapshot): ServerStatus['machine'] {
  const { machine } = status;
  const word = sight?.word ?? null;
  if (sight === null || word === null) return sight === null ? null : machine;
  // One that is off has no address: the last one is kept, by which a new one is told from one that people chose.
  const kept = { ...word, address: word.address ?? machine?.address ?? null };
  const isNew = machine?.state !== kept.state || machine.address !== kept.address;
  const isDue = nodeStatus !== null && nodeStatus.state !== 'ready' && (machine?.at ?? 0) < nodeStatus.stateSinceAt;
  return isNew || isDue ? kept : machine;
}

/** Only where the node was reached at the address that its provider gave, not at a name or another address of people's choice. */
function readdress({ node, nodeStatus, status, sight }: RecoverySnapshot): readonly RecoveryStep[] {
  if (node.access.kind !== 'ssh' || node.removing || nodeStatus?.state === 'ready') return [];
  const [before, word] = [status.machine?.address, sight?.word];
  if (word?.state !== 'running' || word.address === null || before !== node.access.host) return [];
  return word.address === before ? [] : [{ do: 'readdress', host: word.address }];
}

function forgotten({ status, nodeStatus }: RecoverySnapshot, limits: RecoveryLimits, now: Instant): boolean {
  const isWell = nodeStatus?.state === 'ready' && tryUnderWay(status) === undefined;
  return isWell && now - nodeStatus.stateSinceAt >= limits.forgetTriesAfterMs;
}

function idleSince({ node, status, isIdle }: RecoverySnapshot, now: Instant): Instant | null {
  return node.machine?.isAdded && isIdle ? (status.idleSinceAt ?? now) : null;
}

function settleLast(snapshot: RecoverySnapshot, now: Instant): readonly RecoveryTry[] {
  const { tries } = snapshot.status;
  const last = tryUnderWay(snapshot.status);
  const end = last && endOf(snapshot, last);
  return end ? [...tries.slice(0, -1), { ...last, ...end, endedAt: now }] : tries;
}

/** A replacement goes on through its order, whoever began it. */
function endOf(snapshot: RecoverySnapshot, { act }: RecoveryTry): Pick<RecoveryTry, 'outcome' | 'text'> | undefined {
  if (act === 'replace') return endOfOrder(snapshot);
  if (snapshot.work === 'under-way') return undefined;
  if (snapshot.work !== 'none') return snapshot.work;
  if (act === 'retire' && snapshot.node.removing) return { outcome: 'done', text: 'The node is being removed.' };
  return { outcome: 'unknown', text: 'The platform ended before it could tell how this went.' };
}

function endOfOrder({ order }: RecoverySnapshot): Pick<RecoveryTry, 'outcome' | 'text'> | undefined {
  if (order?.state === 'joined') return { outcome: 'done', text: `${order.machine} is the node now.` };
  if (order?.state === 'failed') return { outcome: 'failed', text: order.reason };
  if (order?.state === 'unknown') return { outcome: 'unknown', text: order.reason };
  return undefined;
}

/** Between recording a replacement and ordering it, the process may have died. */
function orderAgain({ order }: RecoverySnapshot, underWay: RecoveryTry | undefined): readonly RecoveryStep[] {
  return underWay?.act === 'replace' && order === null ? [{ do: 'replace', actId: underWay.actId }] : [];
}

function tryUnderWay({ tries }: ServerStatus): RecoveryTry | undefined {
  const last = tries.at(-1);
  return last?.outcome === 'under-way' ? last : undefined;
}

function judge(snapshot: RecoverySnapshot, status: ServerStatus, limits: RecoveryLimits, now: Instant): Verdict {
  const { node, nodeStatus } = snapshot;
  if (node.removing) return resting('held', 'It is being removed.');
  const forced = node.recovery?.forced;
  if (forced && forced.request !== status.forcedRequest) return forcedVerdict(snapshot, forced.act);
  if (nodeStatus === null) return resting('watching', 'It has not been reached yet.');
  if (nodeStatus.state === 'ready')
    return resting('well', status.tries.length > 0 ? 'It is well again.' : 'It is well.');
  if (node.recovery?.mode === 'off') return resting('held', 'A person switched its recovery off.');
  if (node.draining) return resting('held', 'It is drained: nothing is done by itself while people work on it.');
  return ladderVerdict({ snapshot, nodeStatus, tries: status.tries, limits, now });
}

function forcedVerdict({ sight }: RecoverySnapshot, act: RecoveryAct): Verdict {
  const way = act === 'power-cycle' && sight?.word?.state === 'stopped' ? 'start' : act;
  return { do: 'begin', way, reason: `A person asked for it: ${act}.` };
}

function resting(state: Exclude<ServerStatus['state'], 'acting'>, reason: string): Verdict {
  return { do: 'rest', state, reason, until: null };
}

function acting(status: ServerStatus): ServerStatus {
  return { ...status, state: 'acting', nextAt: null };
}

function afterVerdict(
  { node, actId }: RecoverySnapshot,
  status: ServerStatus,
  verdict: Verdict,
  now: Instant,
): ServerStatus {
  const { reason } = verdict;
  if (verdict.do === 'rest') return { ...status, state: verdict.state, reason, nextAt: verdict.until };
  const begun: RecoveryTry = {
    act: actOf(verdict.way),
    actId,
    at: now,
    endedAt: null,
    outcome: 'under-way',
    text: reason,
  };
  const tries = [...status.tries, begun].slice(-TRIES_KEPT);
  const forcedRequest = node.recovery?.forced?.request ?? status.forcedRequest;
  return { ...status, state: 'acting', reason, tries, forcedRequest, nextAt: null };
}

function actOf(way: RecoveryWay): RecoveryAct {
  return way === 'start' ? 'power-cycle' : way;
}

/** When the provider is to be asked how the machine is; null: there is none, or it is being asked. */
function describeDueAt({ sight, nodeStatus }: RecoverySnapshot, limits: RecoveryLimits, now: Instant): Instant | null {
  if (sight === null || sight.isAsking) return null;
  const isCalm = nodeStatus?.state === 'ready' || now - (nodeStatus?.stateSinceAt ?? now) > LONG_LOST_MS;
  const everyMs = isCalm ? limits.describeWellEveryMs : limits.describeSilentEveryMs;
  return sight.askedAt === null ? now : Math.min(sight.askedAt + everyMs, now + everyMs);
}

interface Outlook {
  readonly next: ServerStatus;
  readonly describe: Instant | null;
  readonly verdict: Verdict | null;
}

function wakeAt(
  { nodeStatus, sight }: RecoverySnapshot,
  { next, describe, verdict }: Outlook,
  limits: RecoveryLimits,
  now: Instant,
): Instant | null {
  const forget = nodeStatus?.state === 'ready' && next.tries.length > 0;
  const times = [
    next.nextAt,
    // What is being asked or done wakes the node when it ends; this is for when that wake-up is lost.
    describe !== null && describe > now ? describe : sight === null ? null : now + LOOK_AGAIN_MS,
    forget ? Math.max(nodeStatus.stateSinceAt + limits.forgetTriesAfterMs, now + LOOK_AGAIN_MS) : null,
    verdict === null || verdict.do === 'begin' || next.state === 'held' ? now + LOOK_AGAIN_MS : null,
  ].filter((at) => at !== null);
  return times.length === 0 ? null : Math.min(...times);
}

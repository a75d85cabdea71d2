// What a machine that is being made needs next: intention, then create, then wait until it runs, then join; afterwards it is kept as
// long as its node is it. Pure.
//
// INVARIANTS:
// - That its provider is asked is written before it is asked. An ask of which nobody can tell the outcome is never simply repeated: the
//   provider is asked first what the act made. Where it has no way to find that out, the outcome is `unknown`, and nothing is asked again.
// - A machine that was made and is no node's is destroyed.
// - A machine that still answers is destroyed before another takes its place; a lost one afterwards, because it may come back until then.
import { isDeepStrictEqual } from 'node:util';
import { backoffMs } from '../engine/backoff.ts';
import type { Instant } from '../model/instant.ts';
import type { Node, NodeStatus } from '../model/node.ts';
import type { MachineOrder } from '../model/server.ts';
import type { Provider, ProviderMachine } from '../ports/provider.ts';
import type { OrderLimits } from './order-limits.ts';

/** What can be done for an order beside the loop. */
export type OrderAct = 'create' | 'find' | 'describe' | 'join' | 'destroy' | 'destroy-old';

/** What may be done for an order. */
export type OrderStep =
  | { readonly do: 'record'; readonly order: MachineOrder }
  | { readonly do: OrderAct; readonly order: MachineOrder }
  | { readonly do: 'forget'; readonly text: string };

/** How an act ended. */
export type OrderNews = { readonly of: OrderAct } & (
  | { readonly ok: true; readonly machine: ProviderMachine | undefined }
  | { readonly ok: false; readonly text: string; readonly fault: 'retry' | 'terminal' | 'unknown' }
);

/** Everything on which an order's next step depends. */
export interface OrderSnapshot {
  readonly order: MachineOrder;
  /** The node that it is for, as it is now. */
  readonly node: Node | null;
  readonly nodeStatus: NodeStatus | null;
  /** Null: its provider cannot be used. */
  readonly can: Provider['can'] | null;
  /** Its provider is on its way out. */
  readonly isLeaving: boolean;
  /** Of the act that was begun last; `none`: this process has begun none since. */
  readonly news: OrderNews | 'under-way' | 'none';
}

/** Steps in their order, and when to look again. */
export interface OrderDecision {
  readonly steps: readonly OrderStep[];
  readonly wakeAt: Instant | null;
}

interface Question {
  readonly snapshot: OrderSnapshot;
  readonly limits: OrderLimits;
  readonly now: Instant;
}

/** An order as it is to be written, and what is to be begun for it. */
interface Next {
  readonly order: MachineOrder;
  readonly act?: OrderAct;
  /** The order is forgotten, and this is told. */
  readonly forget?: string;
  /** When to look again, where the order itself does not say. */
  readonly wakeAt?: Instant;
}

const LOOK_AGAIN_MS = 5000;

/** Decides what an order needs. */
export function decideOrder(snapshot: OrderSnapshot, limits: OrderLimits, now: Instant): OrderDecision {
  if (snapshot.news === 'under-way') return { steps: [], wakeAt: now + LOOK_AGAIN_MS };
  const next = NEXT[snapshot.order.state]({ snapshot, limits, now });
  if (next.forget !== undefined) return { steps: [{ do: 'forget', text: next.forget }], wakeAt: null };
  const isSame = isDeepStrictEqual(next.order, snapshot.order);
  const steps: readonly OrderStep[] = [
    ...(isSame ? [] : [{ do: 'record', order: next.order } as const]),
    ...(next.act ? [{ do: next.act, order: next.order } as const] : []),
  ];
  return { steps, wakeAt: next.act ? now + LOOK_AGAIN_MS : (next.wakeAt ?? next.order.nextAt) };
}

const NEXT: Readonly<Record<MachineOrder['state'], (question: Question) => Next>> = {
  ordered: ask,
  made: joinWhenUp,
  joined: keep,
  failed: clearAway,
  unknown: lookForIt,
};

function ask(question: Question): Next {
  const { snapshot, now } = question;
  const { order, news } = snapshot;
  if (news !== 'none' && news !== 'under-way') {
    if (news.of === 'create' || news.of === 'find') return afterAsking(question, news);
  }
  const unwanted = whyUnwanted(snapshot);
  if (unwanted && order.askedAt === undefined) return { order: become(question, 'failed', unwanted) };
  if (order.nextAt !== null && order.nextAt > now) return { order };
  if (order.askedAt !== undefined) return { order, act: 'find' };
  if ((order.failures ?? 0) > 0) return { order, act: 'find' };
  return asked(question);
}

function asked({ snapshot: { order }, now }: Question): Next {
  const reason = `The provider ${order.provider} is asked for it.`;
  return { order: { ...order, askedAt: now, reason, nextAt: now }, act: 'create' };
}

function afterAsking(question: Question, news: OrderNews): Next {
  return news.of === 'create' ? afterCreate(question, news) : afterFind(question, news);
}

function afterCreate(question: Question, news: OrderNews): Next {
  const { order } = question.snapshot;
  if (news.ok && news.machine) return { order: made(question, news.machine) };
  if (news.ok || news.fault === 'unknown') return { order, act: 'find' };
  if (news.fault === 'terminal') return { order: become(question, 'failed', news.text) };
  return { order: askLater(question, news.text) };
}

/** A provider that finds what acts made makes one machine for one act, so it may be asked again when it finds nothing. */
function afterFind(question: Question, news: OrderNews): Next {
  const { snapshot, limits } = question;
  const { order } = snapshot;
  const wasAsked = order.askedAt !== undefined;
  if (news.ok && news.machine) return { order: made(question, news.machine) };
  if (news.ok)
    return wasAsked ? { order: askLater(question, 'The provider finds nothing that was made.') } : asked(question);
  if (news.fault === 'terminal') return wasAsked ? { order: lost(question, news.text) } : asked(question);
  if ((order.failures ?? 0) < limits.mostFailures) return { order: failedOnce(question, order, news.text) };
  return { order: wasAsked ? lost(question, news.text) : become(question, 'failed', news.text) };
}

/** Nothing was made: it is asked for again after a pause, unless that was tried often enough. */
function askLater(question: Question, text: string): MachineOrder {
  const { askedAt: _, ...order } = question.snapshot.order;
  if ((order.failures ?? 0) >= question.limits.mostFailures) return become(question, 'failed', text);
  return failedOnce(question, order, text);
}

function failedOnce({ limits, now }: Question, order: MachineOrder, reason: string): MachineOrder {
  const failures = (order.failures ?? 0) + 1;
  return { ...order, failures, reason, nextAt: now + backoffMs(failures, limits.retry, 0) };
}

function lost(question: Question, text: string): MachineOrder {
  const reason = `Whether the provider made it is not known, and it cannot be found out: ${text} It is not asked for again.`;
  return become(question, 'unknown', reason);
}

function made(question: Question, { machine, address }: ProviderMachine): MachineOrder {
  const { askedAt: _, ...order } = become(question, 'made', `The machine ${machine} was made and is coming up.`);
  return { ...order, machine, address };
}

function joinWhenUp(question: Question): Next {
  const { snapshot, limits, now } = question;
  const { order, news } = snapshot;
  const unwanted = whyUnwanted(snapshot);
  const sinceAt = order.stateSinceAt ?? order.createdAt;
  if (unwanted) return { order: become(question, 'failed', unwanted) };
  if (now - sinceAt > limits.joinedWithinMs)
    return { order: become(question, 'failed', `It was not a node in time. ${order.reason}`) };
  if (news !== 'none' && news !== 'under-way') {
    if (news.of === 'join') return afterJoining(question, news);
    if (news.of === 'describe') return afterDescribing(question, news);
    if (news.of === 'destroy-old')
      return news.ok ? { order, act: 'join' } : { order: failedOnce(question, order, news.text) };
  }
  return order.nextAt !== null && order.nextAt > now ? { order } : { order, act: 'describe' };
}

function afterDescribing(question: Question, news: OrderNews): Next {
  const { snapshot, limits, now } = question;
  const { order } = snapshot;
  const later = { nextAt: now + limits.lookEveryMs };
  if (!news.ok) return { order: { ...order, ...later, reason: news.text } };
  if (news.machine?.state === 'gone')
    return { order: { ...become(question, 'failed', 'Its provider says that it is gone.'), machine: null } };
  const address = news.machine?.address ?? null;
  if (news.machine?.state !== 'running' || address === null) return { order: { ...order, ...later } };
  const reason = `The machine ${order.machine} runs at ${address} and is made fit to be a node.`;
  return { order: { ...order, address, reason }, act: oldMayWork(snapshot) ? 'destroy-old' : 'join' };
}

/** A person may have a machine replaced that is not lost: what runs there would go on beside what is begun in its place. */
function oldMayWork({ order, nodeStatus, can }: OrderSnapshot): boolean {
  return order.replaces !== undefined && can?.destroy === true && nodeStatus !== null && nodeStatus.state !== 'lost';
}

function afterJoining(question: Question, news: OrderNews): Next {
  const { order } = question.snapshot;
  if (news.ok) return { order: become(question, 'joined', `The machine ${order.machine} is the node ${order.node}.`) };
  if (news.fault === 'terminal') return { order: become(question, 'failed', news.text) };
  return { order: failedOnce(question, order, news.text) };
}

/** A machine that Berth made lives as long as its node is it. */
function keep(question: Question): Next {
  const { snapshot, limits, now } = question;
  const { order, node, can } = snapshot;
  if (order.replaces !== undefined) return destroyOld(question);
  if (order.machine === null) return { order, forget: order.reason };
  if (isItsNode(order, node))
    return { order, wakeAt: now + (node?.removing ? limits.lookEveryMs : limits.lookKeptEveryMs) };
  if (!can) return { order, wakeAt: now + limits.lookKeptEveryMs };
  const what = `The machine ${order.machine} is no node's any more`;
  if (!can.destroy) return { order, forget: `${what}; its provider cannot destroy it, so that is left to people.` };
  return destroy(question, { order, forget: `${what} and was destroyed.` });
}

function destroyOld(question: Question): Next {
  const { snapshot, now } = question;
  const { order, can, news } = snapshot;
  const { replaces, failures: _, ...without } = order;
  if (can && !can.destroy)
    return {
      order: { ...without, reason: `${order.reason} Its provider cannot destroy ${replaces}: that is left to people.` },
    };
  if (news !== 'none' && news !== 'under-way' && news.of === 'destroy-old') {
    if (news.ok) return { order: without };
    return { order: afterFailedDestroy(question, news.text, without) };
  }
  return order.nextAt !== null && order.nextAt > now ? { order } : { order, act: 'destroy-old' };
}

function clearAway(question: Question): Next {
  const { snapshot, limits, now } = question;
  const { order } = snapshot;
  if (order.machine !== null && snapshot.can?.destroy) return destroy(question, { order: { ...order, machine: null } });
  const forgetAt = (order.stateSinceAt ?? order.createdAt) + limits.keptMs;
  return now >= forgetAt ? { order, forget: order.reason } : { order: { ...order, nextAt: forgetAt } };
}

/** Destroys the machine of an order, and then goes on as given. */
function destroy(question: Question, done: Next): Next {
  const { snapshot, now } = question;
  const { order, news } = snapshot;
  if (news !== 'none' && news !== 'under-way' && news.of === 'destroy') {
    if (news.ok) return done;
    return { order: afterFailedDestroy(question, news.text, { ...order, machine: null }) };
  }
  return (order.failures ?? 0) > 0 && order.nextAt !== null && order.nextAt > now
    ? { order }
    : { order, act: 'destroy' };
}

/** Tried for long; then it is said that it was left, because nobody looks at an order for ever. */
function afterFailedDestroy(question: Question, text: string, givenUp: MachineOrder): MachineOrder {
  const { order } = question.snapshot;
  if ((order.failures ?? 0) < question.limits.mostFailures) return failedOnce(question, order, text);
  const what = order.replaces ?? order.machine;
  return { ...givenUp, reason: `The machine ${what} could not be destroyed, and that is left to people: ${text}` };
}

function lookForIt(question: Question): Next {
  const { snapshot, limits, now } = question;
  const { order, news } = snapshot;
  const sinceAt = order.stateSinceAt ?? order.createdAt;
  if (now >= sinceAt + limits.keptMs) return { order, forget: order.reason };
  if (news !== 'none' && news !== 'under-way' && news.of === 'find') {
    if (news.ok && news.machine) return { order: made(question, news.machine) };
    const nextAt = now + limits.findUnknownEveryMs;
    return {
      order: { ...order, nextAt: nextAt > sinceAt + limits.findUnknownForMs ? sinceAt + limits.keptMs : nextAt },
    };
  }
  return order.nextAt !== null && order.nextAt > now ? { order } : { order, act: 'find' };
}

/** Why nobody needs the machine any more; undefined: somebody does. */
function whyUnwanted({ order, node, nodeStatus, can, isLeaving }: OrderSnapshot): string | undefined {
  if (can === null || isLeaving) return `The provider ${order.provider} is gone or cannot be used.`;
  if (order.purpose === 'grow')
    return node === null || isItsNode(order, node) ? undefined : `There is another node ${order.node}.`;
  if (node === null || node.removing) return 'The node that it was for is gone.';
  if (isItsNode(order, node)) return undefined;
  if (node.machine?.machine !== order.replaces) return 'The node that it was for has another machine.';
  const cameBack = nodeStatus?.state === 'ready' && nodeStatus.stateSinceAt > order.createdAt;
  return cameBack ? 'The node that it was for came back by itself.' : undefined;
}

function isItsNode({ provider, machine }: MachineOrder, node: Node | null): boolean {
  return machine !== null && node?.machine?.provider === provider && node.machine.machine === machine;
}

function become({ snapshot, now }: Question, state: MachineOrder['state'], reason: string): MachineOrder {
  const { failures: _, ...order } = snapshot.order;
  return { ...order, state, reason, stateSinceAt: now, nextAt: now };
}

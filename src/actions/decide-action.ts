// What an action needs next: held by budget, quiet hours or a way out that is not there; claimed and done; tried again; or over. Pure.
//
// INVARIANTS:
// - A claim is written before its act, under an id of its own. An act whose outcome nobody can tell is repeated only where the other side
//   knows it again: e-mail by its Message-ID, webhooks by their header, notices by their ids. SMS and controls are not repeated then.
// - A control is tried once: who asked for it waits for the answer, and knows best whether to ask again.
// - An action takes from its budget once, however often it is tried.
import { isDeepStrictEqual } from 'node:util';
import { backoffMs } from '../engine/backoff.ts';
import type { Action, ActionBudget, ActionState, ActionStatus, ActionTry } from '../model/action.ts';
import type { Instant } from '../model/instant.ts';
import { judgeBudget } from './action-budget.ts';
import type { ActionDecision, ActionStep, ActNews } from './action-step.ts';
import { lastsUntil, type RulesInForce } from './ordinary-rules.ts';
import { clockTime, quietUntil } from './quiet-hours.ts';

/** Everything on which the next step depends. */
export interface ActionSnapshot {
  readonly action: Action;
  readonly status: ActionStatus;
  readonly rules: RulesInForce;
  readonly budget: ActionBudget | null;
  /** Why it cannot leave the platform at all; null: it can. */
  readonly noWay: string | null;
  /** Whether one more act of its kind may begin now. */
  readonly hasRoom: boolean;
  /** Of its last act; `unbegun`: this process has claimed it and not begun it; `none`: this process knows of no act. */
  readonly news: ActNews | 'under-way' | 'unbegun' | 'none';
  /** For the claim, should there be one. */
  readonly actId: string;
}

interface Question {
  readonly snapshot: ActionSnapshot;
  readonly now: Instant;
  /** Tried until then. */
  readonly expiresAt: Instant;
}

const RETRY = { firstMs: 5000, maxMs: 900_000 };
const LOOK_AGAIN_MS = 30_000;
const NO_WAY_LOOK_MS = 600_000;
const TRIES_KEPT = 20;
const ENDS: ReadonlySet<ActionState> = new Set(['delivered', 'failed', 'refused', 'unknown']);

/** Whether an action in this state is over. */
export function actionEnded(state: ActionState): boolean {
  return ENDS.has(state);
}

/** Decides what an action needs. */
export function decideAction(snapshot: ActionSnapshot, now: Instant): ActionDecision {
  const { action, status, news } = snapshot;
  if (actionEnded(status.state)) return { steps: [], wakeAt: null };
  if (news === 'under-way') return { steps: [], wakeAt: now + LOOK_AGAIN_MS };
  const expiresAt = status.again ? lastsUntil(action.order, status.again.at) : action.expiresAt;
  const question = { snapshot, now, expiresAt };
  if (status.state !== 'sending') return begin(question);
  if (news === 'unbegun') return { steps: [{ do: 'act', status }], wakeAt: now + LOOK_AGAIN_MS };
  return settle(question, news === 'none' ? CRASHED : news);
}

const CRASHED: ActNews = { outcome: 'unknown', text: 'The platform ended before the answer came.' };

function begin(question: Question): ActionDecision {
  const { snapshot, now, expiresAt } = question;
  const { status, noWay, hasRoom } = snapshot;
  if (now >= expiresAt) return recorded(question, expired(question));
  if (status.state === 'waiting' && status.nextAt !== null && status.nextAt > now)
    return { steps: [], wakeAt: Math.min(status.nextAt, expiresAt) };
  if (noWay !== null) return recorded(question, held(question, noWay, now + NO_WAY_LOOK_MS));
  const quiet = quietEnd(question);
  if (quiet !== null)
    return recorded(question, held(question, `Quiet hours until ${clockTime(quiet, snapshot.rules.zone)}.`, quiet));
  const verdict = isFreeOfBudget(snapshot) ? null : judged(question);
  if (verdict && !verdict.isFree) return recorded(question, overBudget(question, verdict.freeAt));
  if (!hasRoom) return { steps: [{ do: 'queue' }], wakeAt: now + LOOK_AGAIN_MS };
  return claimed(question, verdict ? [{ do: 'spend', budget: verdict.budget }] : []);
}

function claimed({ snapshot: { status, actId }, now }: Question, before: readonly ActionStep[]): ActionDecision {
  const reached = status.tries.at(-1)?.reached;
  const attempt: ActionTry = {
    ...{ actId, at: now, endedAt: null, outcome: 'under-way', text: 'It is under way.' },
    ...(reached ? { reached } : {}),
  };
  const sending: ActionStatus = {
    ...status,
    state: 'sending',
    reason: 'It is under way.',
    tries: [...status.tries, attempt].slice(-TRIES_KEPT),
    nextAt: now,
  };
  const steps: readonly ActionStep[] = [...before, { do: 'claim', status: sending }, { do: 'act', status: sending }];
  return { steps, wakeAt: now + LOOK_AGAIN_MS };
}

function quietEnd({ snapshot: { action, status, rules }, now }: Question): Instant | null {
  const { order } = action;
  if (status.again || action.notice !== undefined) return null;
  if (order.kind === 'webhook' || order.kind === 'control') return null;
  if (order.kind === 'notify' && order.severity === 'alert') return null;
  return quietUntil(rules.quiet, rules.zone, now);
}

function isFreeOfBudget({ action, status }: ActionSnapshot): boolean {
  return action.notice !== undefined || status.again !== undefined || status.tries.length > 0;
}

function judged({ snapshot: { action, rules, budget }, now }: Question) {
  return judgeBudget(budget, { id: budgetId(action), perHour: rules.perHour }, now);
}

/** The id of the budget that an action takes from. */
export function budgetId({ instance, order }: Action): string {
  return `${instance}/${order.kind}`;
}

function overBudget(question: Question, freeAt: Instant | null): ActionStatus {
  const { rules, action } = question.snapshot;
  if (freeAt === null) return over(question, 'refused', `The instance may begin no ${action.order.kind} at all.`);
  const reason = `The budget of ${rules.perHour} in an hour is used up; the next at ${clockTime(freeAt, rules.zone)}.`;
  return held(question, reason, freeAt);
}

function held({ snapshot: { status }, expiresAt }: Question, reason: string, until: Instant): ActionStatus {
  return { ...status, state: 'held', reason, nextAt: Math.min(until, expiresAt) };
}

/** What may have been done in some try is not said to have failed. */
function expired(question: Question): ActionStatus {
  const { tries, reason } = question.snapshot.status;
  const mayBeDone = tries.some(({ outcome }) => outcome === 'unknown');
  return over(question, mayBeDone ? 'unknown' : 'failed', `Its time is over. Last: ${reason}`);
}

function settle(question: Question, news: ActNews): ActionDecision {
  const status = withNews(question, news);
  const told = { ...question, snapshot: { ...question.snapshot, status } };
  return recorded(question, afterNews(told, news));
}

function withNews({ snapshot: { status }, now }: Question, news: ActNews): ActionStatus {
  const { reached: before = [], ...last } = status.tries.at(-1) ?? { actId: '', at: now };
  const reached = [...new Set([...before, ...(news.reached ?? [])])];
  const outcome = news.outcome === 'refused' ? 'failed' : news.outcome;
  const ended = { ...last, endedAt: now, outcome, text: news.text, ...(reached.length > 0 ? { reached } : {}) };
  return {
    ...status,
    tries: [...status.tries.slice(0, -1), ended],
    ...(news.answer === undefined ? {} : { answer: news.answer }),
  };
}

function afterNews(question: Question, { outcome, text }: ActNews): ActionStatus {
  const { kind } = question.snapshot.action.order;
  if (outcome === 'delivered' || outcome === 'refused') return over(question, outcome, text);
  if (kind === 'control') return over(question, outcome, text);
  if (outcome === 'unknown' && kind === 'sms')
    return over(question, 'unknown', `${text} It may have been sent, and is not sent again blindly.`);
  return later(question, text);
}

function later(question: Question, text: string): ActionStatus {
  const { snapshot, now, expiresAt } = question;
  const { status } = snapshot;
  const nextAt = now + backoffMs(status.tries.length, RETRY, 0);
  const waiting: ActionStatus = { ...status, state: 'waiting', reason: text, nextAt };
  if (nextAt < expiresAt) return waiting;
  return expired({ ...question, snapshot: { ...snapshot, status: waiting } });
}

function over({ snapshot: { status }, now }: Question, state: ActionState, reason: string): ActionStatus {
  return { ...status, state, reason, endedAt: now, nextAt: null };
}

function recorded({ snapshot }: Question, status: ActionStatus): ActionDecision {
  const isSame = isDeepStrictEqual(status, snapshot.status);
  return { steps: isSame ? [] : [{ do: 'record', status }], wakeAt: status.nextAt };
}

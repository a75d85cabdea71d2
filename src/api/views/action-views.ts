// Actions, channels and notices, as the API answers them.
import type { z } from 'zod';
import type { ActionView } from '../../actions/action-reads.ts';
import type { ActionChannel, ActionOrder, ActionTry, InboxNotice } from '../../model/action.ts';
import type * as contract from '../contract/action-views.ts';
import { iso, isoOrNull } from './iso.ts';

/** One action. One whose request is only half written counts as waiting. */
export function actionView({ action, status }: ActionView): z.output<typeof contract.actionView> {
  const { id, instance, application, job, order, requestedAt } = action;
  const { state = 'waiting', reason = 'It was asked for.', tries = [] } = status ?? {};
  return {
    ...{ id, kind: order.kind, instance, application, job, state, reason },
    ...{ tries: tries.length, target: targetOf(order), requestedAt: iso(requestedAt) },
    endedAt: isoOrNull(status?.endedAt),
    nextAt: isoOrNull(status?.nextAt),
  };
}

/** One action with what was asked, and every try. */
export function actionDetailView(view: ActionView): z.output<typeof contract.actionDetailView> {
  const { task, key, order, notice = null, expiresAt } = view.action;
  const { again, answer = null, tries = [] } = view.status ?? {};
  return {
    ...actionView(view),
    ...{ task, key, order: { ...order }, notice, expiresAt: iso(expiresAt), answer },
    again: again ? { by: again.by, at: iso(again.at) } : null,
    attempts: tries.map(attemptView),
  };
}

function attemptView({ actId, at, endedAt, outcome, text, reached = [] }: ActionTry) {
  return { act: actId, at: iso(at), endedAt: isoOrNull(endedAt), outcome, text, reached: [...reached] };
}

function targetOf(order: ActionOrder): string {
  switch (order.kind) {
    case 'email':
      return `${order.to.join(' ')}: ${order.subject}`;
    case 'sms':
      return order.to.join(' ');
    case 'notify':
      return `${order.severity}: ${order.title}`;
    case 'webhook':
      return order.url;
    case 'control':
      return `${order.sensor}: ${order.control}`;
    default:
      return order satisfies never;
  }
}

/** A channel. */
export function channelView({ id, access, updatedAt }: ActionChannel): z.output<typeof contract.channelView> {
  return { id, access: accessView(access), updatedAt: iso(updatedAt) };
}

function accessView(access: ActionChannel['access']): z.output<typeof contract.channelAccess> {
  if (access.kind === 'smtp') return { ...access };
  if (access.kind === 'webhooks') return { ...access, allowPrivate: [...access.allowPrivate] };
  return { ...access, headers: { ...access.headers }, accepted: [...access.accepted] };
}

/** A notice. */
export function noticeView(notice: InboxNotice): z.output<typeof contract.noticeView> {
  const { id, user, title, text, severity, instance, job, at, readAt } = notice;
  const of = { id: id.slice(user.length + 1), user, title, text, severity, instance, job };
  return { ...of, at: iso(at), readAt: isoOrNull(readAt) };
}

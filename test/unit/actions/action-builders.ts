// Actions for tests: complete and ordinary.
import { type ActionSnapshot, decideAction } from '../../../src/actions/decide-action.ts';
import { lastsUntil, type RulesInForce } from '../../../src/actions/ordinary-rules.ts';
import { firstStatus } from '../../../src/actions/store-action.ts';
import type { Action, ActionOrder, ActionStatus } from '../../../src/model/action.ts';
import { T0 } from '../../builders/jobs.ts';

export const ORDERS: { readonly [K in ActionOrder['kind']]: Extract<ActionOrder, { readonly kind: K }> } = {
  email: {
    kind: 'email',
    to: ['ana@example.org'],
    subject: 'Cold',
    text: 'It is {degrees} °C.',
    html: null,
    values: { degrees: '3' },
    attachments: [],
  },
  sms: { kind: 'sms', to: ['+491701234567'], text: 'It is cold.' },
  notify: { kind: 'notify', title: 'Cold', text: 'It is cold.', severity: 'info' },
  webhook: { kind: 'webhook', url: 'https://example.org/hook', method: 'POST', headers: {}, body: '{}' },
  control: { kind: 'control', sensor: 'fan-1', control: 'speed', parameters: { percent: 40 }, timeoutMs: 10_000 },
};

export function anAction(order: ActionOrder = ORDERS.email, over: Partial<Action> = {}): Action {
  const of = { instance: 'room-abc123', application: 'room', job: 'room-abc123.m1', task: 'room-abc123.m1.0.1' };
  const at = over.requestedAt ?? T0;
  const asked = { order, requestedAt: at, expiresAt: lastsUntil(order, at), shard: 0 };
  return { id: `room-abc123.${order.kind}`, key: 'k', ...of, ...asked, ...over };
}

export const FREE: RulesInForce = { perHour: 100, quiet: null, zone: 'Europe/Berlin' };

export function aSnapshot(order: ActionOrder, over: Partial<ActionSnapshot> = {}): ActionSnapshot {
  const action = anAction(order);
  const nothing = { budget: null, noWay: null, hasRoom: true, news: 'none', actId: 'act-1' } as const;
  return { action, status: firstStatus(action), rules: FREE, ...nothing, ...over };
}

/** A status whose act was claimed. */
export function sending(order: ActionOrder, over: Partial<ActionStatus> = {}): ActionStatus {
  const tries = [{ actId: 'act-1', at: T0, endedAt: null, outcome: 'under-way', text: 'It is under way.' }] as const;
  return { ...firstStatus(anAction(order)), state: 'sending', tries, ...over };
}

/** The status that a decision writes; the present one when it writes none. */
export function decided(snapshot: ActionSnapshot, now: number): ActionStatus {
  const { steps } = decideAction(snapshot, now);
  return steps.reduce((status, step) => ('status' in step ? step.status : status), snapshot.status);
}

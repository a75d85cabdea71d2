// What an action needs next, in tables.
import { describe, expect, test } from 'vitest';
import { decideAction } from '../../../src/actions/decide-action.ts';
import type { ActionOrder } from '../../../src/model/action.ts';
import { T0 } from '../../builders/jobs.ts';
import { anAction, aSnapshot, decided, FREE, ORDERS, sending } from './action-builders.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const KINDS = Object.keys(ORDERS) as ActionOrder['kind'][];
/** 08:00 in UTC is 09:00 in Berlin. */
const QUIET_NOW = { ...FREE, quiet: { fromMinute: 8 * 60, toMinute: 10 * 60 } };

function words(snapshot: Parameters<typeof decideAction>[0], now = T0): readonly string[] {
  return decideAction(snapshot, now).steps.map((step) => step.do);
}

describe('an action that was just asked for', () => {
  test.each(KINDS)('%s takes from its budget, is claimed, and done, in this order', (kind) => {
    expect(words(aSnapshot(ORDERS[kind]))).toEqual(['spend', 'claim', 'act']);
    expect(decided(aSnapshot(ORDERS[kind]), T0)).toMatchObject({
      state: 'sending',
      tries: [{ actId: 'act-1', outcome: 'under-way', endedAt: null }],
    });
  });

  test('waits for its turn when as many of its kind are under way as may be', () => {
    expect(words(aSnapshot(ORDERS.email, { hasRoom: false }))).toEqual(['queue']);
  });

  test('is held while there is no way out, and says what is missing', () => {
    const held = decided(aSnapshot(ORDERS.email, { noWay: 'There is no channel smtp.' }), T0);
    expect(held).toMatchObject({ state: 'held', reason: 'There is no channel smtp.' });
    expect(words(aSnapshot(ORDERS.email, { status: held, noWay: null }))).toEqual(['spend', 'claim', 'act']);
  });

  test('is not written again when nothing about it has changed', () => {
    const snapshot = aSnapshot(ORDERS.email, { rules: QUIET_NOW });
    expect(words({ ...snapshot, status: decided(snapshot, T0) }, T0 + 1000)).toEqual([]);
  });
});

describe('quiet hours', () => {
  test.each([
    ['an e-mail', ORDERS.email, 'held'],
    ['an SMS', ORDERS.sms, 'held'],
    ['a notice', ORDERS.notify, 'held'],
    ['a warning', { ...ORDERS.notify, severity: 'warning' }, 'held'],
    ['an alert', { ...ORDERS.notify, severity: 'alert' }, 'sending'],
    ['a webhook', ORDERS.webhook, 'sending'],
    ['a control', ORDERS.control, 'sending'],
  ] as const)('%s in them is %s', (_, order, state) => {
    expect(decided(aSnapshot(order, { rules: QUIET_NOW }), T0).state).toBe(state);
  });

  test('hold an e-mail until they end, in the zone of the instance', () => {
    expect(decided(aSnapshot(ORDERS.email, { rules: QUIET_NOW }), T0)).toMatchObject({
      reason: 'Quiet hours until 10:00 (Europe/Berlin).',
      nextAt: T0 + HOUR,
    });
  });

  test('do not hold the e-mail that tells of a notice: they were judged for the notice', () => {
    const action = anAction(ORDERS.email, { notice: 'room-abc123.n' });
    expect(words(aSnapshot(ORDERS.email, { action, rules: { ...QUIET_NOW, perHour: 0 } }))).toEqual(['claim', 'act']);
  });
});

describe('a budget', () => {
  const used = { id: 'room-abc123/sms', minutes: [{ at: T0 - 30 * 60_000, begun: 2 }] };

  test('that is used up holds what is more until the oldest is an hour ago', () => {
    const held = decided(aSnapshot(ORDERS.sms, { budget: used, rules: { ...FREE, perHour: 2 } }), T0);
    expect(held).toMatchObject({
      state: 'held',
      reason: 'The budget of 2 in an hour is used up; the next at 09:31 (Europe/Berlin).',
      nextAt: T0 + 31 * 60_000,
    });
  });

  test('of none refuses', () => {
    expect(decided(aSnapshot(ORDERS.sms, { rules: { ...FREE, perHour: 0 } }), T0).state).toBe('refused');
  });

  test('is not touched by a further try of the same action', () => {
    const news = { outcome: 'failed', text: 'busy' } as const;
    const failed = decided(aSnapshot(ORDERS.email, { status: sending(ORDERS.email), news }), T0);
    const again = aSnapshot(ORDERS.email, { status: failed, rules: { ...FREE, perHour: 0 } });
    expect(words(again, failed.nextAt ?? 0)).toEqual(['claim', 'act']);
  });
});

describe('what an act came to', () => {
  test.each([
    ['email', 'delivered', 'delivered'],
    ['email', 'refused', 'refused'],
    ['email', 'failed', 'waiting'],
    ['email', 'unknown', 'waiting'],
    ['webhook', 'failed', 'waiting'],
    ['webhook', 'unknown', 'waiting'],
    ['notify', 'unknown', 'waiting'],
    ['sms', 'delivered', 'delivered'],
    ['sms', 'failed', 'waiting'],
    ['sms', 'unknown', 'unknown'],
    ['control', 'delivered', 'delivered'],
    ['control', 'failed', 'failed'],
    ['control', 'refused', 'refused'],
    ['control', 'unknown', 'unknown'],
  ] as const)('%s, %s: it is %s', (kind, outcome, state) => {
    const news = { outcome, text: 'as it was said' };
    const status = decided(aSnapshot(ORDERS[kind], { status: sending(ORDERS[kind]), news }), T0 + 1000);
    expect(status.state).toBe(state);
    expect(status.reason).toContain('as it was said');
    expect(status.tries).toMatchObject([{ actId: 'act-1', endedAt: T0 + 1000, text: 'as it was said' }]);
    expect(status.endedAt).toBe(state === 'waiting' ? null : T0 + 1000);
  });

  test.each([
    ['email', 'waiting'],
    ['webhook', 'waiting'],
    ['notify', 'waiting'],
    ['sms', 'unknown'],
    ['control', 'unknown'],
  ] as const)('nobody knows, because the platform ended amid it: %s is %s', (kind, state) => {
    const status = decided(aSnapshot(ORDERS[kind], { status: sending(ORDERS[kind]) }), T0 + 1000);
    expect(status).toMatchObject({ state, tries: [{ outcome: 'unknown' }] });
  });

  test('is not asked of a claim that this process has not acted on', () => {
    expect(words(aSnapshot(ORDERS.sms, { status: sending(ORDERS.sms), news: 'unbegun' }))).toEqual(['act']);
  });

  test('is waited for while the act is under way, whatever the time is', () => {
    const snapshot = aSnapshot(ORDERS.control, { status: sending(ORDERS.control), news: 'under-way' });
    expect(words(snapshot, T0 + DAY)).toEqual([]);
  });

  test('with an answer keeps it', () => {
    const news = { outcome: 'delivered', text: 'done', answer: { percent: 40 } } as const;
    const status = decided(aSnapshot(ORDERS.control, { status: sending(ORDERS.control), news }), T0);
    expect(status.answer).toEqual({ percent: 40 });
  });

  test('for some recipients alone is remembered through all tries', () => {
    const order = { ...ORDERS.sms, to: ['+491', '+492', '+493'] };
    const once = { outcome: 'failed', text: 'busy', reached: ['+491'] } as const;
    const first = decided(aSnapshot(order, { status: sending(order), news: once }), T0);
    const claimed = decided(aSnapshot(order, { status: first }), first.nextAt ?? 0);
    expect(claimed.tries.at(-1)).toMatchObject({ outcome: 'under-way', reached: ['+491'] });
    const twice = { outcome: 'failed', text: 'busy', reached: ['+492'] } as const;
    const second = decided(aSnapshot(order, { status: claimed, news: twice }), T0 + HOUR);
    expect(second.tries.at(-1)?.reached).toEqual(['+491', '+492']);
  });
});

describe('tries', () => {
  test('come after pauses that double up to a quarter of an hour, until a day is over', () => {
    let status = sending(ORDERS.email);
    const pauses: number[] = [];
    let now = T0;
    while (status.state !== 'failed') {
      const news = { outcome: 'failed', text: 'busy' } as const;
      status = decided(aSnapshot(ORDERS.email, { status, news }), now);
      if (status.state === 'failed') break;
      pauses.push((status.nextAt ?? 0) - now);
      expect(words(aSnapshot(ORDERS.email, { status }), (status.nextAt ?? 0) - 1)).toEqual([]);
      now = status.nextAt ?? 0;
      status = decided(aSnapshot(ORDERS.email, { status }), now);
    }
    expect(pauses.slice(0, 9)).toEqual([5, 10, 20, 40, 80, 160, 320, 640, 900].map((seconds) => seconds * 1000));
    expect(now).toBeGreaterThan(T0 + DAY - 900_000);
    expect(status).toMatchObject({ reason: 'Its time is over. Last: busy', endedAt: now, nextAt: null });
    expect(status.tries).toHaveLength(20);
  });

  test('of which one may have succeeded end as unknown, not as failed', () => {
    const unknown = { outcome: 'unknown', text: 'cut off' } as const;
    const waiting = decided(aSnapshot(ORDERS.email, { status: sending(ORDERS.email), news: unknown }), T0);
    expect(decided(aSnapshot(ORDERS.email, { status: waiting }), T0 + DAY)).toMatchObject({ state: 'unknown' });
  });

  test('of a control are not begun when its time is over', () => {
    expect(decided(aSnapshot(ORDERS.control), T0 + 10_000)).toMatchObject({ state: 'failed', tries: [] });
  });

  test('that a person asks for count from then, and nothing holds them', () => {
    const again = { by: 'ana', at: T0 + 3 * DAY };
    const status = { ...sending(ORDERS.email), state: 'waiting', again, nextAt: again.at } as const;
    const snapshot = aSnapshot(ORDERS.email, { status, rules: { ...QUIET_NOW, perHour: 0 } });
    expect(words(snapshot, again.at)).toEqual(['claim', 'act']);
  });

  test.each(['delivered', 'failed', 'refused', 'unknown'] as const)('what is %s is over', (state) => {
    const status = { ...sending(ORDERS.email), state };
    expect(decideAction(aSnapshot(ORDERS.email, { status }), T0 + DAY)).toEqual({ steps: [], wakeAt: null });
  });
});

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { MachineOrder, MachineState } from '../../../src/model/server.ts';
import type { ProviderMachine } from '../../../src/ports/provider.ts';
import { decideOrder, type OrderNews, type OrderSnapshot } from '../../../src/servers/decide-order.ts';
import { newOrder } from '../../../src/servers/new-order.ts';
import { aNode, aNodeStatus, T0 } from '../../builders/jobs.ts';
import { orderLimits } from './server-builders.ts';

const can = { powerCycle: true, create: true, destroy: true };

function machine(state: MachineState, address: string | null = '10.0.0.9'): ProviderMachine {
  return { machine: 'm-9', state, address, hostKey: null };
}

function anOrder(over: Partial<MachineOrder> = {}): MachineOrder {
  const order = newOrder({ id: 'cloud-a-1', provider: 'cloud', purpose: 'grow', node: 'cloud-a', replaces: null }, T0);
  return { ...order, ...over };
}

function aQuestion(order: MachineOrder, over: Partial<OrderSnapshot> = {}): OrderSnapshot {
  return { order, node: null, nodeStatus: null, can, isLeaving: false, news: 'none', ...over };
}

function told(snapshot: OrderSnapshot, at = T0): string {
  const { steps } = decideOrder(snapshot, orderLimits, at);
  return steps.map((step) => (step.do === 'record' ? `record ${step.order.state}` : step.do)).join(', ');
}

const ok = (of: OrderNews['of'], found?: ProviderMachine): OrderNews => ({ of, ok: true, machine: found });
const bad = (of: OrderNews['of'], fault: 'retry' | 'terminal' | 'unknown'): OrderNews => ({
  of,
  ok: false,
  text: 'no',
  fault,
});
const asked = { askedAt: T0 };
const made = { state: 'made', machine: 'm-9', stateSinceAt: T0 } as const;
const joined = { state: 'joined', machine: 'm-9' } as const;
const itsNode = aNode('cloud-a', { machine: { provider: 'cloud', machine: 'm-9', isAdded: true } });

describe('a machine that is being made', () => {
  test.each<[string, OrderSnapshot, string]>([
    ['is asked for once that is written', aQuestion(anOrder()), 'record ordered, create'],
    ['is taken when it was made', aQuestion(anOrder(asked), { news: ok('create', machine('pending')) }), 'record made'],
    ['is looked for when an earlier process asked', aQuestion(anOrder(asked)), 'find'],
    [
      'is looked for when the answer did not come',
      aQuestion(anOrder(asked), { news: bad('create', 'unknown') }),
      'find',
    ],
    ['is taken when it is found', aQuestion(anOrder(asked), { news: ok('find', machine('running')) }), 'record made'],
    ['is asked for later when nothing is found', aQuestion(anOrder(asked), { news: ok('find') }), 'record ordered'],
    [
      'is never asked for again when nobody can look',
      aQuestion(anOrder(asked), { news: bad('find', 'terminal') }),
      'record unknown',
    ],
    [
      'is asked for later when the provider failed',
      aQuestion(anOrder(asked), { news: bad('create', 'retry') }),
      'record ordered',
    ],
    [
      'is given up when the provider refuses',
      aQuestion(anOrder(asked), { news: bad('create', 'terminal') }),
      'record failed',
    ],
    ['is looked for before it is asked for again', aQuestion(anOrder({ failures: 1 })), 'find'],
    ['is not asked for when its provider leaves', aQuestion(anOrder(), { isLeaving: true }), 'record failed'],
    ['is looked at while it comes up', aQuestion(anOrder(made)), 'describe'],
    ['joins when it runs', aQuestion(anOrder(made), { news: ok('describe', machine('running')) }), 'record made, join'],
    [
      'waits for its address',
      aQuestion(anOrder(made), { news: ok('describe', machine('running', null)) }),
      'record made',
    ],
    ['fails when it is gone', aQuestion(anOrder(made), { news: ok('describe', machine('gone')) }), 'record failed'],
    ['is a node', aQuestion(anOrder(made), { news: ok('join') }), 'record joined'],
    ['tries to join again', aQuestion(anOrder(made), { news: bad('join', 'retry') }), 'record made'],
    ['is destroyed when it came to nothing', aQuestion(anOrder({ state: 'failed', machine: 'm-9' })), 'destroy'],
    ['is kept while it is its node', aQuestion(anOrder(joined), { node: itsNode }), ''],
    ['is destroyed when its node is gone', aQuestion(anOrder(joined)), 'destroy'],
    ['is forgotten when it is destroyed', aQuestion(anOrder(joined), { news: ok('destroy') }), 'forget'],
    ['destroys what it replaces', aQuestion(anOrder({ ...joined, replaces: 'm-1' }), { node: itsNode }), 'destroy-old'],
  ])('%s', (_, snapshot, steps) => {
    expect(told(snapshot)).toBe(steps);
  });

  test('is not needed when the node that it was for came back by itself', () => {
    const order = newOrder({ id: 'a', provider: 'cloud', purpose: 'replace', node: 'n1', replaces: 'm-1' }, T0);
    const node = aNode('n1', { machine: { provider: 'cloud', machine: 'm-1', isAdded: false } });
    const status = { state: 'ready', stateSinceAt: T0 + 1 } as OrderSnapshot['nodeStatus'];
    expect(told(aQuestion(order, { node }))).toBe('record ordered, create');
    expect(told(aQuestion(order, { node, nodeStatus: status }))).toBe('record failed');
  });

  test.each([
    ['that is lost is destroyed after the new one took its place', 'lost', can, 'record made, join'],
    ['that answers is destroyed first, or both would do the same work', 'ready', can, 'record made, destroy-old'],
    ['that answers stays when its provider can destroy none', 'ready', { ...can, destroy: false }, 'record made, join'],
  ] as const)('an old machine %s', (_, state, able, steps) => {
    const order = { ...anOrder(made), purpose: 'replace', node: 'n1', replaces: 'm-1' } as const;
    const node = aNode('n1', { machine: { provider: 'cloud', machine: 'm-1', isAdded: false } });
    const around = { node, nodeStatus: aNodeStatus('n1', {}, { state, stateSinceAt: T0 - 1 }), can: able };
    expect(told(aQuestion(order, { ...around, news: ok('describe', machine('running')) }))).toBe(steps);
    expect(told(aQuestion(order, { ...around, news: ok('destroy-old') }))).toBe('join');
  });

  test('is given up when it is no node in time', () => {
    expect(told(aQuestion(anOrder(made)), T0 + orderLimits.joinedWithinMs + 1)).toBe('record failed');
  });
});

const anyFault = fc.constantFrom<'ok' | 'none' | 'retry' | 'terminal' | 'unknown'>(
  'ok',
  'none',
  'retry',
  'terminal',
  'unknown',
);

test('whatever a provider answers: it is asked only with nothing asked before, and no order goes on for ever', () => {
  fc.assert(
    fc.property(
      fc.array(anyFault, { minLength: 60, maxLength: 60 }),
      fc.integer({ min: 0, max: 20 }),
      (answers, crashAt) => {
        let [order, news, now] = [anOrder(), 'none' as OrderSnapshot['news'], T0];
        let isAsked = false;
        for (const [turn, answer] of answers.entries()) {
          const { steps, wakeAt } = decideOrder(aQuestion(order, { news }), orderLimits, now);
          news = 'none';
          for (const step of steps) {
            if (step.do === 'forget') return;
            order = step.order;
            if (step.do === 'record') continue;
            if (step.do === 'create') {
              expect(isAsked, 'asked again without a look').toBe(false);
              expect(order.askedAt).toBeDefined();
              isAsked = true;
            }
            // A process that dies never hears of it.
            news = turn === crashAt ? 'none' : answerTo(step.do, answer);
            if (news !== 'none' && (step.do === 'find' || (step.do === 'create' && answer === 'retry')))
              isAsked = false;
          }
          now = Math.max(now, news === 'none' ? (wakeAt ?? now) : now);
        }
        expect(now).toBeGreaterThan(T0);
      },
    ),
  );
});

function answerTo(of: OrderNews['of'], answer: 'ok' | 'none' | 'retry' | 'terminal' | 'unknown'): OrderNews {
  if (answer === 'ok') return ok(of, machine('running'));
  if (answer === 'none') return ok(of, of === 'create' ? machine('pending') : undefined);
  return bad(of, answer);
}

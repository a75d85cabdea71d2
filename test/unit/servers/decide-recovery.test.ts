import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { NodeState, NodeTrouble, RecoveryAct } from '../../../src/model/node.ts';
import type { MachineState, RecoveryTry, ServerStatus } from '../../../src/model/server.ts';
import { decideBrake } from '../../../src/servers/decide-brake.ts';
import { decideRecovery, firstServerStatus } from '../../../src/servers/decide-recovery.ts';
import type { RecoverySnapshot } from '../../../src/servers/recovery-snapshot.ts';
import { aNode, aNodeStatus, T0 } from '../../builders/jobs.ts';
import { aSight, aSnapshot, aTry, limits } from './server-builders.ts';

const MINUTE = 60_000;

function stepsOf(snapshot: RecoverySnapshot, at = T0): string {
  const { steps } = decideRecovery(snapshot, limits, at);
  return steps.map(({ do: what }) => what).join(' ');
}

function statusOf(snapshot: RecoverySnapshot, at = T0): ServerStatus {
  const record = decideRecovery(snapshot, limits, at).steps.find((step) => step.do === 'record');
  return record?.do === 'record' ? record.status : snapshot.status;
}

function withTries(...tries: readonly RecoveryTry[]): ServerStatus {
  return { ...firstServerStatus(aNode('n1')), state: 'waiting', tries };
}

const brake = { isOn: true, lost: 5, fleet: 10 };
const noProvider = { node: aNode('n1'), sight: null };
const cannotCreate = aSight('gone', { can: { powerCycle: true, create: false, destroy: false } });

describe('the ladder', () => {
  test.each<[string, Parameters<typeof aSnapshot>[0], number, string, string]>([
    ['a node that is ready is well', { lost: { state: 'ready' } }, 0, 'record', 'well'],
    ['a silent node is watched', { lost: { state: 'unreachable' } }, 0, 'record', 'watching'],
    ['a dead engine is restarted at once', { lost: { trouble: 'engine-down' } }, 0, 'record restart-engine', 'acting'],
    [
      'a dead engine is restarted without a provider',
      { ...noProvider, lost: { trouble: 'engine-down' } },
      0,
      'record restart-engine',
      'acting',
    ],
    ['a stopped machine is started at once', { sight: aSight('stopped') }, 0, 'record start', 'acting'],
    [
      'a stopped machine is started before its node counts as lost',
      { sight: aSight('stopped'), lost: { state: 'unreachable' } },
      0,
      'record start',
      'acting',
    ],
    ['a stopped machine is started in a mass loss', { sight: aSight('stopped'), brake }, 0, 'record start', 'acting'],
    ['a machine that is gone is replaced at once', { sight: aSight('gone') }, 0, 'claim record replace', 'acting'],
    [
      'a machine that is gone is replaced in a mass loss',
      { sight: aSight('gone'), brake },
      0,
      'claim record replace',
      'acting',
    ],
    [
      'a machine that is gone is replaced at once, though its power was cycled a moment ago',
      { sight: aSight('gone'), status: withTries(aTry('power-cycle')) },
      0,
      'claim record replace',
      'acting',
    ],
    [
      'a replacement that is gone too is replaced after a pause',
      { sight: aSight('gone'), status: withTries(aTry('replace')) },
      0,
      'record',
      'waiting',
    ],
    ['a machine that is gone and cannot be replaced is retired', { sight: cannotCreate }, 0, 'record retire', 'acting'],
    ['a running machine is given time', {}, 10_000, 'describe record', 'waiting'],
    ['then its power is cycled', {}, 30_000, 'describe record power-cycle', 'acting'],
    ['not in a mass loss', { brake }, 30_000, 'describe record', 'held'],
    ['a machine that comes up is waited for', { sight: aSight('pending') }, 30_000, 'describe record', 'watching'],
    [
      'after two power cycles it is replaced',
      { status: withTries(aTry('power-cycle'), aTry('power-cycle')) },
      2 * MINUTE,
      'describe claim record replace',
      'acting',
    ],
    ['a step has time to help', { status: withTries(aTry('power-cycle')) }, MINUTE, 'describe record', 'waiting'],
    [
      'a node that does not let us in is left to people',
      { lost: { state: 'refused', trouble: 'not-let-in' } },
      0,
      'record',
      'given-up',
    ],
    ['without a provider only people can help', noProvider, MINUTE, 'record', 'given-up'],
    [
      'a person may switch it off',
      { node: aNode('n1', { recovery: { mode: 'off', forced: null } }) },
      MINUTE,
      'describe record',
      'held',
    ],
    ['a drained node is left alone', { node: aNode('n1', { draining: true }) }, MINUTE, 'describe record', 'held'],
  ])('%s', (_, over, after, steps, state) => {
    const snapshot = aSnapshot(over);
    const sight = snapshot.sight && {
      ...snapshot.sight,
      word: snapshot.sight.word && { ...snapshot.sight.word, at: T0 + after },
    };
    const now = { ...snapshot, sight };
    expect(stepsOf(now, T0 + after)).toBe(steps);
    expect(statusOf(now, T0 + after).state).toBe(state);
  });

  test('what a person forces is done once, whatever brake and switch say', () => {
    const recovery = { mode: 'off', forced: { act: 'replace', request: 'r1', at: T0 } } as const;
    const snapshot = aSnapshot({
      brake,
      node: aNode('n1', { recovery, machine: { provider: 'c', machine: 'm', isAdded: false } }),
    });
    expect(stepsOf(snapshot)).toBe('claim record replace');
    const next = statusOf(snapshot);
    expect(next.forcedRequest).toBe('r1');
    const settled = {
      ...next,
      tries: next.tries.map((each) => ({ ...each, outcome: 'failed' as const, endedAt: T0 })),
    };
    expect(stepsOf({ ...snapshot, status: settled })).toBe('record');
  });

  test('a step that an earlier process began has an unknown outcome, and the next one waits', () => {
    const status = withTries(aTry('power-cycle', { outcome: 'under-way', endedAt: null }));
    const next = statusOf(aSnapshot({ status }), T0 + 1000);
    expect(next.tries).toMatchObject([{ outcome: 'unknown', endedAt: T0 + 1000 }]);
    expect(next).toMatchObject({ state: 'waiting', nextAt: T0 + 11_000 });
  });

  test('a replacement that an earlier process recorded is ordered again under its own id', () => {
    const status = withTries(aTry('replace', { outcome: 'under-way', endedAt: null }));
    const { steps } = decideRecovery(aSnapshot({ status: { ...status, state: 'acting' } }), limits, T0);
    expect(steps).toEqual([expect.objectContaining({ do: 'record' }), { do: 'replace', actId: 'n1-replace' }]);
  });

  test('the budget of an hour holds a replacement back until it is free', () => {
    const budget = { id: 'all', replacedAt: [T0 - 90 * MINUTE, T0 - 50 * MINUTE, T0 - 20 * MINUTE, T0 - 10 * MINUTE] };
    const next = statusOf(aSnapshot({ sight: aSight('gone'), budget }));
    expect(next).toMatchObject({ state: 'waiting', nextAt: T0 + 10 * MINUTE });
  });

  test('tries are forgotten only when the node has been well for a while', () => {
    const status = { ...withTries(aTry('power-cycle')), state: 'well' as const };
    const ready = { status, lost: { state: 'ready' as const } };
    expect(statusOf(aSnapshot(ready), T0 + MINUTE).tries).toHaveLength(1);
    expect(statusOf(aSnapshot(ready), T0 + 10 * MINUTE).tries).toEqual([]);
  });

  test("the provider's word is written again for a loss that is younger than it", () => {
    const machine = { state: 'stopped', at: T0 - MINUTE, address: '10.0.0.1' } as const;
    const status = { ...firstServerStatus(aNode('n1')), machine };
    expect(statusOf(aSnapshot({ status, sight: aSight('stopped') })).machine?.at).toBe(T0);
  });
});

test('a machine that comes up at another address is followed, unless people chose the address', () => {
  const access = { kind: 'ssh', host: '10.0.0.7', port: 22, user: 'root', hostKey: 'k', identity: 'platform' } as const;
  const node = aNode('n1', { access, machine: { provider: 'cloud', machine: 'm-1', isAdded: false } });
  const at = (address: string) => {
    const status = { ...firstServerStatus(node), machine: { state: 'stopped', at: T0, address } as const };
    return decideRecovery(aSnapshot({ node, status }), limits, T0).steps;
  };
  expect(at('10.0.0.7')[0]).toEqual({ do: 'readdress', host: '10.0.0.1' });
  expect(at('10.0.0.8').map(({ do: what }) => what)).not.toContain('readdress');
});

describe('the brake', () => {
  const fleet = (lost: number, size: number, apartMs = 0) =>
    Array.from({ length: size }, (_, index) =>
      aNodeStatus(`n${index}`, {}, index < lost ? { state: 'lost', stateSinceAt: T0 + index * apartMs } : {}),
    );

  test.each([
    ['a node of ten', fleet(1, 10), false],
    ['four of ten at once', fleet(4, 10), true],
    ['four of ten within minutes', fleet(4, 10, MINUTE), true],
    ['four of ten, one an hour', fleet(4, 10, 60 * MINUTE), false],
    ['all of three', fleet(3, 3), false],
    ['all of four', fleet(4, 4), true],
  ])('%s', (_, statuses, isOn) => {
    expect(decideBrake(statuses, limits.brake).isOn).toBe(isOn);
  });
});

const anyTry = fc.record({
  act: fc.constantFrom<RecoveryAct>('restart-engine', 'power-cycle', 'replace'),
  outcome: fc.constantFrom<'done' | 'failed' | 'unknown'>('done', 'failed', 'unknown'),
});

const anySnapshot = fc.record({
  state: fc.constantFrom<NodeState>('connecting', 'ready', 'unreachable', 'lost', 'refused'),
  trouble: fc.constantFrom<NodeTrouble>('no-answer', 'ssh-down', 'frozen', 'engine-down', 'not-let-in'),
  machine: fc.constantFrom<MachineState>('pending', 'running', 'stopping', 'stopped', 'gone'),
  tries: fc.array(anyTry, { maxLength: 8 }),
  braked: fc.boolean(),
  afterMs: fc.integer({ min: 0, max: 20 * MINUTE }),
});

test('whatever is found: no power is cut and no silent machine replaced while the brake holds, and limits are kept', () => {
  fc.assert(
    fc.property(anySnapshot, ({ state, trouble, machine, tries, braked, afterMs }) => {
      const now = T0 + afterMs;
      const status = withTries(...tries.map(({ act, outcome }, index) => aTry(act, { outcome, actId: `n1-${index}` })));
      const sight = aSight(machine);
      const snapshot = aSnapshot({
        status,
        lost: { state, trouble },
        brake: { ...brake, isOn: braked },
        sight: { ...sight, word: sight.word && { ...sight.word, at: now } },
      });
      const { steps, wakeAt } = decideRecovery(snapshot, limits, now);
      const acts = steps.filter(({ do: what }) => what !== 'describe' && what !== 'record' && what !== 'claim');
      expect(acts.length).toBeLessThanOrEqual(1);
      expect(wakeAt).toBeGreaterThan(now);
      const [act] = acts;
      if (state === 'ready' || state === 'connecting' || state === 'unreachable')
        expect(act === undefined || act.do === 'start').toBe(true);
      if (braked && machine !== 'gone' && act) expect(['start', 'restart-engine']).toContain(act.do);
      if (act?.do === 'start') expect(machine).toBe('stopped');
      if (act?.do === 'power-cycle') expect(tries.filter((each) => each.act === 'power-cycle').length).toBeLessThan(2);
      // What was decided is settled: deciding again with it written asks for nothing more.
      const record = steps.find((step) => step.do === 'record');
      if (record?.do !== 'record' || act) return;
      const again = decideRecovery({ ...snapshot, status: record.status }, limits, now);
      expect(again.steps.filter(({ do: what }) => what !== 'describe')).toEqual([]);
    }),
  );
});

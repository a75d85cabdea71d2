// When something that is wrong becomes an alert, when it is over, and whom is told of it.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Alert, AlertRoute, AlertSilence } from '../../../src/model/alert.ts';
import { ROLES } from '../../../src/model/role.ts';
import { ALERT_RULES, type AlertRule } from '../../../src/monitoring/alert-rules.ts';
import type { AlertSnapshot } from '../../../src/monitoring/alert-snapshot.ts';
import { type AlertMemory, decideAlerts, NO_MEMORY } from '../../../src/monitoring/decide-alerts.ts';
import { AGAIN_MS, decideTelling, GROUP_MS } from '../../../src/monitoring/decide-telling.ts';
import { aComponent } from './monitoring-world.ts';

const SNAPSHOT: AlertSnapshot = { now: 0, nodes: [], processes: [], failing: [], missed: [], storeMs: 1, busLag: [] };

function found(over: Partial<AlertSnapshot>, isOpen = false): readonly string[] {
  const snapshot = { ...SNAPSHOT, ...over };
  return Object.entries(ALERT_RULES).flatMap(([rule, { find }]) =>
    (find(snapshot, () => isOpen) ?? []).map(({ subject, severity }) => `${rule} ${subject} ${severity}`),
  );
}

const whole = (over = {}) => ({ ...aComponent({ roles: ROLES, ...over }), isLost: false });
const dying = { name: 'three', roles: ['api'], restarts: 6, keepsDying: true } as const;
const disk = (used: number) => ({ disk: { totalBytes: 1000, freeBytes: 1000 - used } });

describe('a rule finds', () => {
  test.each([
    ['nothing where all is well', { processes: [whole()] }, []],
    ['nothing of roles where nobody registers', {}, []],
    ['a lost node', { nodes: [{ id: 'n1', state: 'lost', reason: '' }] }, ['node-lost node:n1 critical']],
    ['a refused node', { nodes: [{ id: 'n1', state: 'refused', reason: '' }] }, ['node-refused node:n1 warning']],
    [
      'roles that nobody has',
      { processes: [{ ...whole(), roles: ROLES.filter((role) => role !== 'api') }] },
      ['role-missing role:api critical'],
    ],
    [
      'a troubled component',
      { processes: [whole({ state: 'troubled' })] },
      ['component-troubled component:one warning'],
    ],
    [
      'a component that keeps dying, once',
      { processes: [whole({ supervised: [dying] }), whole({ id: 'two', supervised: [dying] })] },
      ['component-dying component:three critical'],
    ],
    [
      'a component that was moved',
      { processes: [whole({ id: 'b--on-m1' })] },
      ['component-moved component:b--on-m1 warning'],
    ],
    [
      'a component that stood still',
      { processes: [whole({ heldUpMs: 3000 })] },
      ['component-held-up component:one warning'],
    ],
    ['keys that wait', { processes: [whole({ backlog: 500 })] }, ['backlog-stuck component:one warning']],
    ['a disk that is nearly full', { processes: [whole(disk(900))] }, ['disk-nearly-full machine:m1 warning']],
    ['a disk that is full', { processes: [whole(disk(960))] }, ['disk-nearly-full machine:m1 critical']],
    ['no disk with a little more room', { processes: [whole(disk(890))] }, []],
    ['a slow database', { storeMs: 1000 }, ['store-slow platform:store critical']],
    [
      'messages that wait',
      { busLag: [{ topic: 'berth.heartbeats', group: 'g', waiting: 1000 }] },
      ['bus-lag topic:berth.heartbeats/g warning'],
    ],
    ['nothing of a bus that tells nothing', { busLag: null }, []],
    [
      'an instance that fails',
      { failing: [{ id: 'i1', name: 'i', failures: 3, reason: '' }] },
      ['instance-failing instance:i1 warning'],
    ],
    [
      'occurrences that were missed',
      { missed: [{ id: 'i1', name: 'i', count: 2, reason: '' }] },
      ['occurrences-missed instance:i1 warning'],
    ],
  ] as const)('%s', (_, over, expected) => {
    expect(found(over)).toEqual(expected);
  });

  test('a disk that has an alert already until there is clearly more room', () => {
    expect(found({ processes: [whole(disk(890))] }, true)).toHaveLength(1);
    expect(found({ processes: [whole(disk(840))] }, true)).toEqual([]);
  });
});

describe('alerts', () => {
  const wrong = { subject: 'node:x', severity: 'warning', text: '', remedy: '' } as const;
  const rule = (isWrong: () => boolean): Record<string, AlertRule> => ({
    rule: { afterMs: 60, overAfterMs: 30, find: () => (isWrong() ? [wrong] : []) },
  });

  test('open after they were wrong, and close after they were right, for long enough without a break', () => {
    const looks = fc.array(fc.record({ gapMs: fc.integer({ min: 1, max: 40 }), isWrong: fc.boolean() }), {
      maxLength: 80,
    });
    fc.assert(
      fc.property(looks, (steps) => {
        let [nowMs, sinceMs, isOpen, was] = [0, 0, false, false];
        let memory: AlertMemory = NO_MEMORY;
        for (const { gapMs, isWrong } of steps) {
          nowMs += gapMs;
          if (isWrong !== was) sinceMs = nowMs;
          was = isWrong;
          const open = isOpen ? [{ id: 'rule:node:x', rule: 'rule', subject: 'node:x' }] : [];
          const decided = decideAlerts({ rules: rule(() => isWrong), snapshot: SNAPSHOT, open, memory, nowMs });
          memory = decided.memory;
          expect(decided.opens.length).toBe(!isOpen && isWrong && nowMs - sinceMs >= 60 ? 1 : 0);
          expect(decided.closes.length).toBe(isOpen && !isWrong && nowMs - sinceMs >= 30 ? 1 : 0);
          isOpen = decided.opens.length > 0 || (isOpen && decided.closes.length === 0);
        }
      }),
    );
  });

  test('stay as they are while nobody knows, and close when their rule is no more', () => {
    const open = [
      { id: 'rule:node:x', rule: 'rule', subject: 'node:x' },
      { id: 'former:node:x', rule: 'former', subject: 'node:x' },
    ];
    const rules = { rule: { afterMs: 0, overAfterMs: 0, find: () => null } };
    const decided = decideAlerts({ rules, snapshot: SNAPSHOT, open, memory: NO_MEMORY, nowMs: 0 });
    expect(decided).toMatchObject({ opens: [], closes: ['former:node:x'] });
  });
});

describe('telling', () => {
  const alert = (over: Partial<Alert> = {}): Alert => ({
    ...{ id: 'r:node:x', rule: 'r', subject: 'node:x', severity: 'critical', text: 'X.', remedy: 'Y.' },
    ...{ state: 'open', openedAt: 0, closedAt: null, toldAt: null, toldState: null, ...over },
  });
  const route = (over: Partial<AlertRoute> = {}): AlertRoute => ({
    ...{ id: 'ops', channel: 'smtp', to: ['a@b.c'], least: 'warning', createdAt: 0, ...over },
  });
  const silence = (over: Partial<AlertSilence>): AlertSilence => ({
    ...{ id: 's', rule: null, subject: null, reason: '', by: '', createdAt: 0, untilAt: 1e9, ...over },
  });
  const decide = (alerts: readonly Alert[], now: number, silences: readonly AlertSilence[] = [], routes = [route()]) =>
    decideTelling({ alerts, silences, routes, now });

  test('waits for what comes soon after, and puts it into one message', () => {
    const two = [alert(), alert({ id: 'r:node:y', openedAt: 20_000 })];
    expect(decide(two, 25_000)).toMatchObject({ news: [], wakeAt: GROUP_MS });
    const { news, told } = decide(two, GROUP_MS);
    expect(news).toHaveLength(1);
    expect(news[0]?.opened).toHaveLength(2);
    expect(told).toHaveLength(2);
  });

  test('tells again what is still open, and not before', () => {
    const known = [alert({ toldAt: 0, toldState: 'open' })];
    expect(decide(known, AGAIN_MS - 1)).toMatchObject({ news: [], wakeAt: AGAIN_MS });
    expect(decide(known, AGAIN_MS).news[0]).toMatchObject({ opened: [], goOn: known });
  });

  test('tells the end to those who know, and nothing of what was over before anybody was told', () => {
    const ended = { state: 'closed', closedAt: 1000 } as const;
    expect(decide([alert({ ...ended, toldAt: 500, toldState: 'open' })], 1000 + GROUP_MS).news[0]?.over).toHaveLength(
      1,
    );
    expect(decide([alert(ended)], 1000 + GROUP_MS).news).toEqual([]);
  });

  test.each([
    ['of everything', {}, true],
    ['of the rule', { rule: 'r' }, true],
    ['of another rule', { rule: 'q' }, false],
    ['of the subject', { subject: 'node:x' }, true],
    ['of all such subjects', { subject: 'node:*' }, true],
    ['of others', { subject: 'instance:*' }, false],
    ['that is over', { untilAt: 1 }, false],
  ] as const)('a silence %s keeps it quiet: %s %s', (_, over, isQuiet) => {
    const holding = [silence(over)].filter(({ untilAt }) => untilAt > GROUP_MS);
    expect(decide([alert()], GROUP_MS, holding).news.length === 0).toBe(isQuiet);
  });

  test('tells what was kept quiet as soon as it is not, if it still is', () => {
    const quiet = decide([alert()], GROUP_MS, [silence({ untilAt: 90_000 })]);
    expect(quiet).toMatchObject({ news: [], told: [], wakeAt: 90_000 });
    expect(decide([alert()], 90_000).news).toHaveLength(1);
  });

  test('tells routes only what is urgent enough for them', () => {
    const routes = [route(), route({ id: 'night', least: 'critical' })];
    const { news } = decide([alert({ severity: 'warning' })], GROUP_MS, [], routes);
    expect(news.map((each) => each.route.id)).toEqual(['ops']);
    expect(decide([alert({ severity: 'warning' })], GROUP_MS, [], [route({ least: 'critical' })]).told).toEqual([]);
  });
});

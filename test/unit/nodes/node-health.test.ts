// How a node's health follows from its silence, from failed connections and from its disk.
import { describe, expect, test } from 'vitest';
import { BerthError } from '../../../src/model/errors.ts';
import type { NodeState, NodeStatus } from '../../../src/model/node.ts';
import { decideImageSweep } from '../../../src/nodes/decide-image-sweep.ts';
import { decideNodeState } from '../../../src/nodes/decide-node-state.ts';
import { isUnderDiskPressure } from '../../../src/nodes/disk-pressure.ts';
import { findingOf } from '../../../src/nodes/node-finding.ts';
import { readyInWords, silenceInWords } from '../../../src/nodes/node-state-words.ts';
import { nodeTransition } from '../../../src/nodes/node-transition.ts';
import { silenceAfterTick } from '../../../src/nodes/session-silence.ts';
import type { ImageView } from '../../../src/ports/machine.ts';

const LIMITS = { unreachableAfterMs: 3000, lostAfterMs: 4000, amnestyMs: 15_000 };
const NOW = Date.UTC(2026, 10, 22, 12);
const MINUTE = 60_000;

describe('silence', () => {
  const state = (present: NodeState, silenceMs: number, over: { wasReached?: boolean; needsPerson?: boolean } = {}) =>
    decideNodeState({ present, silenceMs, wasReached: true, needsPerson: false, ...over }, LIMITS);

  test.each([
    ['a moment', 'ready', 2999, 'ready'],
    ['three seconds', 'ready', 3000, 'unreachable'],
    ['almost four seconds', 'unreachable', 3999, 'unreachable'],
    ['four seconds', 'unreachable', 4000, 'lost'],
    ['a tick that jumps over both bounds', 'ready', 4100, 'lost'],
    ['none, of a node that was lost and has not answered', 'lost', 0, 'lost'],
    ['none, of a node that was refused before', 'refused', 0, 'refused'],
  ] as const)('of %s', (_, present, silenceMs, expected) => {
    expect(state(present, silenceMs)).toBe(expected);
  });

  test('of a node that was never reached is forgiven for the time of the amnesty', () => {
    expect(state('connecting', 14_999, { wasReached: false })).toBe('connecting');
    expect(state('connecting', 15_000, { wasReached: false })).toBe('lost');
  });

  test('does not matter where only a person can help, unless the node was lost before', () => {
    expect(state('ready', 100, { needsPerson: true })).toBe('refused');
    expect(state('connecting', 0, { needsPerson: true, wasReached: false })).toBe('refused');
    expect(state('lost', 100_000, { needsPerson: true })).toBe('lost');
  });

  test('is counted on a monotonic clock: a platform that stood still for a minute takes no node for lost', () => {
    const gaps = [250, 250, 60_000, 250, 250, 250];
    const silentMs = gaps.reduce((silenceMs, gapMs) => silenceAfterTick(silenceMs, gapMs, 250), 0);
    expect(state('ready', silentMs)).toBe('ready');
    const punctual = Array.from({ length: 16 }, () => 250).reduce((sum, gapMs) => silenceAfterTick(sum, gapMs, 250), 0);
    expect(state('ready', punctual)).toBe('lost');
  });
});

describe('a failed connection', () => {
  const address = '10.0.0.7:22';
  test.each([
    [new BerthError('machine.no-answer', { address, reason: 'silence' }), 'no-answer', false],
    [new BerthError('machine.ssh-refused', { address }), 'ssh-down', false],
    [new BerthError('machine.frozen', { address, seconds: 3 }), 'frozen', false],
    [new BerthError('machine.no-engine', { address, socket: '/s', reason: 'refused' }), 'engine-down', false],
    [new BerthError('machine.timeout', { address, act: 'meet the engine', seconds: 15 }), 'engine-down', false],
    [new BerthError('machine.timeout', { address, act: 'forward /x', seconds: 15 }), undefined, false],
    [new BerthError('machine.unreachable', { address, reason: 'no such name' }), undefined, false],
    [new BerthError('machine.authentication-refused', { host: 'h', user: 'u', fingerprint: 'f' }), 'not-let-in', true],
    [new BerthError('machine.engine-too-old', { version: '1', api: '1', needed: '2' }), undefined, true],
    [new Error('odd'), undefined, false],
  ])('%s', (error, trouble, needsPerson) => {
    const finding = findingOf(error);
    expect(finding).toMatchObject({ trouble, needsPerson, isFinal: false });
    expect(finding.words).toContain(error.message);
  });

  test('after a changed host key is the last one', () => {
    const error = new BerthError('machine.host-key-changed', { host: 'h', pinned: 'a', presented: 'b' });
    expect(findingOf(error)).toMatchObject({ trouble: 'not-let-in', needsPerson: true, isFinal: true });
  });

  test('is told with how long the node has been silent', () => {
    const finding = findingOf(new BerthError('machine.ssh-refused', { address }));
    const words = silenceInWords({ state: 'lost', wasReached: true, finding }, LIMITS);
    expect(words).toBe(
      'It has not answered for 4 s and counts as lost. The machine is there, but its SSH server does not run. 10.0.0.7:22 refuses connections: no SSH server listens there.',
    );
    const early = silenceInWords({ state: 'connecting', wasReached: false, finding: undefined }, LIMITS);
    expect(early).toBe('The platform is connecting to it.');
  });
});

describe('a node', () => {
  const status: NodeStatus = {
    id: 'n1',
    state: 'ready',
    reason: 'It answers.',
    facts: null,
    load: null,
    clockOffsetMs: 0,
    lastSeenAt: null,
    stateSinceAt: NOW - MINUTE,
    shard: 0,
  };
  const lost = { state: 'lost', reason: 'r', trouble: 'no-answer' } as const;
  const ready = { state: 'ready', reason: 'It answers.', trouble: undefined } as const;
  const comeAndGone = (times: number) => {
    let now = NOW;
    let present = status;
    for (let time = 0; time < times; time++) {
      present = nodeTransition(nodeTransition(present, lost, now + 1000), ready, now + 2000);
      now += 2000;
    }
    return { present, now };
  };

  test('that is lost remembers when, and what was wrong is forgotten when it is back', () => {
    const gone = nodeTransition(status, lost, NOW);
    expect(gone).toMatchObject({ state: 'lost', trouble: 'no-answer', lostAt: [NOW], stateSinceAt: NOW });
    const again = nodeTransition(gone, { ...lost, reason: 'more is known' }, NOW + 5);
    expect(again).toMatchObject({ lostAt: [NOW], stateSinceAt: NOW, reason: 'more is known' });
    const back = nodeTransition(again, ready, NOW + 10);
    expect(back).not.toHaveProperty('trouble');
    expect(back).not.toHaveProperty('quarantinedUntilAt');
  });

  test.each([
    [2, undefined],
    [3, 1],
    [4, 2],
    [5, 4],
    [9, 60],
    [20, 60],
  ])('that was lost %i times within ten minutes is not trusted for %s minutes', (times, minutes) => {
    const { present, now } = comeAndGone(times);
    expect(present.quarantinedUntilAt).toBe(minutes === undefined ? undefined : now + minutes * MINUTE);
    expect(present.lostAt?.length).toBe(Math.min(10, times));
    if (minutes !== undefined)
      expect(readyInWords(present.lostAt ?? [], now)).toContain('nothing is placed on it before');
  });

  test('that was lost long ago is trusted again', () => {
    const { present, now } = comeAndGone(5);
    const later = nodeTransition(nodeTransition(present, lost, now + 11 * MINUTE), ready, now + 12 * MINUTE);
    expect(later).not.toHaveProperty('quarantinedUntilAt');
  });
});

describe('a disk', () => {
  const limits = { leastFreeBytes: 500, leastFreeShare: 0.05 };
  test.each([
    ['small and with less than the least free', 499, 1000, false, true],
    ['large and with less than its share free', 4999, 100_000, false, true],
    ['large and with its share free', 5000, 100_000, false, false],
    ['that was short and is little better', 6000, 100_000, true, true],
    ['that was short and has room again', 6250, 100_000, true, false],
  ])('%s', (_, freeBytes, totalBytes, was, expected) => {
    expect(isUnderDiskPressure({ freeBytes, totalBytes, was }, limits)).toBe(expected);
  });
});

describe('the images of a node', () => {
  const image = (id: string, labels: Record<string, string> = { 'berth.package': id }): ImageView => ({
    id,
    tags: [`berth/app:${id}`],
    sizeBytes: 1,
    labels,
    createdAt: 0,
  });
  const images = [image('running'), image('lately'), image('current'), image('old'), image('unmarked', {})];
  const known = { inUse: new Set(['running']), usedLately: new Set(['lately']), current: new Set(['current']) };
  const swept = (isUnderPressure: boolean, present = images) =>
    decideImageSweep({ ...known, images: present, isUnderPressure }).map(({ id }) => id);

  test('stay while they run, for a while after it, and while they are current', () => {
    expect(swept(false)).toEqual(['old']);
  });

  test('go under pressure, the current ones last and those that run never', () => {
    expect(swept(true)).toEqual(['lately', 'old']);
    expect(swept(true, [image('running'), image('current')])).toEqual(['current']);
    expect(swept(true, [image('running')])).toEqual([]);
  });
});

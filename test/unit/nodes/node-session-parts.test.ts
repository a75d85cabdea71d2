// The small parts of a node's session: silence, clock offset, turns and pulls.
import { expect, test } from 'vitest';
import {
  clockOffset,
  type OffsetReading,
  type OffsetReadings,
  withReading,
} from '../../../src/nodes/session-clock-offset.ts';
import { SessionImages } from '../../../src/nodes/session-images.ts';
import { silenceAfterTick } from '../../../src/nodes/session-silence.ts';
import { SessionTurns } from '../../../src/nodes/session-turns.ts';

test('silence grows with punctual ticks, and not while our own loop stood still', () => {
  expect(silenceAfterTick(1000, 250, 250)).toBe(1250);
  expect(silenceAfterTick(1000, 600, 250)).toBe(1600);
  expect(silenceAfterTick(1000, 30_000, 250)).toBe(1000);
});

const reading = (offsetMs: number, withinMs: number): OffsetReading => ({ offsetMs, withinMs });
const known = (...readings: readonly OffsetReading[]) => readings.reduce<OffsetReadings>(withReading, []);

test.each<[string, readonly OffsetReading[], number]>([
  ['nothing is known', [], 0],
  ['it is less than the answer took', [reading(12, 20)], 0],
  ['it is more', [reading(-500, 20)], -500],
  ['one answer is slow', [reading(500, 20), reading(1300, 900), reading(503, 30)], 500],
  ['the clock was set', [reading(0, 20), reading(1, 20), reading(10_000, 30)], 10_000],
  ['the clock was set back', [reading(10_000, 1), reading(3, 40)], 0],
])('the clock offset of a node when %s', (_, readings, offset) => {
  expect(clockOffset(known(...readings))).toBe(offset);
});

test('the last five readings of a clock count', () => {
  expect(known(...[1, 2, 3, 4, 5, 6, 7].map((ms) => reading(ms, 50))).map(({ offsetMs }) => offsetMs)).toEqual([
    3, 4, 5, 6, 7,
  ]);
});

test('who gets no turn is woken when one is free, in order', () => {
  const woken: string[] = [];
  const turns = new SessionTurns(1, (id) => woken.push(id));
  const end = turns.take('a');
  expect(turns.take('b')).toBeUndefined();
  expect(turns.take('c')).toBeUndefined();
  end?.();
  end?.();
  expect(woken).toEqual(['b']);
  expect(turns.take('b')).toBeDefined();
  expect(turns.take('a')).toBeUndefined();
});

test('an image is pulled once for all who wait, and each of them hears of its failure once', async () => {
  const woken: string[] = [];
  const images = new SessionImages(2, (id) => woken.push(id));
  const { promise, reject } = Promise.withResolvers<void>();
  let pulls = 0;
  const pull = () => {
    pulls++;
    return promise;
  };
  images.begin('x', 'a', pull);
  images.begin('x', 'b', pull);
  expect(images.view('x', 'c')).toEqual({ kind: 'pulling' });
  const error = new Error('no');
  reject(error);
  await expect.poll(() => woken).toEqual(['a', 'b', 'c']);
  expect(pulls).toBe(1);
  expect(images.view('x', 'a')).toEqual({ kind: 'failed', error });
  expect(images.view('x', 'a')).toEqual({ kind: 'idle' });
  expect(images.view('x', 'c')).toEqual({ kind: 'failed', error });
});

test('no more pulls run at a time than allowed, and the next follows', async () => {
  const running = new Map<string, () => void>();
  const pull = (tag: string) => new Promise<void>((resolve) => running.set(tag, resolve));
  const images = new SessionImages(1, () => {});
  images.begin('x', 'a', pull);
  images.begin('y', 'b', pull);
  expect([...running.keys()]).toEqual(['x']);
  expect(images.view('y', 'b')).toEqual({ kind: 'pulling' });
  running.get('x')?.();
  await expect.poll(() => [...running.keys()]).toEqual(['x', 'y']);
  expect(images.view('x', 'a')).toEqual({ kind: 'idle' });
});

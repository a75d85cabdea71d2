// What every Series must do.
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Clock } from '../../src/ports/clock.ts';
import type { Series } from '../../src/ports/series.ts';
import { ManualClock } from '../unit/engine/manual-clock.ts';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
/** A full hour, so that buckets of every step begin with it. */
const T0 = Date.UTC(2026, 0, 5, 12);

/** A series and how it is opened again, where it lasts beyond its process. */
export interface SeriesUnderTest {
  readonly series: Series;
  readonly end: () => Promise<void>;
}

/** Runs the contract on series that `open` gives. */
export function seriesContract(name: string, open: (clock: Clock) => Promise<SeriesUnderTest>): void {
  describe(`Series: ${name}`, () => {
    let clock: ManualClock;
    let opened: SeriesUnderTest;
    beforeEach(async () => {
      clock = new ManualClock(T0);
      opened = await open(clock);
    });
    afterEach(() => opened.end());
    const append = (...readings: readonly (readonly [string, number, number])[]) =>
      settled(clock, opened.series.append(readings.map(([series, at, value]) => ({ series, at, value }))));
    const range = (series: string, fromAt: number, toAt: number, mostPoints = 1000) =>
      opened.series.range({ series, fromAt, toAt, mostPoints });

    test('what was appended is read in order, by series, with least, mean and most of each step', async () => {
      await append(['a', T0, 1], ['b', T0, 9], ['a', T0 + 2 * SECOND, 3], ['a', T0 + 6 * SECOND, 5]);
      await append(['a', T0 + 4 * SECOND, 5]);
      expect(await range('a', T0, T0 + MINUTE)).toEqual({
        stepMs: 5 * SECOND,
        points: [
          { at: T0, min: 1, mean: 3, max: 5 },
          { at: T0 + 5 * SECOND, min: 5, mean: 5, max: 5 },
        ],
      });
      expect((await range('b', T0, T0 + MINUTE)).points).toEqual([{ at: T0, min: 9, mean: 9, max: 9 }]);
      expect((await range('nobody', T0, T0 + MINUTE)).points).toEqual([]);
    });

    test('a range ends before its end, and one that begins within a step has that step', async () => {
      await append(['a', T0, 1], ['a', T0 + 5 * SECOND, 2], ['a', T0 + 10 * SECOND, 3]);
      const { points } = await range('a', T0 + 2 * SECOND, T0 + 10 * SECOND);
      expect(points.map(({ mean }) => mean)).toEqual([1, 2]);
    });

    test('what was gathered before counts as the readings that it was gathered from', async () => {
      const bucket = { at: T0, count: 3, sum: 12, min: 1, max: 9 };
      await settled(clock, opened.series.merge([{ series: 'a', bucket }]));
      await append(['a', T0 + SECOND, 0]);
      expect((await range('a', T0, T0 + MINUTE)).points).toEqual([{ at: T0, min: 0, mean: 3, max: 9 }]);
    });

    test('asked for few points, it merges steps', async () => {
      await append(...Array.from({ length: 120 }, (_, index) => ['a', T0 + index * 5 * SECOND, index] as const));
      const { stepMs, points } = await range('a', T0, T0 + 10 * MINUTE, 20);
      expect(stepMs).toBe(30 * SECOND);
      expect(points).toHaveLength(20);
      expect(points[0]).toEqual({ at: T0, min: 0, mean: 2.5, max: 5 });
    });

    test('what tasks used is kept for a week, and for no year', async () => {
      await append(['task/j.0/cpu', T0, 1], ['a', T0, 1]);
      const week = await range('task/j.0/cpu', T0, T0 + DAY);
      expect(week.points).toMatchObject([{ mean: 1 }]);
      await clock.advance(8 * DAY);
      await append(['b', T0 + 8 * DAY, 1]);
      expect((await range('task/j.0/cpu', T0, T0 + DAY)).points).toEqual([]);
      expect((await range('a', T0, T0 + DAY)).points).toMatchObject([{ mean: 1 }]);
    });

    test('an hour is kept in steps of 5 s, a week of minutes, a year of hours, and nothing longer', async () => {
      await append(['a', T0, 1], ['a', T0 + 30 * SECOND, 3]);
      await pass(2 * HOUR);
      const day = await range('a', T0, T0 + MINUTE);
      expect(day).toEqual({ stepMs: MINUTE, points: [{ at: T0, min: 1, mean: 2, max: 3 }] });
      await pass(8 * DAY);
      expect((await range('a', T0, T0 + 2 * HOUR)).points).toEqual([{ at: T0, min: 1, mean: 2, max: 3 }]);
      await pass(370 * DAY);
      expect((await range('a', T0, T0 + 2 * HOUR)).points).toEqual([]);
    });

    async function pass(ms: number): Promise<void> {
      await clock.advance(ms);
      await append(['other', clock.now(), 1]);
    }
  });
}

/** Lets what waits for a turn of the loop go on, on a clock that only moves when told. */
async function settled(clock: ManualClock, work: Promise<void>): Promise<void> {
  let isDone = false;
  const done = work.finally(() => {
    isDone = true;
  });
  while (!isDone) await clock.advance(0);
  await done;
}

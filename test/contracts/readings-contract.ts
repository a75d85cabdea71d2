// What all Readings must do.
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { SensorReading } from '../../src/model/sensor.ts';
import type { Readings } from '../../src/ports/readings.ts';

const T0 = Date.UTC(2026, 0, 5, 12);
const SECOND = 1000;

/** Readings, and how they are opened again, where they last beyond their process. */
export interface ReadingsUnderTest {
  readonly readings: Readings;
  readonly end: () => Promise<void>;
}

/** A reading of one number, so many milliseconds after the beginning of the test's time. */
export function aReading(sensor: string, afterMs: number, celsius = 20): SensorReading {
  return { sensor, at: T0 + afterMs, values: { celsius } };
}

/** Runs the contract on readings that `open` gives; its clock shows the beginning of the test's time, or later. */
export function readingsContract(name: string, open: (now: number) => Promise<ReadingsUnderTest>): void {
  describe(`Readings: ${name}`, () => {
    let opened: ReadingsUnderTest;
    beforeEach(async () => {
      opened = await open(T0);
    });
    afterEach(() => opened.end());
    const everything = (sensor: string) => ({ sensor, fromAt: 0, toAt: T0 * 2, after: 0, limit: 1000 });

    test('what was appended comes back as it was, with sequences that grow in its order', async () => {
      const values = { text: 'two\nlines "quoted" – ü', on: true, deep: { list: [1, null] }, n: -0.5 };
      const kept = await opened.readings.append([{ sensor: 'a', at: T0, values }, aReading('b', 1)]);
      expect(kept).toMatchObject([
        { sensor: 'a', at: T0, values },
        { sensor: 'b', at: T0 + 1 },
      ]);
      expect(kept[1]?.sequence).toBeGreaterThan(kept[0]?.sequence ?? Number.NaN);
      expect(await opened.readings.range(everything('a'))).toEqual([kept[0]]);
      expect(await opened.readings.append([])).toEqual([]);
    });

    test('many who append at once get each their own, in the order in which they asked', async () => {
      const asked = Array.from({ length: 100 }, (_, index) => opened.readings.append([aReading('a', index, index)]));
      const kept = (await Promise.all(asked)).flat();
      expect(kept.map(({ values }) => values.celsius)).toEqual(Array.from({ length: 100 }, (_, index) => index));
      const sequences = kept.map(({ sequence }) => sequence);
      expect(sequences).toEqual(sequences.toSorted((a, b) => a - b));
      expect(await opened.readings.lastSequence()).toBe(sequences.at(-1));
    });

    test('those of several sensors since a sequence come in one order, and no further than asked', async () => {
      const kept = await opened.readings.append(
        Array.from({ length: 30 }, (_, index) => aReading(['a', 'b', 'c'][index % 3] ?? '', index)),
      );
      const wanted = kept.filter(({ sensor }) => sensor !== 'c').slice(3);
      const behind = wanted[0]?.sequence ?? 0;
      expect(await opened.readings.since(['b', 'a', 'nobody'], behind, 5)).toEqual(wanted.slice(1, 6));
      expect(await opened.readings.since(['a'], kept.at(-1)?.sequence ?? 0, 5)).toEqual([]);
    });

    test('the latest is the one that came last, of those sensors that have any', async () => {
      const kept = await opened.readings.append([aReading('a', 9), aReading('b', 1), aReading('a', 3)]);
      expect(await opened.readings.latest(['b', 'nobody', 'a'])).toEqual([kept[1], kept[2]]);
    });

    test('a range ends before its end and goes on after a sequence', async () => {
      const kept = await opened.readings.append(
        Array.from({ length: 10 }, (_, index) => aReading('a', index * SECOND)),
      );
      const query = { sensor: 'a', fromAt: T0 + 2 * SECOND, toAt: T0 + 8 * SECOND, after: 0, limit: 4 };
      const first = await opened.readings.range(query);
      expect(first).toEqual(kept.slice(2, 6));
      expect(await opened.readings.range({ ...query, after: first.at(-1)?.sequence ?? 0 })).toEqual(kept.slice(6, 8));
    });

    test('the newest since an instant come oldest first, at most so many', async () => {
      const kept = await opened.readings.append(
        Array.from({ length: 10 }, (_, index) => aReading('a', index * SECOND)),
      );
      expect(await opened.readings.recent('a', T0 + 7 * SECOND, 100)).toEqual(kept.slice(7));
      expect(await opened.readings.recent('a', T0, 2)).toEqual(kept.slice(8));
      expect(await opened.readings.recent('nobody', T0, 2)).toEqual([]);
    });

    test('the old are forgotten, a bounded number at a time, and their sequences never come again', async () => {
      const kept = await opened.readings.append(Array.from({ length: 9 }, (_, index) => aReading('a', index * SECOND)));
      await opened.readings.append([aReading('b', 0)]);
      const last = await opened.readings.lastSequence();
      expect(await opened.readings.forgetBefore(T0 + 5 * SECOND, 4)).toBe(4);
      expect(await opened.readings.forgetBefore(T0 + 5 * SECOND, 4)).toBe(2);
      expect(await opened.readings.forgetBefore(T0 + 5 * SECOND, 4)).toBe(0);
      expect(await opened.readings.range(everything('a'))).toEqual(kept.slice(5));
      expect(await opened.readings.latest(['b'])).toEqual([]);
      expect(await opened.readings.forgetBefore(T0 * 2, 1000)).toBe(4);
      const [fresh] = await opened.readings.append([aReading('b', 1)]);
      expect(fresh?.sequence).toBeGreaterThan(last);
    });

    test('ranges hold exactly what lies in them, whatever the order of times', async () => {
      const kept: { sequence: number; at: number }[] = [];
      const offset = fc.integer({ min: -7_200_000, max: 60_000 });
      await fc.assert(
        fc.asyncProperty(fc.array(offset, { maxLength: 20 }), offset, offset, async (times, a, b) => {
          const mixed = times.map((each) => aReading('mixed', each));
          kept.push(...(await opened.readings.append(mixed)));
          const [fromAt, toAt] = [T0 + Math.min(a, b), T0 + Math.max(a, b)];
          const found = await opened.readings.range({ sensor: 'mixed', fromAt, toAt, after: 0, limit: 10_000 });
          const expected = kept.filter(({ at }) => at >= fromAt && at < toAt);
          expect(found.map(({ sequence }) => sequence)).toEqual(expected.map(({ sequence }) => sequence));
        }),
        { numRuns: 30 },
      );
    });
  });
}

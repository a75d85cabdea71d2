import fc from 'fast-check';
import { expect, test } from 'vitest';
import { backoffMs } from '../../../src/engine/backoff.ts';

const limits = { firstMs: 1000, maxMs: 60_000 };

test.each([
  [0, 1000],
  [1, 1000],
  [2, 2000],
  [3, 4000],
  [6, 32_000],
  [7, 60_000],
  [10_000, 60_000],
])('after %d failures in a row the wait is %d ms', (failures, expected) => {
  expect(backoffMs(failures, limits, 0)).toBe(expected);
});

test('chance takes off up to a fifth, and the wait never falls below that or above the longest', () => {
  fc.assert(
    fc.property(fc.nat(), fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), (failures, fraction) => {
      const full = backoffMs(failures, limits, 0);
      const wait = backoffMs(failures, limits, fraction);
      expect(wait).toBeGreaterThanOrEqual(Math.floor(full * 0.8));
      expect(wait).toBeLessThanOrEqual(full);
      expect(Number.isInteger(wait)).toBe(true);
    }),
  );
});

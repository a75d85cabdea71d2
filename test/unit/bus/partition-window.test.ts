// What of a partition may be committed, whatever is handled in whatever order.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { PartitionWindow } from '../../../src/adapters/kafka-bus/partition-window.ts';

describe('the window of a partition', () => {
  test('nothing is to be committed while the lowest message is not handled', () => {
    const window = new PartitionWindow(3, 10n);
    for (const offset of [10n, 11n, 14n]) window.add(offset);
    window.done(14n);
    window.done(11n);
    expect(window.toCommit).toBeUndefined();
    window.done(10n);
    expect(window.toCommit).toBe(15n);
    window.committed(15n);
    expect(window.toCommit).toBeUndefined();
  });

  test('a message that is read again is not taken again', () => {
    const window = new PartitionWindow(0, 5n);
    expect([4n, 5n, 5n, 6n, 5n].map((offset) => window.add(offset))).toEqual([false, true, false, true, false]);
  });

  test('never is anything committed that is not handled, and in the end everything is', () => {
    const order = fc.shuffledSubarray(
      Array.from({ length: 20 }, (_, index) => index),
      { minLength: 20 },
    );
    fc.assert(
      fc.property(order, fc.integer({ min: 0, max: 20 }), (handled, before) => {
        const window = new PartitionWindow(0, 0n);
        for (let offset = 0n; offset < 20n; offset++) window.add(offset);
        for (const offset of handled.slice(0, before)) window.done(BigInt(offset));
        const left = new Set(handled.slice(before));
        const lowest = left.size === 0 ? 20 : Math.min(...left);
        expect(window.toCommit).toBe(lowest === 0 ? undefined : BigInt(lowest));
      }),
    );
  });
});

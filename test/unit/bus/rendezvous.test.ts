// Who gets which partition.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { shareOut } from '../../../src/adapters/kafka-bus/rendezvous.ts';

const ALL = Array.from({ length: 64 }, (_, partition) => partition);
const members = fc.uniqueArray(fc.uuid(), { minLength: 1, maxLength: 9 });

describe('partitions that are shared out', () => {
  test('go to one member each, whoever computes it, and nobody has more than an even share', () => {
    fc.assert(
      fc.property(members, (names) => {
        const shares = shareOut(names, 64);
        expect([...shares.values()].flat().toSorted((a, b) => a - b)).toEqual(ALL);
        expect(Math.max(...[...shares.values()].map(({ length }) => length))).toBeLessThanOrEqual(
          Math.ceil(64 / names.length),
        );
        expect(shareOut(names.toReversed(), 64)).toEqual(shares);
      }),
      { numRuns: 30 },
    );
  });

  test('stay mostly where they are when a member goes', () => {
    const before = shareOut(['a', 'b', 'c', 'd'], 64);
    const after = shareOut(['a', 'b', 'c'], 64);
    const moved = ['a', 'b', 'c'].flatMap((name) =>
      (before.get(name) ?? []).filter((each) => !after.get(name)?.includes(each)),
    );
    expect(moved.length).toBeLessThan(10);
  });

  test('go to nobody when there is nobody', () => {
    expect(shareOut([], 64).size).toBe(0);
  });
});

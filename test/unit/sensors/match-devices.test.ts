import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Claim, matchDevices } from '../../../src/sensors/match-devices.ts';

describe('devices that are shared out', () => {
  test.each<[string, readonly Claim[], readonly (readonly string[])[]]>([
    ['go to one claim in the order of its preference', [{ count: 2, suitable: ['b', 'a', 'c'] }], [['b', 'a']]],
    [
      'are never given twice',
      [
        { count: 1, suitable: ['a', 'b'] },
        { count: 1, suitable: ['a', 'b'] },
      ],
      [['a'], ['b']],
    ],
    [
      'leave one to whom only that one suits',
      [
        { count: 1, suitable: ['a', 'b'] },
        { count: 1, suitable: ['a'] },
      ],
      [['b'], ['a']],
    ],
    [
      'are passed on along a chain of claims',
      [
        { count: 1, suitable: ['a', 'b'] },
        { count: 1, suitable: ['b', 'c'] },
        { count: 1, suitable: ['a'] },
      ],
      [['b'], ['c'], ['a']],
    ],
    [
      'fall short where there are too few',
      [
        { count: 2, suitable: ['a'] },
        { count: 1, suitable: [] },
      ],
      [['a'], []],
    ],
  ])('%s', (_, claims, expected) => {
    expect(matchDevices(claims)).toEqual(expected);
  });

  const devices = ['a', 'b', 'c', 'd', 'e'];
  const claim = fc.record({ count: fc.integer({ min: 1, max: 3 }), suitable: fc.shuffledSubarray(devices) });

  test('are as many as can be, whatever suits whom', () => {
    fc.assert(
      fc.property(fc.array(claim, { maxLength: 4 }), (claims) => {
        const shared = matchDevices(claims);
        const all = shared.flat();
        expect(new Set(all).size).toBe(all.length);
        for (const [index, own] of shared.entries()) {
          expect(own.length).toBeLessThanOrEqual(claims[index]?.count ?? 0);
          expect(own.every((device) => claims[index]?.suitable.includes(device))).toBe(true);
        }
        expect(all).toHaveLength(most(claims));
      }),
      { numRuns: 300 },
    );
  });
});

/** By trying every way to give each device away. */
function most(claims: readonly Claim[], device = 0): number {
  const name = 'abcde'[device];
  if (name === undefined) return 0;
  const takers = claims.map(({ count, suitable }, index) => (count > 0 && suitable.includes(name) ? index : -1));
  const ways = takers
    .filter((index) => index >= 0)
    .map((taker) => {
      const rest = claims.map((claim, index) => (index === taker ? { ...claim, count: claim.count - 1 } : claim));
      return 1 + most(rest, device + 1);
    });
  return Math.max(most(claims, device + 1), ...ways);
}

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { RankedHeap } from '../../../src/engine/ranked-heap.ts';

type Act =
  | { readonly do: 'set'; readonly key: string; readonly rank: number }
  | { readonly do: 'delete'; readonly key: string };

const KEYS = Array.from({ length: 40 }, (_, index) => `k${index}`);

function act(): fc.Arbitrary<Act> {
  const key = fc.constantFrom(...KEYS);
  const rank = fc.oneof(
    fc.integer({ min: -5, max: 5 }),
    fc.double({ noNaN: true }).map((value) => value + 0),
    fc.constant(Infinity),
  );
  return fc.oneof(
    { weight: 5, arbitrary: fc.record({ do: fc.constant('set' as const), key, rank }) },
    { weight: 4, arbitrary: fc.record({ do: fc.constant('delete' as const), key }) },
  );
}

test('whatever is set, moved and taken out, all come in order of their ranks', () => {
  fc.assert(
    fc.property(fc.array(act(), { maxLength: 300 }), (acts) => {
      const [heap, model] = [new RankedHeap(), new Map<string, number>()];
      for (const each of acts) {
        if (each.do === 'set') {
          heap.set(each.key, each.rank);
          model.set(each.key, each.rank);
        } else {
          heap.delete(each.key);
          model.delete(each.key);
        }
        expect(heap.size).toBe(model.size);
        expect(heap.peek()?.rank).toBe(model.size === 0 ? undefined : Math.min(...model.values()));
      }
      agree(heap, model);
    }),
    { numRuns: 300 },
  );
});

function agree(heap: RankedHeap, model: ReadonlyMap<string, number>): void {
  const all = [...heap.ascending()];
  expect(all.map(({ rank }) => rank)).toEqual([...model.values()].toSorted(ascending));
  expect(new Map(all.map(({ key, rank }) => [key, rank]))).toEqual(model);
  for (const key of KEYS) expect(heap.get(key)).toBe(model.get(key));
}

function ascending(a: number, b: number): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

test('what once held thousands holds a few as well, and thousands again', () => {
  const heap = new RankedHeap();
  for (let round = 0; round < 3; round++) {
    for (let index = 0; index < 5000; index++) heap.set(`k${index}`, (index * 7919) % 5003);
    for (let index = 0; index < 4990; index++) heap.delete(`k${index}`);
    expect([...heap.ascending()].map(({ key }) => key)).toEqual(lastTen());
  }
  expect(heap.peek()?.key).toBe(lastTen()[0]);
});

function lastTen(): readonly string[] {
  const rank = (key: string) => (Number(key.slice(1)) * 7919) % 5003;
  return Array.from({ length: 10 }, (_, index) => `k${4990 + index}`).toSorted((a, b) => rank(a) - rank(b));
}

test('one that is set to the rank that it has stays where it is', () => {
  const heap = new RankedHeap();
  for (const key of ['a', 'b', 'c']) heap.set(key, 1);
  heap.set('b', 1);
  heap.delete('a');
  heap.delete('nobody');
  expect([...heap.ascending()].map(({ key }) => key).toSorted()).toEqual(['b', 'c']);
});

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { AlarmHeap } from '../../../src/engine/alarm-heap.ts';

type Act =
  | { readonly do: 'set'; readonly key: string; readonly at: number }
  | { readonly do: 'delete'; readonly key: string }
  | { readonly do: 'due'; readonly now: number };

const KEYS = Array.from({ length: 12 }, (_, index) => `k${index}`);

function act(): fc.Arbitrary<Act> {
  const key = fc.constantFrom(...KEYS);
  const at = fc.integer({ min: 0, max: 30 });
  return fc.oneof(
    { weight: 6, arbitrary: fc.record({ do: fc.constant('set' as const), key, at }) },
    { weight: 3, arbitrary: fc.record({ do: fc.constant('delete' as const), key }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('due' as const), now: at }) },
  );
}

test('whatever is set, moved and taken out, the heap gives what a sorted map would', () => {
  fc.assert(
    fc.property(fc.array(act(), { maxLength: 200 }), (acts) => {
      const heap = new AlarmHeap();
      const model = new Map<string, number>();
      for (const act of acts) {
        step(heap, model, act);
        agree(heap, model);
      }
      const rest = [...heap.due(Infinity)].map(({ at }) => at);
      expect(rest).toEqual([...model.values()].toSorted((a, b) => a - b));
      expect(heap.size).toBe(0);
    }),
    { numRuns: 300 },
  );
});

function step(heap: AlarmHeap, model: Map<string, number>, act: Act): void {
  if (act.do === 'set') {
    heap.set(act.key, act.at);
    model.set(act.key, act.at);
  } else if (act.do === 'delete') {
    heap.delete(act.key);
    model.delete(act.key);
  } else {
    const due = [...heap.due(act.now)];
    expect(due.map(({ at }) => at)).toEqual(due.map(({ at }) => at).toSorted((a, b) => a - b));
    const expected = [...model].filter(([, at]) => at <= act.now).map(([key, at]) => `${key}@${at}`);
    expect(due.map(({ key, at }) => `${key}@${at}`).toSorted()).toEqual(expected.toSorted());
    for (const { key } of due) model.delete(key);
  }
}

function agree(heap: AlarmHeap, model: ReadonlyMap<string, number>): void {
  expect(heap.size).toBe(model.size);
  expect(heap.peek()?.at).toBe(model.size === 0 ? undefined : Math.min(...model.values()));
  for (const key of KEYS) expect(heap.get(key)).toBe(model.get(key));
}

test('an alarm that is set while due ones are taken out is given in the same go when it is due too', () => {
  const heap = new AlarmHeap();
  heap.set('a', 1);
  const seen: string[] = [];
  for (const { key } of heap.due(10)) {
    seen.push(key);
    if (key === 'a') heap.set('b', 5);
  }
  expect(seen).toEqual(['a', 'b']);
});

test('twenty thousand alarms are set, moved and taken out in well under a second', () => {
  const heap = new AlarmHeap();
  const started = performance.now();
  for (let index = 0; index < 20_000; index++) heap.set(`k${index}`, (index * 7919) % 20_011);
  for (let index = 0; index < 20_000; index++) heap.set(`k${index}`, (index * 104_729) % 20_011);
  for (let index = 0; index < 20_000; index += 2) heap.delete(`k${index}`);
  expect([...heap.due(Infinity)]).toHaveLength(10_000);
  expect(performance.now() - started).toBeLessThan(1000);
});

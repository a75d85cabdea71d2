// The scheduler's heap against a plain sorted list, over many long random histories.
import { array, assert, constant, constantFrom, integer, oneof, property, record } from 'fast-check';
import { it } from 'vitest';
import { AlarmHeap } from '../../src/engine/alarm-heap.ts';

const key = integer({ min: 0, max: 60 }).map((number) => `job:${number}`);
const at = integer({ min: 0, max: 500 });
const act = oneof(
  record({ what: constantFrom('set' as const), key, at }),
  record({ what: constantFrom('delete' as const), key, at: constant(0) }),
  record({ what: constantFrom('ring' as const), key: constant(''), at }),
);

it('rings every alarm once, in order, whatever is set and taken away between', () => {
  const history = array(act, { minLength: 200, maxLength: 2000 });
  assert(
    property(history, (acts) => {
      const heap = new AlarmHeap();
      const model = new Map<string, number>();
      for (const each of acts) step(heap, model, each);
    }),
    { numRuns: 2000 },
  );
});

function step(heap: AlarmHeap, model: Map<string, number>, each: { what: string; key: string; at: number }): void {
  if (each.what === 'set') {
    heap.set(each.key, each.at);
    model.set(each.key, each.at);
  } else if (each.what === 'delete') {
    heap.delete(each.key);
    model.delete(each.key);
  } else {
    ring(heap, model, each.at);
  }
  const earliest = model.size === 0 ? undefined : Math.min(...model.values());
  if (heap.size !== model.size) throw new Error(`the heap holds ${heap.size} alarms, expected ${model.size}`);
  if (heap.peek()?.at !== earliest) throw new Error(`the next alarm is at ${heap.peek()?.at}, expected ${earliest}`);
}

function ring(heap: AlarmHeap, model: Map<string, number>, now: number): void {
  const rung = [...heap.due(now)];
  const expected = [...model].filter(([, at]) => at <= now);
  const inOrder = rung.every((alarm, index) => index === 0 || (rung[index - 1]?.at ?? 0) <= alarm.at);
  const asSet = rung.every((alarm) => model.get(alarm.key) === alarm.at);
  if (rung.length !== expected.length || !inOrder || !asSet) throw new Error(`at ${now} rang ${JSON.stringify(rung)}`);
  for (const { key } of rung) model.delete(key);
}

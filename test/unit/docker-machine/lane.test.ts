// Bounds on what runs at a time.
import { expect, test } from 'vitest';
import { Lane } from '../../../src/adapters/docker-machine/lane.ts';

const never = new AbortController().signal;

test('no more than its places are taken at a time, and who waited first enters first', async () => {
  const lane = new Lane({ places: 2, mayWait: 10 });
  const order: string[] = [];
  const [first, second] = [await lane.enter(never), await lane.enter(never)];
  const enterAs = async (name: string) => {
    const leave = await lane.enter(never);
    order.push(name);
    return leave;
  };
  const [third, fourth] = [enterAs('third'), enterAs('fourth')];
  await Promise.resolve();
  expect(order).toEqual([]);
  first?.();
  first?.();
  (await third)?.();
  await fourth;
  expect(order).toEqual(['third', 'fourth']);
  second?.();
});

test('who gives up leaves the queue, and its place goes to the next', async () => {
  const lane = new Lane({ places: 1, mayWait: 10 });
  const stop = new AbortController();
  const leave = await lane.enter(never);
  const impatient = lane.enter(stop.signal);
  const patient = lane.enter(never);
  stop.abort(new Error('too long'));
  await expect(impatient).rejects.toThrow('too long');
  leave?.();
  (await patient)?.();
  expect(await lane.enter(never)).toBeDefined();
});

test('a full queue is said at once', async () => {
  const lane = new Lane({ places: 1, mayWait: 1 });
  await lane.enter(never);
  void lane.enter(never);
  expect(await lane.enter(never)).toBeUndefined();
});

test('who has given up already never enters', async () => {
  await expect(new Lane({ places: 1, mayWait: 1 }).enter(AbortSignal.abort(new Error('gone')))).rejects.toThrow('gone');
});

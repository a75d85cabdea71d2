// Counts that are dear are remembered for a while; those that are not are always new.
import { expect, test } from 'vitest';
import { SparingCounts } from '../../../src/api/sparing-counts.ts';

function countsTaking(tookMs: number) {
  let [nowMs, asked] = [1000, 0];
  const counts = new SparingCounts({ monotonic: () => nowMs });
  const ask = async () => {
    nowMs += tookMs;
    return ++asked;
  };
  const pass = (ms: number) => {
    nowMs += ms;
  };
  return { look: () => counts.of('waiting', ask), pass };
}

test('a count that took no time is made anew each time', async () => {
  const { look } = countsTaking(0);
  expect([await look(), await look()]).toEqual([1, 2]);
});

test('a count that took 4 ms stands for 80 ms, so that counting takes a twentieth of the time', async () => {
  const { look, pass } = countsTaking(4);
  const seen = [await look()];
  pass(79);
  seen.push(await look());
  pass(1);
  seen.push(await look());
  expect(seen).toEqual([1, 1, 2]);
});

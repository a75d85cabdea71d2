// The platform's loop in 300 simulated worlds, and that a world is the same whenever its seed is.
import { expect, test } from 'vitest';
import { failureText } from './failure-text.ts';
import { runMany } from './run-many.ts';
import { type Outcome, runSeed } from './run-seed.ts';

const SEEDS = 300;
const LIMIT_MS = 300_000;

test(`${SEEDS} seeds: no rule is broken, and every platform comes to rest`, { timeout: LIMIT_MS }, async () => {
  const failures: string[] = [];
  const onOutcome = (outcome: Outcome) => {
    if (outcome.violation) failures.push(failureText(outcome, 30));
  };
  await runMany({ from: 1, count: SEEDS, onOutcome });
  expect(failures.join('\n\n')).toBe('');
});

test('a seed gives the same trace every time, whatever ran before it', { timeout: LIMIT_MS }, async () => {
  const seeds = [3, 7, 11, 19, 23];
  const once = await digestsOf(seeds);
  const again = await digestsOf(seeds.toReversed());
  expect(again.toReversed()).toEqual(once);
  expect(new Set(once).size).toBe(seeds.length);
});

async function digestsOf(seeds: readonly number[]): Promise<readonly string[]> {
  const digests: string[] = [];
  for (const seed of seeds) digests.push((await runSeed(seed)).digest);
  return digests;
}

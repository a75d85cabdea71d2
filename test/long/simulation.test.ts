// Many more seeds than an ordinary run has time for.
import { expect, test } from 'vitest';
import { failureText } from '../sim/failure-text.ts';
import { runMany } from '../sim/run-many.ts';

const SEEDS = 500;
/** Behind those of an ordinary run. */
const FROM = 301;
const LIMIT_MS = 1_800_000;

test(`${SEEDS} further seeds: no rule is broken, and every platform comes to rest`, { timeout: LIMIT_MS }, async () => {
  const failures: string[] = [];
  await runMany({
    from: FROM,
    count: SEEDS,
    onOutcome: (outcome) => {
      if (outcome.violation) failures.push(failureText(outcome, 30));
    },
  });
  expect(failures.join('\n\n')).toBe('');
});

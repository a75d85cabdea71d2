// Bugs that are planted are found: the rules of the simulated world are known to bite.
import { expect, test } from 'vitest';
import { PLANTED_BUGS } from '../sim/planted-bugs.ts';
import { runSeed } from '../sim/run-seed.ts';

const SEEDS = 1000;
const LIMIT_MS = 600_000;

test.each(Object.entries(PLANTED_BUGS))('%s', { timeout: LIMIT_MS }, async (_, mutation) => {
  let seed = 0;
  let found: string | undefined;
  while (!found && seed < SEEDS) found = (await runSeed(++seed, { mutation })).violation;
  expect(found, `not found within ${SEEDS} seeds`).toBeDefined();
});

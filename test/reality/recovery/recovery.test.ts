// The platform dies with SIGKILL before and after writes and acts, chosen by chance from those that a run of the script passes, and is
// started again: nothing is lost, nothing doubled, nothing left. `test/long/recovery.test.ts` does it at every third place,
// `test/whole/recovery.test.ts` at every one.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { chanceOf, chosen, faultInWords, firstPassings, inOrder, laterPassings } from './fault.ts';
import { killAtEach } from './kill-at-each.ts';
import { RecoveryWorld } from './recovery-world.ts';

const SAMPLE = { firstStart: 1, first: 4, later: 2 };

let world: RecoveryWorld;

beforeAll(async () => {
  world = await RecoveryWorld.open();
});

afterAll(() => world.close());

test('a platform that is killed anywhere goes on where it was', async () => {
  const seed = Number(process.env.BERTH_TEST_SEED ?? Date.now() % 1_000_000);
  const random = chanceOf(seed);
  const start = await world.firstStart([]);
  const life = await world.lives([]);
  expect([...start.problems, ...life.problems]).toEqual([]);
  const starts = chosen(firstPassings(start.trace), SAMPLE.firstStart, random);
  const lives = [
    ...chosen(firstPassings(life.trace), SAMPLE.first, random),
    ...chosen(laterPassings(life.trace, random), SAMPLE.later, random),
  ];
  process.stdout.write(`BERTH_TEST_SEED=${seed}: ${[...starts, ...lives].map(faultInWords).join(', ')}\n`);
  const sample = { triesAlone: 0, say: () => {} };
  const died = [
    await killAtEach({ ...sample, story: world.firstStart, faults: starts, deaths: 2, lanes: 1 }),
    await killAtEach({ ...sample, story: world.lives, faults: inOrder(lives, life.trace), deaths: 3, lanes: 2 }),
  ];
  expect(died.flatMap(({ problems }) => problems)).toEqual([]);
  expect(died.flatMap(({ killed }) => killed).length).toBeGreaterThan(lives.length / 2);
}, 720_000);

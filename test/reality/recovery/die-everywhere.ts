// The tests of recovery at every place: the platform dies with SIGKILL before and after every write and every act that runs of the
// stories pass, at the first passing and at a later one, and amid every act; it is started again each time. See docs/recovery.md.
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  amidActs,
  chanceOf,
  everyNth,
  type Fault,
  faultInWords,
  firstPassings,
  inOrder,
  laterPassings,
} from './fault.ts';
import { killAtEach } from './kill-at-each.ts';
import { RecoveryWorld, type RunReport, type Story } from './recovery-world.ts';

/** How much is done. */
export interface Share {
  /** Every n-th place of each story is died at; the seed says with which one it begins, so that n seeds in a row come to all. */
  readonly nth: number;
  /** Time for each test, in ms. */
  readonly withinMs: number;
}

const SETTLED = { deaths: 4, lanes: 3, triesAlone: 2, say };
/** Which places a run passes depends a little on its timing: this part of them may not be come to again. */
const MISSED_AT_MOST = 0.05;

/** Declares the tests. `BERTH_TEST_SEED` repeats a run. */
export function dieEverywhere({ nth, withinMs }: Share): void {
  const seed = Number(process.env.BERTH_TEST_SEED ?? Date.now() % 1_000_000);
  const random = chanceOf(seed);
  const beganAt = performance.now();
  let deaths = 0;
  let world: RecoveryWorld;
  let [start, build, lives] = [unplayed, unplayed, unplayed];

  beforeAll(async () => {
    say(`BERTH_TEST_SEED=${seed}`);
    world = await RecoveryWorld.open();
    start = await world.firstStart([]);
    build = await world.build([]);
    lives = await world.lives([]);
  });

  afterAll(async () => {
    await world.close();
    say(`the platform died ${deaths} times in ${((performance.now() - beganAt) / 60_000).toFixed(1)} minutes`);
  });

  const survives = async (name: string, story: Story, all: readonly Fault[]): Promise<void> => {
    const faults = everyNth(all, nth, seed);
    const { killed, unreached, problems } = await killAtEach({ ...SETTLED, story, faults });
    deaths += killed.length;
    say(
      `${name}: ${faults.length} of ${all.length} places, killed at ${killed.length}, not come to: ${unreached.map(faultInWords)}`,
    );
    expect(problems).toEqual([]);
    expect(unreached.length).toBeLessThanOrEqual(Math.ceil(faults.length * MISSED_AT_MOST));
  };

  const options = { timeout: withinMs };

  test('nothing is wrong when nobody kills the platform', () => {
    expect([start, build, lives].flatMap(({ problems }) => problems)).toEqual([]);
  });

  test('a first start goes on wherever the platform is killed', options, async () => {
    await survives('first start', world.firstStart, firstPassings(start.trace));
  });

  test('the making of an image goes on wherever the platform is killed', options, async () => {
    const elsewhere = new Set([...start.trace, ...lives.trace]);
    const own = firstPassings(build.trace).filter(({ place }) => !elsewhere.has(place));
    await survives('build', world.build, own);
  });

  test('instances live on wherever the platform is killed', options, async () => {
    await survives('lives', world.lives, firstPassings(lives.trace));
  });

  test('instances live on wherever the platform is killed later', options, async () => {
    await survives('lives, later', world.lives, inOrder(laterPassings(lives.trace, random), lives.trace));
  });

  test.each([
    ['a first start', () => [world.firstStart, start] as const],
    ['the making of an image', () => [world.build, build] as const],
    ['a life', () => [world.lives, lives] as const],
  ])('%s goes on when the platform is killed amid an act', options, async (name, played) => {
    const [story, { trace }] = played();
    await survives(`${name}, amid acts`, story, inOrder(amidActs(trace, random), trace));
  });
}

const unplayed: RunReport = { trace: [], reached: [], problems: ['it was not played'] };

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

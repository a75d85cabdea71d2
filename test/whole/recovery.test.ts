// The platform dies with SIGKILL before and after every write and every act that runs of the stories pass, at the first passing and at a
// later one, and amid every act; it is started again each time. See docs/recovery.md.
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  amidActs,
  chanceOf,
  type Fault,
  faultInWords,
  firstPassings,
  inOrder,
  laterPassings,
} from '../reality/recovery/fault.ts';
import { killAtEach } from '../reality/recovery/kill-at-each.ts';
import { RecoveryWorld, type RunReport, type Story } from '../reality/recovery/recovery-world.ts';

const WITHIN_MS = 1_200_000;

const seed = Number(process.env.BERTH_TEST_SEED ?? Date.now() % 1_000_000);
const random = chanceOf(seed);
let world: RecoveryWorld;
let start: RunReport;
let build: RunReport;
let lives: RunReport;

beforeAll(async () => {
  say(`BERTH_TEST_SEED=${seed}`);
  world = await RecoveryWorld.open();
  start = await world.firstStart([]);
  build = await world.build([]);
  lives = await world.lives([]);
});

afterAll(() => world.close());

test('nothing is wrong when nobody kills the platform', () => {
  expect([start, build, lives].flatMap(({ problems }) => problems)).toEqual([]);
});

test('a first start goes on wherever the platform is killed', { timeout: WITHIN_MS }, async () => {
  await survives('first start', world.firstStart, firstPassings(start.trace));
});

test('the making of an image goes on wherever the platform is killed', { timeout: WITHIN_MS }, async () => {
  const elsewhere = new Set([...start.trace, ...lives.trace]);
  const own = firstPassings(build.trace).filter(({ place }) => !elsewhere.has(place));
  await survives('build', world.build, own);
});

test('instances live on wherever the platform is killed', { timeout: WITHIN_MS }, async () => {
  await survives('lives', world.lives, firstPassings(lives.trace));
});

test('instances live on wherever the platform is killed later', { timeout: WITHIN_MS }, async () => {
  await survives('lives, later', world.lives, inOrder(laterPassings(lives.trace, random), lives.trace));
});

test.each([
  ['a first start', () => [world.firstStart, start] as const],
  ['the making of an image', () => [world.build, build] as const],
  ['a life', () => [world.lives, lives] as const],
])('%s goes on when the platform is killed amid an act', { timeout: WITHIN_MS }, async (name, played) => {
  const [story, { trace }] = played();
  await survives(`${name}, amid acts`, story, inOrder(amidActs(trace, random), trace));
});

/** Which places a run passes depends a little on its timing: a few may not be come to again. */
async function survives(name: string, story: Story, faults: readonly Fault[]): Promise<void> {
  const { killed, unreached, problems } = await killAtEach({ story, faults, deaths: 4, lanes: 3, triesAlone: 2, say });
  say(`${name}: ${faults.length} places, killed at ${killed.length}, not come to: ${unreached.map(faultInWords)}`);
  expect(problems).toEqual([]);
  expect(unreached.length).toBeLessThanOrEqual(Math.ceil(faults.length * 0.05));
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

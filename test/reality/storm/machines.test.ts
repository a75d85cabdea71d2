// A platform that the initializer spread over three machines, with a database and brokers elsewhere and three nodes, under a load of schedules
// of several kinds, while from a seed its processes are killed and stopped, its machines lose their power, their network or the way to the
// database, and nodes do too. Every occurrence that was due becomes one job, or is recorded with the reason why not; an application that must
// run exactly once never runs twice; and when the storm is over everything is quiet and right.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { SimRandom } from '../../../src/sim/sim-random.ts';
import { ComponentProcess } from '../machines/component-process.ts';
import { MachinesSite } from '../machines/machines-site.ts';
import { onceBeats, pushOnce } from '../spine/once.ts';
import { QUICK } from '../spine/story.ts';
import { expectNothingLeft, expectQuiet, expectWhole } from './judge.ts';
import { type Blow, cableBlow, nodeBlow, oneOf, powerBlow, rage, stillBlow, stormPlan } from './storm.ts';

const { seed, lastsMs } = stormPlan(90);
const ON_FLEET = { place: { labels: { fleet: 'yes' } }, restart: QUICK };
/** Shorter than most blows, so that the application is taken over. */
const LEASE_MS = 6000;

const site = new MachinesSite();
const first = { at: 0 };

/** Schedules with a beat of so many seconds, and what becomes of what is due meanwhile. */
const BEATS = [
  { name: 'often', every: 4, schedule: { kind: 'interval', every: '4s' }, overlap: 'allow' },
  { name: 'queued', every: 6, schedule: { kind: 'interval', every: '6s' }, overlap: 'queue' },
  { name: 'by-clock', every: 5, schedule: { kind: 'cron', expression: '*/5 * * * * *' }, overlap: 'allow' },
  { name: 'skipping', every: 10, schedule: { kind: 'cron', expression: '*/10 * * * * *' }, overlap: 'skip' },
  { name: 'all-of-them', every: 12, schedule: { kind: 'interval', every: '12s' }, overlap: 'allow', missed: 'run-all' },
] as const;

beforeAll(async () => {
  await site.begin({ nodes: 3, settings: { BERTH_LEASE: String(LEASE_MS) } });
  await pushOnce(site.story.client);
  await bringImages();
  // At a full minute's tenth, so that clocks and intervals begin with the same instant.
  first.at = Math.ceil((Date.now() + 10_000) / 60_000) * 60_000;
  first.at -= Math.floor((first.at - Date.now() - 10_000) / 10_000) * 10_000;
  const bounds = { start: new Date(first.at).toISOString(), end: new Date(first.at + lastsMs).toISOString() };
  for (const { name, schedule, every: _, ...policies } of BEATS)
    await site.story.create(name, 'results', { ...ON_FLEET, schedule: { ...schedule, ...bounds }, ...policies });
  const once = { kind: 'once', at: new Date(first.at + lastsMs / 2).toISOString() };
  await site.story.create('single', 'results', { ...ON_FLEET, schedule: once });
  const always = { ...ON_FLEET, application: 'once', grace: '1s', schedule: { kind: 'continuous', ...bounds } };
  await site.story.create('only-one', 'beat', always);
}, 400_000);

/** To every node, so that the storm meets work, and not the making of images alone. */
async function bringImages(): Promise<void> {
  const { story } = site;
  await story.create('everywhere', 'ticker', { ...ON_FLEET, copies: 3 });
  await story.create('once-everywhere', 'beat', { ...ON_FLEET, application: 'once', copies: 3, grace: '1s' });
  for (const name of ['everywhere', 'once-everywhere']) {
    const { id, slots } = await story.running(name, 120_000);
    expect(new Set(slots.map(({ node }) => node)).size).toBe(3);
    await story.stop(id);
  }
  for (const name of ['everywhere', 'once-everywhere']) await story.ended(name);
}

afterAll(() => site.end(), 270_000);

function machineBlow(random: SimRandom): Blow {
  const index = Math.floor(random.between(0, site.ground.machines.length));
  const machine = oneOf(random, site.ground.machines.slice(index, index + 1));
  const [name, which] = [`m${index}`, random.between(0, 12)];
  const component = new ComponentProcess(machine, { component: `berth-${name}` });
  const supervisor = new ComponentProcess(machine, 'supervisor');
  if (which < 3)
    return { what: `the component of ${name} is killed`, strike: () => component.kill(), mend: () => undefined };
  if (which < 5) return stillBlow(component, `the component of ${name}`);
  if (which < 6)
    return { what: `the supervisor of ${name} is killed`, strike: () => supervisor.kill(), mend: () => undefined };
  if (which < 7) return stillBlow({ pause: () => machine.freeze(), resume: () => machine.thaw() }, name);
  if (which < 9) return powerBlow(machine, name);
  if (which < 10) return cableBlow(machine, name);
  const { outside } = site.ground;
  const [strike, mend] = [() => machine.cutFrom(outside), () => machine.restoreTo(outside)];
  return { what: `${name} loses the way to the database and the brokers`, strike, mend };
}

function groundBlow(random: SimRandom): Blow {
  const { kafka, mariadb, nodes } = site.ground;
  const which = random.between(0, 10);
  if (which < 7) return nodeBlow(random, nodes);
  return which < 9 ? stillBlow(kafka, 'the broker') : stillBlow(mariadb, 'the database');
}

test(`nothing that was due is lost or doubled in a storm over machines (seed ${seed})`, async () => {
  const untilAt = first.at + lastsMs;
  const random = new SimRandom(seed);
  // Two things may be wrong at once: one with the platform's machines, one with what they stand on or look after.
  await Promise.all([
    rage(random.fork('machines'), untilAt, machineBlow),
    rage(random.fork('ground'), untilAt, groundBlow),
  ]);
  await site.reconnect();
  try {
    await expectRight(untilAt);
  } catch (error) {
    process.stdout.write(`${await site.report()}\n`);
    throw error;
  }
}, 900_000);

async function expectRight(untilAt: number): Promise<void> {
  const { story } = site;
  for (const { name: instance, every } of BEATS)
    await expectQuiet(story, { instance, firstAt: first.at, everyMs: every * 1000, untilAt });
  const single = first.at + lastsMs / 2;
  await expectQuiet(story, { instance: 'single', firstAt: single, everyMs: 1000, untilAt: single + 1 });
  await expectQuiet(story, { instance: 'only-one', firstAt: first.at, everyMs: lastsMs, untilAt });
  await expectNeverTwo();
  await expectNothingLeft(site.ground.nodes);
  await expectWhole(story, site.ground.machines.length);
}

/** All servers share this machine's clock, so that what copies printed can be compared. */
async function expectNeverTwo(): Promise<void> {
  const [job] = await site.story.jobs('only-one');
  const beats = onceBeats(await site.story.text(job?.id ?? ''));
  const lives = Map.groupBy(beats, ({ attempt }) => attempt);
  const spans = [...lives.values()].map((life) => life.map(({ at }) => at)).map((at) => [at.at(0), at.at(-1)] as const);
  const { state, reason, tasks } = await site.story.client.call('showJob', { params: { job: job?.id ?? '' } });
  const attempts = tasks.map((task) => `${task.attempt} ${task.state}: ${task.reason}`);
  process.stdout.write(
    `only-one: ${state} (${reason}), ${spans.length} copies, ${beats.length} beats; ${attempts.join('; ')}\n`,
  );
  expect(spans.length, attempts.join('; ')).toBeGreaterThan(0);
  const inOrder = spans.toSorted(([a = 0], [b = 0]) => a - b);
  for (const [index, [, end = 0]] of inOrder.entries())
    expect(end, JSON.stringify(inOrder)).toBeLessThan(inOrder[index + 1]?.[0] ?? Number.POSITIVE_INFINITY);
}

// A platform of six processes, three of a kind on each of what would be three machines, under a load of schedules, while from a seed its processes are
// killed and paused, the broker stands still, and nodes lose their power and their network. Every occurrence that was due becomes one job, or is
// recorded with the reason why not; when the storm is over everything is quiet and right.
import { beforeAll, test } from 'vitest';
import { SimRandom } from '../../src/sim/sim-random.ts';
import { spreadSite } from '../reality/roles/spread-site.ts';
import { QUICK } from '../reality/spine/story.ts';
import { expectNothingLeft, expectQuiet, expectWhole } from '../reality/storm/judge.ts';
import { type Blow, nodeBlow, oneOf, rage, stillBlow, stormPlan } from '../reality/storm/storm.ts';

const { seed, lastsMs } = stormPlan(90);
const INSTANCES = 6;
const EVERY_MS = 3000;

const THINKS = ['scheduler', 'deployment', 'servers'];
const ACTS = ['nodes', 'sensors', 'monitoring'];

const site = spreadSite({ front: ['api'], think1: THINKS, think2: THINKS, act1: ACTS, act2: ACTS, act3: ACTS }, 3);
const firstAt = { at: 0 };

beforeAll(async () => {
  firstAt.at = Math.ceil((Date.now() + 10_000) / 1000) * 1000;
  const start = new Date(firstAt.at).toISOString();
  const end = new Date(firstAt.at + lastsMs).toISOString();
  const schedule = { kind: 'interval', every: `${EVERY_MS / 1000}s`, start, end };
  const place = { labels: { fleet: 'yes' } };
  for (let index = 0; index < INSTANCES; index++)
    await site.story.create(`beat-${index}`, 'results', { place, restart: QUICK, schedule, overlap: 'allow' });
}, 180_000);

function processBlow(random: SimRandom): Blow {
  const victim = oneOf(
    random,
    site.processes.filter(({ name }) => name !== 'front'),
  );
  if (random.chance(0.5))
    return { what: `${victim.name} is killed`, strike: () => victim.kill(), mend: () => victim.start() };
  return stillBlow(victim, victim.name);
}

function nextBlow(random: SimRandom): Blow {
  const which = random.between(0, 10);
  if (which < 6) return processBlow(random);
  return which < 9 ? nodeBlow(random, site.servers) : stillBlow(site.kafka, 'the broker');
}

test(`nothing that was due is lost or doubled in a storm (seed ${seed})`, async () => {
  const untilAt = firstAt.at + lastsMs;
  await rage(new SimRandom(seed), untilAt, nextBlow);
  for (let index = 0; index < INSTANCES; index++)
    await expectQuiet(site.story, { instance: `beat-${index}`, firstAt: firstAt.at, everyMs: EVERY_MS, untilAt });
  await expectNothingLeft(site.servers);
  await expectWhole(site.story, site.processes.length);
}, 900_000);

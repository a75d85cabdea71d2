// A node loses power: how long until its applications print their first line elsewhere, beside `docker run` and Docker Swarm.
import { taskId } from '../../src/model/job.ts';
import { STAMP_SCRIPT, STAY_SCRIPT } from '../application.ts';
import { dockerRunMs } from '../docker-run.ts';
import { FirstLines, FleetSite, freshName } from '../fleet-site.ts';
import { figure, type Measure, type Part, type PartContext } from '../measure.ts';
import { median } from '../statistics.ts';
import { beginSwarm, runService, serviceMovesMs } from '../swarm.ts';
import { wallNow } from '../wall-clock.ts';

const SERVERS = 3;
const WITHIN_MS = 120_000;
/** On top of `docker run`: four seconds of silence until a node is lost, and one for everything else. */
const MOST_MORE_MS = 5000;
const MANY = 50;
const MOST_OF_MANY = 3;

/** One application, and fifty at once, of a node whose power is cut. */
export const failoverPart: Part = {
  name: 'failover',
  run: async (context) => {
    const site = await FleetSite.open(SERVERS);
    try {
      return [await one(site, context), await many(site, context)];
    } finally {
      await site.close();
    }
  },
};

async function one(site: FleetSite, { rounds, say }: PartContext): Promise<Measure> {
  const [ours, floor, swarm]: [number[], number[], number[]] = [[], [], []];
  for (let round = 1; round <= rounds; round++) {
    const { ms, image } = await oursMoves(site, floor);
    ours.push(ms);
    swarm.push(await swarmMoves(site, image));
    say(
      `${round}/${rounds}: ours ${ms.toFixed(0)} ms, run ${floor.at(-1)?.toFixed(0)} ms, Swarm ${swarm.at(-1)?.toFixed(0)} ms`,
    );
  }
  const most = MOST_MORE_MS + median(floor);
  return {
    name: 'node powered off to first line of its task elsewhere',
    unit: 'ms',
    ours: figure(ours),
    floor: figure(floor),
    floorName: 'docker run',
    goal: { words: `≤ docker run + ${MOST_MORE_MS / 1000} s`, met: median(ours) <= most },
    note: `Docker Swarm on the same servers: ${(median(swarm) / 1000).toFixed(1)} s`,
  };
}

interface Move {
  readonly ms: number;
  /** The image that ran, by an id that every server knows. */
  readonly image: string;
}

async function oursMoves(site: FleetSite, floor: number[]): Promise<Move> {
  const name = freshName('one');
  await site.continuous(name, 1);
  const { id, slots } = await site.story.running(name);
  const node = slots[0]?.node ?? '';
  const elsewhere = site.others(node);
  const first = await FirstLines.open(elsewhere);
  try {
    const cutAt = wallNow();
    const [, at] = await Promise.all([site.server(node).powerOff(), first.of(taskId(id, 0, 2), WITHIN_MS)]);
    const there = await site.story.running(name);
    const runner = site.server(there.slots[0]?.node ?? '');
    const { Config } = await runner.docker.getContainer(taskId(id, 0, 2)).inspect();
    floor.push(await dockerRunMs({ docker: runner.docker, like: taskId(id, 0, 2), script: STAMP_SCRIPT }));
    return { ms: at - cutAt, image: Config.Image };
  } finally {
    first.close();
    await restored(site, node);
    await site.story.stop(id);
    await site.story.ended(name);
  }
}

async function restored(site: FleetSite, node: string): Promise<void> {
  await site.server(node).powerOn();
  await site.story.nodeIs(node, ({ state, load }) => state === 'ready' && load !== null);
}

/** A swarm of the same servers, made and left each time, so that Berth's rounds run on plain engines. */
async function swarmMoves(site: FleetSite, image: string): Promise<number> {
  const manager = await beginSwarm(site.servers);
  const workers = site.servers.filter((server) => server !== manager);
  const name = freshName('swarm');
  const from = await runService(manager, workers, { name, image, script: STAY_SCRIPT });
  try {
    return await serviceMovesMs(
      from,
      workers.filter((server) => server !== from),
      name,
    );
  } finally {
    await restored(site, from.name);
    await manager.docker.getService(name).remove();
    for (const { docker } of site.servers) await docker.swarmLeave({ force: true });
  }
}

/** Fifty of a node that is lost run elsewhere, beside fifty that are started by hand. */
async function many(site: FleetSite, { say }: PartContext): Promise<Measure> {
  const [victim = '', other = ''] = site.servers.map((server) => server.name);
  await site.story.client.call('drainNode', { params: { node: other } });
  const byHand = await startMany(site, freshName('by-hand'));
  await site.story.client.call('undrainNode', { params: { node: other } });
  const others = site.servers.slice(1).map((server) => server.name);
  for (const node of others) await site.story.client.call('drainNode', { params: { node } });
  const name = freshName('many');
  await site.continuous(name, MANY);
  await site.story.running(name);
  for (const node of others) await site.story.client.call('undrainNode', { params: { node } });
  const cutAt = performance.now();
  await site.server(victim).powerOff();
  await site.story.jobOf(
    name,
    ({ slots, tasks }) =>
      slots.every(
        (slot) => slot.node !== victim && tasks.some((task) => task.id === slot.task && task.state === 'running'),
      ),
    WITHIN_MS * 3,
  );
  const ms = performance.now() - cutAt;
  say(`${MANY}: ours ${ms.toFixed(0)} ms, by hand ${byHand.toFixed(0)} ms`);
  return {
    name: `${MANY} applications of a node that was powered off run elsewhere`,
    unit: 'ms',
    ours: figure([ms]),
    floor: figure([byHand]),
    floorName: `starting ${MANY} by hand`,
    goal: { words: `≤ ${MOST_OF_MANY} ×`, met: ms <= MOST_OF_MANY * byHand },
    note: 'one round; over two servers, as many as are left',
  };
}

/** Milliseconds from the request of that many copies until all run; they are ended afterwards. */
async function startMany(site: FleetSite, name: string): Promise<number> {
  const askedAt = performance.now();
  await site.continuous(name, MANY);
  const { id } = await site.story.jobOf(
    name,
    ({ slots, tasks }) =>
      slots.length === MANY &&
      slots.every((slot) => tasks.some((task) => task.id === slot.task && task.state === 'running')),
    WITHIN_MS * 3,
  );
  const ms = performance.now() - askedAt;
  await site.story.stop(id);
  await site.story.ended(name);
  return ms;
}

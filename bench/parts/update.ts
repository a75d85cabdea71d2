// A new version of an application whose dependencies did not change: how long until it runs, and what moves to a remote node.
import { setTimeout as pause } from 'node:timers/promises';
import type { Server } from '../../test/world/server.ts';
import { pushApplication, pushLarge, STAMP_SCRIPT } from '../application.ts';
import { dockerRunMs } from '../docker-run.ts';
import { figure, type Measure, type Part, type PartContext, timesFloor } from '../measure.ts';
import { APPLICATION, Site } from '../site.ts';
import { median } from '../statistics.ts';

const MOST = 3;
const LARGE_BYTES = 4 * 2 ** 20;
/** What may move beside the layer itself. */
const EXTRA_SHARE = 0.05;
const EXTRA_BYTES = 64 * 1024;
const IDLE_MS = 5000;

/** Upload to first line beside `docker run`; bytes moved beside the changed layer. */
export const updatePart: Part = {
  name: 'update',
  run: async (context) => {
    const local = await onSite(await Site.open('local'), (site) => timed(site, context));
    return [...local, ...(await onSite(await Site.open('ssh'), (site) => timedAndWeighed(site, context)))];
  },
};

async function onSite<T>(site: Site, work: (site: Site) => Promise<T>): Promise<T> {
  try {
    await site.instance('update', 'stamp');
    const { job } = await site.run('update');
    await site.over(job);
    return await work(site);
  } finally {
    await site.close();
  }
}

async function timedAndWeighed(site: Site, context: PartContext): Promise<Measure[]> {
  return [...(await timed(site, context)), await weighed(site, context)];
}

async function timed(site: Site, { rounds, say }: PartContext): Promise<Measure[]> {
  const ours: number[] = [];
  const pushes: number[] = [];
  const floor: number[] = [];
  for (let round = 1; round <= rounds; round++) {
    const startedAt = performance.now();
    await pushApplication(site.story.client, APPLICATION, `timed-${round}`);
    pushes.push(performance.now() - startedAt);
    const run = await site.run('update');
    ours.push((pushes.at(-1) ?? 0) + run.firstLineAt - run.sentAt);
    await site.over(run.job);
    floor.push(await dockerRunMs({ docker: site.docker, like: run.task, script: STAMP_SCRIPT }));
    say(
      `update ${site.words} ${round}/${rounds}: ours ${ours.at(-1)?.toFixed(0)} ms, run ${floor.at(-1)?.toFixed(0)} ms`,
    );
  }
  const name = `new version uploaded to first line, ${site.words}`;
  const note = `the upload took ${median(pushes).toFixed(0)} ms of it`;
  return [timesFloor({ name, ours, floor, floorName: 'docker run', most: MOST, note })];
}

/** What the node received, by its own network interface, without what it receives when nothing happens. */
async function weighed(site: Site, { rounds, say }: PartContext): Promise<Measure> {
  if (!site.server) throw new Error('bytes are counted on a remote node');
  const idlePerMs = await idleBytesPerMs(site.server);
  const moved: number[] = [];
  const layers: number[] = [];
  for (let round = 1; round <= rounds; round++) {
    const [startedAt, before] = [performance.now(), await receivedBytes(site.server)];
    await pushLarge(site.story.client, APPLICATION, `weighed-${round}`, LARGE_BYTES);
    await site.over((await site.run('update')).job);
    const bytes = (await receivedBytes(site.server)) - before;
    moved.push(Math.round(bytes - idlePerMs * (performance.now() - startedAt)));
    layers.push(await codeLayerBytes(site, `weighed-${round}`));
    say(`bytes ${round}/${rounds}: ${moved.at(-1)} moved, the layer has ${layers.at(-1)}`);
  }
  return bytesMeasure(moved, layers, idlePerMs);
}

function bytesMeasure(moved: readonly number[], layers: readonly number[], idlePerMs: number): Measure {
  const [ours, floor] = [figure(moved), figure(layers)];
  const met = ours.value <= floor.value * (1 + EXTRA_SHARE) + EXTRA_BYTES;
  const beyond = ((ours.value - floor.value) / 1024).toFixed(0);
  return {
    ...{ name: 'bytes moved to a remote node for a new version', unit: 'bytes', ours, floor },
    floorName: 'the changed layer',
    goal: { words: '≤ layer + 5 % + 64 KiB', met },
    note: `${beyond} KiB beyond the layer; counted by the node's interface, without the ${(idlePerMs * 1000).toFixed(0)} bytes/s of an idle node`,
  };
}

async function idleBytesPerMs(server: Server): Promise<number> {
  const [startedAt, before] = [performance.now(), await receivedBytes(server)];
  await pause(IDLE_MS);
  return ((await receivedBytes(server)) - before) / (performance.now() - startedAt);
}

/** Asked past the network, through the engine that runs the server. */
async function receivedBytes(server: Server): Promise<number> {
  const { code, stdout, stderr } = await server.run(['cat', '/sys/class/net/eth0/statistics/rx_bytes']);
  if (code !== 0) throw new Error(`the interface of ${server.name} could not be read: ${stderr}`);
  return Number(stdout);
}

async function codeLayerBytes(site: Site, version: string): Promise<number> {
  const { packages } = await site.story.client.call('showApplication', { params: { application: APPLICATION } });
  const layer = packages.find((each) => each.version === version)?.image?.layers.find(({ role }) => role === 'code');
  if (!layer) throw new Error(`version ${version} has no code layer`);
  return layer.sizeBytes;
}

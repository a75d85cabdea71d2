// A process of its own that runs the whole platform over machines on which nothing happens, and measures itself. Its arguments are the
// data directory, the number of nodes and the seconds to measure; it prints one line of JSON.
import { setTimeout as pause } from 'node:timers/promises';
import { readSettings } from '../src/config/read-settings.ts';
import { takeDataDirectory } from '../src/main/data-directory.ts';
import { openFoundations } from '../src/main/foundations.ts';
import { startPlatform } from '../src/main/platform.ts';
import type { Node } from '../src/model/node.ts';
import { shardOf } from '../src/model/shard.ts';
import type { Store } from '../src/ports/store.ts';
import { QuietMachines } from './quiet-machines.ts';
import { percentile } from './statistics.ts';

/** What the child found. */
export interface ManyNodes {
  readonly cpuPercent: number;
  /** Resident memory with the nodes, less that before. */
  readonly growthBytes: number;
  /** How much later than a second after the one before probes came, at the 99th percentile. */
  readonly latenessMs: number;
  readonly probes: number;
  readonly ready: number;
}

const PROBE_EVERY_MS = 1000;
const SETTLE_MS = 15_000;

const [, , directory = '', count = '', seconds = ''] = process.argv;
const settings = readSettings({ BERTH_DATA: directory, BERTH_DOCKER: '', BERTH_PORT: '0', BERTH_MQTT_HOST: '' });
const data = await takeDataDirectory(settings.data);
const foundations = await openFoundations(settings, data, { write: () => {} });
const { store } = foundations;
const beforeBytes = process.memoryUsage.rss();
await addNodes(store, Number(count));
const machines = new QuietMachines();
const platform = await startPlatform({ ...foundations, machines });
await pause(SETTLE_MS);
machines.gapsMs.length = 0;
const cpuBefore = process.cpuUsage();
const startedAt = performance.now();
await pause(Number(seconds) * 1000);
const cpu = process.cpuUsage(cpuBefore);
const elapsedMs = performance.now() - startedAt;
const found: ManyNodes = {
  cpuPercent: (100 * (cpu.user + cpu.system)) / 1000 / elapsedMs,
  growthBytes: process.memoryUsage.rss() - beforeBytes,
  latenessMs: percentile(machines.gapsMs, 0.99) - PROBE_EVERY_MS,
  probes: machines.gapsMs.length,
  ready: await readyNodes(store, Number(count)),
};
await platform.stop();
await data.release();
process.stdout.write(`${JSON.stringify(found)}\n`);

async function addNodes(into: Store, nodes: number): Promise<void> {
  for (let index = 0; index < nodes; index++) await into.create('node', nodeOf(`quiet-${index}`));
}

function nodeOf(id: string): Node {
  const access = {
    kind: 'ssh',
    host: id,
    port: 22,
    user: 'root',
    hostKey: 'ssh-ed25519 AAAA',
    identity: 'platform',
  } as const;
  return { id, access, labels: {}, draining: false, removing: false, createdAt: Date.now(), shard: shardOf(id) };
}

async function readyNodes(from: Store, nodes: number): Promise<number> {
  const ids = Array.from({ length: nodes }, (_, index) => `quiet-${index}`);
  return (await from.getMany('nodeStatus', ids)).filter(({ doc }) => doc.state === 'ready').length;
}

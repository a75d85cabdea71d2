// Controllers and a real store: a node dies under many jobs at once, and they meet on the ledgers of the others.
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { SqliteStore } from '../../../src/adapters/sqlite-store/sqlite-store.ts';
import { SystemClock } from '../../../src/adapters/system-clock/system-clock.ts';
import { FleetController } from '../../../src/deployment/fleet-controller.ts';
import { FleetView } from '../../../src/deployment/fleet-view.ts';
import { JobController } from '../../../src/deployment/job-controller.ts';
import { Engine } from '../../../src/engine/engine.ts';
import { WatchedStore } from '../../../src/engine/watched-store.ts';
import { aJob, aNode, aNodeStatus, aSpec, aTaskStatus, T0 } from '../../builders/jobs.ts';
import { silentLog as log } from '../../contracts/silent-log.ts';
import { temporaryDirectory } from '../../contracts/temporary-directory.ts';
import { readyImage } from './job-story.ts';

const JOBS = 50;
const clock = new SystemClock();
const rules = { cpuOvercommit: 100, memoryHeadroomBytes: 0, diskHeadroomBytes: 0 };

async function aPlatform() {
  const plain = SqliteStore.open({ path: join(await temporaryDirectory(), 'berth.sqlite'), clock, log });
  const store = new WatchedStore(plain);
  const fleet = new FleetView();
  const backoff = { firstMs: 200, maxMs: 20_000 };
  const random = { id: () => 'x', fraction: () => 0, bytes: () => new Uint8Array() };
  const engine = new Engine({ clock, random: random as never, log, concurrency: 64, sweepEveryMs: 60_000, backoff });
  const told: string[] = [];
  const recordEvent = async ({ kind }: { readonly kind: string }) => void told.push(kind);
  const wake = (key: string) => engine.wake(key);
  engine.register(new FleetController({ store, clock, fleet, wake }));
  engine.register(new JobController({ store, fleet, rules, recordEvent, wake }));
  store.onWritten((kind, id, doc) => {
    fleet.written(kind, id, doc);
    engine.written(kind, doc);
  });
  onTestFinished(async () => {
    await engine.stop();
    await store.close();
  });
  return { store, engine, told };
}

type Platform = Awaited<ReturnType<typeof aPlatform>>;

async function tasksOn({ store }: Platform, node: string) {
  return (await store.list('task', { where: { node }, orderBy: 'createdAt', limit: 1000 })).items.map(({ doc }) => doc);
}

async function eventually(what: () => Promise<unknown>, expected: unknown): Promise<void> {
  await expect.poll(what, { timeout: 8000, interval: 20 }).toEqual(expected);
}

async function joined({ store }: Platform, node: string): Promise<void> {
  await store.create('node', aNode(node));
  const facts = aNodeStatus(node).facts;
  await store.create('nodeStatus', aNodeStatus(node, {}, { facts: facts && { ...facts, memoryBytes: 2 ** 40 } }));
}

test('fifty jobs leave a dead node at once, and its ledger is empty', async () => {
  const platform = await aPlatform();
  const { store, engine, told } = platform;
  await store.create('image', readyImage);
  await joined(platform, 'n1');
  for (let index = 0; index < JOBS; index++) {
    const exactlyOne = index % 5 === 0;
    await store.create('job', aJob({ id: `job-${index}`, createdAt: T0 + index, spec: aSpec({ exactlyOne }) }));
  }
  await engine.start();
  await eventually(async () => (await tasksOn(platform, 'n1')).length, JOBS);
  for (const task of await tasksOn(platform, 'n1')) await store.create('taskStatus', aTaskStatus(task));
  await joined(platform, 'n2');
  const status = await store.get('nodeStatus', 'n1');
  if (!status) throw new Error('n1 has no status');
  await store.update('nodeStatus', { ...status.doc, state: 'lost', trouble: 'no-answer' }, status.version);
  await eventually(async () => (await tasksOn(platform, 'n2')).length, JOBS);
  await eventually(async () => (await store.get('ledger', 'n1'))?.doc.reservations.length, 0);
  await eventually(async () => (await store.get('ledger', 'n2'))?.doc.reservations.length, JOBS);
  const leases = await store.getMany(
    'lease',
    (await tasksOn(platform, 'n1')).map(({ id }) => id),
  );
  expect(leases.map(({ doc }) => doc.isRevoked)).toEqual(Array(JOBS / 5).fill(true));
  expect(told.filter((kind) => kind === 'job.copy-moved')).toHaveLength(JOBS);
});

// Controllers and a real store: a node dies under many jobs at once, and they meet on the ledgers of the others.
import { expect, test } from 'vitest';
import { aJob, aNode, aNodeStatus, aSpec, aTaskStatus, T0 } from '../../builders/jobs.ts';
import { readyImage } from './job-story.ts';
import { placingPlatform } from './placing-platform.ts';

const JOBS = 50;
const rules = { cpuOvercommit: 100, memoryHeadroomBytes: 0, diskHeadroomBytes: 0 };

type Platform = Awaited<ReturnType<typeof placingPlatform>>;

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
  const platform = await placingPlatform(rules);
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

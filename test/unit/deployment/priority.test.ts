// Controllers and a real store: jobs wait for one slot, and who gets it when room comes.
import { expect, test } from 'vitest';
import { requestStop } from '../../../src/deployment/job-requests.ts';
import type { Job } from '../../../src/model/job.ts';
import { aJob, aNode, aNodeStatus, aSpec, aTaskStatus, T0 } from '../../builders/jobs.ts';
import { readyImage } from './job-story.ts';
import { placingPlatform } from './placing-platform.ts';

const rules = { cpuOvercommit: 1, memoryHeadroomBytes: 0, diskHeadroomBytes: 0 };
/** One such job fills a node. */
const whole = aSpec({ resources: { cpus: 4, memoryMiB: 1, diskMiB: 1, pids: 1 } });

async function aPlatform() {
  const { store, clock, engine } = await placingPlatform(rules);
  await store.create('image', readyImage);
  await joins({ store }, 'n1');
  await engine.start();
  return { store, clock, engine };
}

type Platform = Awaited<ReturnType<typeof aPlatform>>;

async function joins({ store }: Pick<Platform, 'store'>, node: string): Promise<void> {
  await store.create('node', aNode(node));
  await store.create('nodeStatus', aNodeStatus(node));
}

async function asks({ store }: Platform, id: string, over: Partial<Job> = {}): Promise<void> {
  await store.create('job', aJob({ id, spec: whole, ...over }));
}

/** Resolves when a job has got its slot. */
async function runs({ store }: Platform, id: string): Promise<void> {
  await expect.poll(() => store.get('task', `${id}.0.1`), { timeout: 8000, interval: 10 }).toBeDefined();
  const task = await store.get('task', `${id}.0.1`);
  if (task) await store.create('taskStatus', aTaskStatus(task.doc));
}

async function waits({ store }: Platform, ...ids: string[]): Promise<void> {
  for (const id of ids) {
    const state = async () => (await store.get('jobStatus', id))?.doc.state;
    await expect.poll(state, { timeout: 8000, interval: 10 }).toBe('waiting');
  }
}

async function ends({ store }: Platform, id: string): Promise<void> {
  const status = await store.get('taskStatus', `${id}.0.1`);
  if (!status) throw new Error(`${id} does not run`);
  await store.update('taskStatus', { ...status.doc, state: 'completed', exitCode: 0, endedAt: T0 }, status.version);
}

/** Who has a task, in the order in which they got it. */
async function served({ store }: Platform): Promise<string[]> {
  const { items } = await store.list('task', { where: { node: 'n1' }, orderBy: 'createdAt', limit: 100 });
  return items.map(({ doc }) => doc.job);
}

test('of the jobs that wait, the one with the highest priority gets the room, and of equals the oldest', async () => {
  const platform = await aPlatform();
  await asks(platform, 'first');
  await runs(platform, 'first');
  for (const [id, priority] of [
    ['low', -3],
    ['usual', 0],
    ['younger', 0],
    ['high', 7],
  ] as const) {
    await asks(platform, id, { priority });
    await waits(platform, id);
  }
  await ends(platform, 'first');
  for (const id of ['high', 'usual', 'younger', 'low']) {
    await runs(platform, id);
    await ends(platform, id);
  }
  expect(await served(platform)).toEqual(['first', 'high', 'usual', 'younger', 'low']);
});

test('thirty jobs that wait get one slot after the other in their order', async () => {
  const platform = await aPlatform();
  await asks(platform, 'first');
  await runs(platform, 'first');
  const ids = Array.from({ length: 30 }, (_, index) => `job-${String(index).padStart(2, '0')}`);
  for (const [index, id] of ids.entries()) await asks(platform, id, { priority: ((index * 7) % 21) - 10 });
  await waits(platform, ...ids);
  await ends(platform, 'first');
  const ranks = new Map((await platform.store.getMany('jobStatus', ids)).map(({ doc }) => [doc.id, doc.rank]));
  const expected = ids.toSorted((a, b) => (ranks.get(a) ?? 0) - (ranks.get(b) ?? 0));
  for (const id of expected) {
    await runs(platform, id);
    await ends(platform, id);
  }
  expect(await served(platform)).toEqual(['first', ...expected]);
}, 30_000);

test('one that comes when room does, and wants it less, does not overtake the one that waits', async () => {
  const platform = await aPlatform();
  await asks(platform, 'first');
  await runs(platform, 'first');
  await asks(platform, 'waits', { priority: 1 });
  await waits(platform, 'waits');
  const late = Array.from({ length: 10 }, (_, index) => `late-${index}`);
  await Promise.all([ends(platform, 'first'), ...late.map((id) => asks(platform, id, { priority: 0 }))]);
  await runs(platform, 'waits');
  await waits(platform, ...late);
  expect(await served(platform)).toEqual(['first', 'waits']);
});

test('one that wants it less goes where the one that waits could not', async () => {
  const platform = await aPlatform();
  await asks(platform, 'first');
  await runs(platform, 'first');
  await asks(platform, 'picky', { priority: 9, spec: { ...whole, labels: { gpu: 'yes' } } });
  await waits(platform, 'picky');
  await ends(platform, 'first');
  await asks(platform, 'plain', { priority: -9 });
  await runs(platform, 'plain');
  await waits(platform, 'picky');
});

test('room for both is given to both, the one that waited first', async () => {
  const platform = await aPlatform();
  await asks(platform, 'first');
  await runs(platform, 'first');
  await asks(platform, 'high', { priority: 5 });
  await asks(platform, 'low', { priority: 1 });
  await waits(platform, 'high', 'low');
  await Promise.all([joins(platform, 'n2'), joins(platform, 'n3')]);
  await runs(platform, 'high');
  await runs(platform, 'low');
});

test('a container that fails is begun again at once, though a job with more priority waits for its room', async () => {
  const platform = await aPlatform();
  await asks(platform, 'first', { priority: -5 });
  await runs(platform, 'first');
  await expect.poll(async () => (await platform.store.get('jobStatus', 'first'))?.doc.state).toBe('running');
  await asks(platform, 'high', { priority: 5 });
  await waits(platform, 'high');
  const status = await platform.store.get('taskStatus', 'first.0.1');
  if (!status) throw new Error('it has no status');
  const failed = { ...status.doc, state: 'failed', exitCode: 137, endedAt: T0 } as const;
  await platform.store.update('taskStatus', failed, status.version);
  await expect.poll(() => platform.store.get('task', 'first.0.2'), { timeout: 8000, interval: 10 }).toBeDefined();
  expect((await platform.store.get('jobStatus', 'high'))?.doc.state).toBe('waiting');
});

test('a stop says how long its tasks have, and the first stop stands', async () => {
  const { store, clock } = await aPlatform();
  await store.create('job', aJob({ id: 'j', package: 'none' }));
  await requestStop({ store, clock }, { job: 'j', by: 'ann', reason: 'enough', graceMs: 60_000 });
  const again = await requestStop({ store, clock }, { job: 'j', by: 'bob', reason: 'now', graceMs: 0 });
  expect(again.stop).toMatchObject({ by: 'ann', reason: 'enough', graceMs: 60_000 });
  await store.create('job', aJob({ id: 'k', package: 'none' }));
  const usual = await requestStop({ store, clock }, { job: 'k', by: 'ann', reason: 'enough' });
  expect(usual.stop).not.toHaveProperty('graceMs');
});

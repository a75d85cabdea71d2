// Controllers and a real store: very many jobs that are due at once, before the ledger of any node is written.
import { expect, test } from 'vitest';
import { aJob, aNode, aNodeStatus } from '../../builders/jobs.ts';
import { readyImage } from './job-story.ts';
import { placingPlatform } from './placing-platform.ts';

const rules = { cpuOvercommit: 100, memoryHeadroomBytes: 0, diskHeadroomBytes: 0 };
const NODES = 8;
const JOBS = 48;

test('jobs that are placed at the same time go to all nodes alike', async () => {
  const { store, engine } = await placingPlatform(rules);
  await store.create('image', readyImage);
  for (let index = 0; index < NODES; index++) {
    await store.create('node', aNode(`n${index}`));
    await store.create('nodeStatus', aNodeStatus(`n${index}`));
  }
  await engine.start();
  await Promise.all(Array.from({ length: JOBS }, (_, index) => store.create('job', aJob({ id: `job-${index}` }))));
  const counts = async () => {
    const { items } = await store.list('task', { limit: 100 });
    return Array.from({ length: NODES }, (_, node) => items.filter(({ doc }) => doc.node === `n${node}`).length);
  };
  await expect
    .poll(async () => (await counts()).reduce((sum, count) => sum + count, 0), { timeout: 15_000, interval: 20 })
    .toBe(JOBS);
  expect(await counts()).toEqual(Array.from({ length: NODES }, () => JOBS / NODES));
});

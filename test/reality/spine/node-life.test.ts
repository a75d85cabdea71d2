// What people do with nodes while applications run there, and what nodes do to them: drained, removed, added again, cut off, restarted.
import { beforeAll, describe, expect, test } from 'vitest';
import type { Server } from '../../world/server.ts';
import { until } from '../../world/until.ts';
import { ON_FLEET, siteOf } from './site.ts';
import type { Story } from './story.ts';

const site = siteOf(2);
const { platform } = site;
let servers: readonly Server[] = [];
let story: Story;

beforeAll(() => {
  ({ servers, story } = site);
});

/** A ticker that runs, and where. */
async function ticker(name: string, over: object = {}) {
  await story.create(name, 'ticker', { ...ON_FLEET, ...over });
  const { id, tasks } = await story.running(name);
  const [task] = tasks;
  if (!task) throw new Error(`${id} runs without a task`);
  return { id, task, at: site.server(task.node) };
}

async function promised(node: string): Promise<number> {
  return (await story.client.call('showNode', { params: { node } })).reserved.cpus;
}

async function end(instance: string, job: string): Promise<void> {
  await story.stop(job);
  await story.ended(instance);
}

/** The numbers of the ticks in a log, in its order. */
async function ticks(task: string): Promise<number[]> {
  return [...(await story.text(task)).matchAll(/^tick (\d+) /gm)].map(([, number]) => Number(number));
}

function expectWhole(numbers: readonly number[]): void {
  expect(numbers).toEqual(numbers.map((_, index) => index + 1));
}

async function moved(name: string, from: Server) {
  const job = await story.jobOf(
    name,
    ({ tasks: [before, after, ...more] }) =>
      before?.state === 'stopped' && after?.state === 'running' && after.node !== from.name && more.length === 0,
  );
  await until(`nothing to run on ${from.name}`, 20_000, async () =>
    (await from.docker.listContainers()).length === 0 ? true : undefined,
  );
  return job;
}

describe('a node', () => {
  test('that is drained is left by its tasks, takes none, and takes them again afterwards', async () => {
    const { id, at } = await ticker('drained');
    await story.client.call('drainNode', { params: { node: at.name } });
    await moved('drained', at);
    await story.create('elsewhere', 'ticker', { ...ON_FLEET, copies: 2 });
    const elsewhere = await story.running('elsewhere');
    expect(elsewhere.slots.map(({ node }) => node)).not.toContain(at.name);
    await end('elsewhere', elsewhere.id);
    await story.client.call('undrainNode', { params: { node: at.name } });
    await story.create('spread', 'ticker', { ...ON_FLEET, copies: 2 });
    const spread = await story.running('spread');
    expect(spread.slots.map(({ node }) => node)).toContain(at.name);
    await end('spread', spread.id);
    await end('drained', id);
    for (const { name } of servers)
      await until(`nothing promised on ${name}`, 20_000, async () => ((await promised(name)) === 0 ? true : undefined));
  });

  test('that is drained while the platform is killed is left all the same', async () => {
    const { id, at } = await ticker('killed-drain');
    await story.client.call('drainNode', { params: { node: at.name } });
    await platform.kill();
    story.client = await platform.start();
    await moved('killed-drain', at);
    await story.client.call('undrainNode', { params: { node: at.name } });
    await end('killed-drain', id);
  });

  test('cannot be added under a second name', async () => {
    const { address, hostKeyLine: hostKey, identityPath: identity } = site.server(servers[0]?.name);
    const body = { address: `ssh://root@${address}`, name: 'second-name', labels: {}, hostKey, identity };
    await expect(story.client.call('addNode', { body })).rejects.toMatchObject({ code: 'node.same-machine' });
  });

  test('that is removed is left by its tasks and forgotten, and can be added again', async () => {
    const { id, at } = await ticker('removed');
    await story.client.call('removeNode', { params: { node: at.name } });
    await moved('removed', at);
    await until('the node to be forgotten', 30_000, async () => {
      const { items } = await story.client.call('listNodes', { query: { limit: 1000 } });
      return items.some((node) => node.id === at.name) ? undefined : true;
    });
    expect(await at.docker.listContainers({ all: true })).toEqual([]);
    expect((await at.docker.listVolumes()).Volumes).toEqual([]);
    await story.addNode(at, { fleet: 'yes', number: String(servers.indexOf(at)) });
    expect(await promised(at.name)).toBe(0);
    await end('removed', id);
    await story.create('again', 'ticker', { ...ON_FLEET, copies: 2 });
    const again = await story.running('again');
    expect(again.slots.map(({ node }) => node)).toContain(at.name);
    await end('again', again.id);
  });
});

describe('a task goes on, its log whole and its output delivered, when its node', () => {
  const blows: [string, (server: Server) => Promise<void>, (server: Server) => Promise<void>][] = [
    ['loses its SSH server for a while', (at) => at.stopSshd(), (at) => at.startSshd()],
    ['is cut off for a while', (at) => at.cut(), (at) => at.restore()],
    ['freezes for a while', (at) => at.freeze(), (at) => at.thaw()],
  ];
  test.each(blows)('%s', async (blow, strike, mend) => {
    const name = blow.replaceAll(/[^a-z]+/g, '-');
    // Nobody else may take it: it waits for its node, and is still there when that is back.
    const { id, task, at } = await ticker(name, { place: { labels: { number: '0' } } });
    await until('a few ticks', 20_000, async () => ((await ticks(task.id)).length > 20 ? true : undefined));
    await strike(at);
    await story.nodeIs(at.name, ({ state }) => state === 'lost');
    const before = (await ticks(task.id)).at(-1) ?? 0;
    await mend(at);
    await story.nodeIs(at.name, ({ state }) => state === 'ready');
    await until('later ticks', 30_000, async () => ((await ticks(task.id)).length > before + 50 ? true : undefined));
    await until('later output', 30_000, async () => {
      const numbers = (await story.outputs(id)).map(({ text }) => Number(text?.split(':')[1]));
      return Math.max(...numbers) > before + 20 ? true : undefined;
    });
    const job = await story.client.call('showJob', { params: { job: id } });
    expect(job.tasks.map(({ state }) => state)).toEqual(['running']);
    await end(name, id);
    expectWhole(await ticks(task.id));
    const numbers = (await story.outputs(id)).map(({ text }) => Number(text?.split(':')[1])).toSorted((a, b) => a - b);
    expect(numbers).toEqual(numbers.map((_, index) => 5 * (index + 1)));
  });

  test('has its engine stopped and started: the task ends with it and is replaced', async () => {
    const { id, task, at } = await ticker('engine');
    // A person does it, and wants no help.
    await story.client.call('setNodeRecovery', { params: { node: at.name }, body: { mode: 'off' } });
    await at.stopEngine();
    await story.nodeIs(at.name, ({ state }) => state === 'lost');
    await at.startEngine();
    const job = await story.jobOf('engine', ({ tasks }) => tasks.length === 2 && tasks[1]?.state === 'running');
    expect(job.tasks[0]).toMatchObject({ id: task.id, state: 'failed' });
    await end('engine', id);
  });
});

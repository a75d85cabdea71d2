// What people do with nodes while applications run there, and what nodes do to them: drained, removed, added again, cut off; more of it is
// in test/long/node-life.test.ts.
import { beforeAll, describe, expect, test } from 'vitest';
import { ON_FLEET, siteOf } from '../reality/spine/site.ts';
import type { Story } from '../reality/spine/story.ts';
import { Tickers } from '../reality/spine/tickers.ts';
import type { Server } from '../world/server.ts';
import { until } from '../world/until.ts';

const site = siteOf(2);
const { platform } = site;
const tickers = new Tickers(site);
let servers: readonly Server[] = [];
let story: Story;

beforeAll(() => {
  ({ servers, story } = site);
});

async function promised(node: string): Promise<number> {
  return (await story.client.call('showNode', { params: { node } })).reserved.cpus;
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
    const { id, at } = await tickers.begin('drained');
    await story.client.call('drainNode', { params: { node: at.name } });
    await moved('drained', at);
    await story.create('elsewhere', 'ticker', { ...ON_FLEET, copies: 2 });
    const elsewhere = await story.running('elsewhere');
    expect(elsewhere.slots.map(({ node }) => node)).not.toContain(at.name);
    await tickers.end('elsewhere', elsewhere.id);
    await story.client.call('undrainNode', { params: { node: at.name } });
    await story.create('spread', 'ticker', { ...ON_FLEET, copies: 2 });
    const spread = await story.running('spread');
    expect(spread.slots.map(({ node }) => node)).toContain(at.name);
    await tickers.end('spread', spread.id);
    await tickers.end('drained', id);
    for (const { name } of servers)
      await until(`nothing promised on ${name}`, 20_000, async () => ((await promised(name)) === 0 ? true : undefined));
  });

  test('that is drained while the platform is killed is left all the same', async () => {
    const { id, at } = await tickers.begin('killed-drain');
    await story.client.call('drainNode', { params: { node: at.name } });
    await platform.kill();
    story.client = await platform.start();
    await moved('killed-drain', at);
    await story.client.call('undrainNode', { params: { node: at.name } });
    await tickers.end('killed-drain', id);
  });

  test('cannot be added under a second name', async () => {
    const { address, hostKeyLine: hostKey, identityPath: identity } = site.server(servers[0]?.name);
    const body = { address: `ssh://root@${address}`, name: 'second-name', labels: {}, hostKey, identity };
    await expect(story.client.call('addNode', { body })).rejects.toMatchObject({ code: 'node.same-machine' });
  });

  test('that is removed is left by its tasks and forgotten, and can be added again', async () => {
    const { id, at } = await tickers.begin('removed');
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
    await tickers.end('removed', id);
    await story.create('again', 'ticker', { ...ON_FLEET, copies: 2 });
    const again = await story.running('again');
    expect(again.slots.map(({ node }) => node)).toContain(at.name);
    await tickers.end('again', again.id);
  });
});

test('a task goes on, its log whole and its output delivered, when its node is cut off for a while', () =>
  tickers.expectGoesThrough({
    what: 'is cut off for a while',
    strike: (server) => server.cut(),
    mend: (server) => server.restore(),
  }));

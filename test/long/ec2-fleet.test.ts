// What happens in the AWS console, and what the platform does about it: every instance of a test's EC2 is a real server of the fleet.
// Instances are stopped and terminated, one and all; in the end the same applications run again. Then the fleet grows for jobs that
// wait for room, and gives back what it does not need.
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { AnswerOf } from '../../src/api/contract/answers.ts';
import { BerthProcess } from '../reality/spine/berth-process.ts';
import { pushProbe } from '../reality/spine/probe.ts';
import { QUICK, Story } from '../reality/spine/story.ts';
import { testIdentity } from '../world/identity.ts';
import { type PairedEc2, startPairedEc2 } from '../world/paired-ec2.ts';
import type { Server } from '../world/server.ts';
import { until } from '../world/until.ts';

type NodeView = AnswerOf<'showNode'>;

const BACK_WITHIN_MS = 180_000;
const TEST_MS = 300_000;
/** Each of the first two is tied to one node by its label, so it runs again only on a machine that stands for that node. */
const APPLICATIONS = ['on-0', 'on-1', 'anywhere'];

const platform = new BerthProcess({ BERTH_POWER_CYCLE_AFTER: '10000' });
let ec2: PairedEc2;
let story: Story;
/** Nodes by their number. */
const nodes: string[] = [];
/** The job of each application, which stays the same. */
const jobs = new Map<string, string>();

beforeAll(async () => {
  ec2 = await startPairedEc2();
  story = new Story(await platform.start());
  await pushProbe(story.client, '1');
  await addProvider('cloud', {});
  const launched = await Promise.all([ec2.launch(), ec2.launch()]);
  await Promise.all(launched.map((each, number) => addInstance(each, number)));
  const restart = { ...QUICK, tasks: 10 };
  for (const [number] of nodes.entries())
    await story.create(`on-${number}`, 'ticker', { restart, place: { labels: { number: String(number) } } });
  await story.create('anywhere', 'ticker', { restart, copies: 2, place: { labels: { fleet: 'yes' } } });
  for (const name of APPLICATIONS) jobs.set(name, (await story.running(name)).id);
}, 900_000);

afterAll(async () => {
  await platform.remove();
  await ec2?.close();
}, 360_000);

async function addProvider(name: string, scaling: Readonly<Record<string, unknown>>): Promise<void> {
  const { region, endpoint, credentialsFile, profile, launchTemplate } = ec2;
  const access = { kind: 'ec2' as const, region, endpoint, credentialsFile, profile, launchTemplate };
  const { path: identity } = await testIdentity();
  await story.client.call('addProvider', { body: { name, access, ssh: { identity }, ...scaling } });
}

async function addInstance(launched: { readonly machine: string; readonly server: Server }, number: number) {
  const node = await story.addNode(launched.server, { fleet: 'yes', number: String(number) });
  const body = { provider: 'cloud', machine: launched.machine };
  await story.client.call('adoptMachine', { params: { node }, body });
  nodes[number] = node;
}

function nodeNamed(node: string): Promise<NodeView> {
  return story.client.call('showNode', { params: { node } });
}

/** The machines under the nodes, in their order. */
async function machines(): Promise<readonly string[]> {
  const views = await Promise.all(nodes.map(nodeNamed));
  return views.map(({ machine }) => machine?.machine ?? '');
}

async function eventsOf(node: string, since: number) {
  const { items } = await story.client.call('listEvents', { query: { subject: `node:${node}`, limit: 500 } });
  return items.filter(({ at }) => Date.parse(at) >= since).toReversed();
}

/** Waits until the nodes were seen to be silent, and then for the same jobs of all applications to run. */
async function allRunAgain(hit: readonly string[], since: number): Promise<void> {
  await until('the silence to be told', BACK_WITHIN_MS, async () => {
    const told = await Promise.all(hit.map((node) => eventsOf(node, since)));
    return told.every((events) => events.some(({ kind }) => kind === 'node.unreachable')) || undefined;
  });
  await until('the nodes to be ready', BACK_WITHIN_MS, async () => {
    const views = await Promise.all(nodes.map(nodeNamed));
    if (views.every(({ state }) => state === 'ready')) return true;
    const whys = await Promise.all(nodes.map((node) => story.client.call('whyNode', { params: { node } })));
    throw new Error(JSON.stringify(whys.map(({ sentences }) => sentences)));
  });
  for (const name of APPLICATIONS) expect((await story.running(name)).id).toBe(jobs.get(name));
}

/** The steps that were taken for a node. */
async function steps(node: string, since: number): Promise<readonly unknown[]> {
  const events = await eventsOf(node, since);
  return events.filter(({ kind }) => kind === 'server.step').map(({ evidence }) => evidence.step);
}

async function struck(which: 'one' | 'all', strike: (...ids: string[]) => Promise<void>) {
  const since = Date.now();
  const [before, hit] = [await machines(), which === 'one' ? nodes.slice(0, 1) : [...nodes]];
  await strike(...before.slice(0, hit.length));
  await allRunAgain(hit, since);
  return { since, before, hit, after: await machines() };
}

test(
  'an instance that runs and does not answer has its power switched off and on',
  async () => {
    const since = Date.now();
    const [before, node = ''] = [await machines(), nodes[1]];
    await (await ec2.server(before[1] ?? '')).stopSshd();
    await allRunAgain([node], since);
    expect(await machines()).toEqual(before);
    expect(await steps(node, since)).toEqual(['power-cycle']);
    const waits = (await eventsOf(node, since)).find(({ kind }) => kind === 'server.waiting');
    expect(waits?.text).toContain('running, but it does not answer');
  },
  TEST_MS,
);

describe.each(['one', 'all'] as const)('%s of the instances', (which) => {
  test(
    'stopped in the console: started again, the same machines, the same applications',
    async () => {
      const { since, before, hit, after } = await struck(which, (...ids) => ec2.stopAtConsole(...ids));
      expect(after).toEqual(before);
      for (const node of hit) {
        expect(await steps(node, since)).toEqual(['power-cycle']);
        const told = (await eventsOf(node, since)).find(({ kind }) => kind === 'server.machine');
        expect(told?.text).toContain('stopped');
      }
    },
    TEST_MS,
  );

  test(
    'terminated in the console: new machines in their place, labels kept, the same applications',
    async () => {
      const { since, before, hit, after } = await struck(which, (...ids) => ec2.terminateAtConsole(...ids));
      expect([...(await ec2.instances())].toSorted()).toEqual([...after].toSorted());
      for (const [number, node] of hit.entries()) {
        expect(after[number]).not.toBe(before[number]);
        const view = await nodeNamed(node);
        expect(view.labels).toEqual({ fleet: 'yes', number: String(number) });
        const server = await ec2.server(after[number] ?? '');
        expect(view.address).toContain(server.address);
        expect(await steps(node, since)).toEqual(['replace']);
        const events = await eventsOf(node, since);
        const replaced = events.find(({ kind }) => kind === 'node.replaced');
        expect(replaced?.evidence).toMatchObject({
          provider: 'cloud',
          machine: after[number],
          address: server.address,
        });
        const { sentences } = await story.client.call('whyNode', { params: { node } });
        expect(sentences.join(' ')).toMatch(/Tried at .*: replace; done at .*/);
      }
    },
    TEST_MS,
  );
});

test('the keys of the cloud are used, and are nowhere but in their file', async () => {
  expect(ec2.seenKeys).toContain('AKIAPLATFORM');
  const files = await readdir(platform.directory, { recursive: true, withFileTypes: true });
  const kept = files.filter((file) => file.isFile()).map((file) => join(file.parentPath, file.name));
  expect(kept.length).toBeGreaterThan(3);
  for (const path of kept) {
    const bytes = await readFile(path);
    expect([path, bytes.includes(ec2.secret)]).toEqual([path, false]);
  }
  expect(platform.output).not.toContain(ec2.secret);
});

describe('jobs that wait for room', () => {
  const alone = { place: { labels: { pool: 'grown' } }, machine: 'standalone', restart: QUICK };

  test(
    'make the fleet grow up to its limit, and what was added is given back when it is idle',
    async () => {
      const before = await ec2.instances();
      const scaling = { labels: { pool: 'grown' }, mostAdded: 1, growAfterMs: 1000, idleAfterMs: 5000 };
      await addProvider('elastic', scaling);
      await story.create('first', 'ticker', alone);
      const first = await story.jobOf('first', ({ state }) => state === 'running', BACK_WITHIN_MS);
      const [grown = ''] = first.nodes;
      const view = await nodeNamed(grown);
      expect(view).toMatchObject({ labels: { pool: 'grown' }, machine: { provider: 'elastic', added: true } });
      expect(await ec2.instances()).toHaveLength(before.length + 1);

      await story.create('second', 'ticker', alone);
      const waiting = await story.jobOf('second', ({ state }) => state === 'waiting');
      const waitedUntil = Date.now() + 5000;
      await until(
        'the limit to be reached for longer than the wait',
        10_000,
        () => Date.now() > waitedUntil || undefined,
      );
      expect(await ec2.instances()).toHaveLength(before.length + 1);
      await story.stop(first.id);
      const second = await story.jobOf('second', ({ state }) => state === 'running', BACK_WITHIN_MS);
      expect([second.id, second.nodes]).toEqual([waiting.id, [grown]]);

      await story.stop(second.id);
      await until('the machine to be given back', BACK_WITHIN_MS, async () => {
        const { items } = await story.client.call('listNodes', { query: { limit: 1000 } });
        return items.some(({ id }) => id === grown) ? undefined : true;
      });
      await until('the instance to be gone', BACK_WITHIN_MS, async () => {
        const now = await ec2.instances();
        return now.length === before.length ? true : undefined;
      });
      const { items } = await story.client.call('listEvents', { query: { limit: 500 } });
      const grow = items.find(({ kind }) => kind === 'fleet.grow');
      expect(grow?.text).toMatch(/^Job .+ has waited \d+ s for room: a machine is added\.$/);
      const back = items.find(({ kind, subject }) => kind === 'fleet.give-back' && subject === `node:${grown}`);
      expect(back?.text).toContain('is given back');
      expect(await ec2.instances()).toEqual(expect.arrayContaining([...(await machines())]));
    },
    TEST_MS,
  );
});

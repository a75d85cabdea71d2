// What the platform says of a real server that falls silent: each failure is recognised for what it is, and the node is ready again
// when it is over.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  afterAll,
  afterEach,
  beforeAll,
  beforeEach,
  describe,
  expect,
  onTestFailed,
  onTestFinished,
  test,
} from 'vitest';
import type { Event } from '../../src/model/event.ts';
import type { NodeAccess, NodeStatus } from '../../src/model/node.ts';
import { loadOverTime } from '../../src/nodes/load-reads.ts';
import { type NodeManager, startNodeManager } from '../reality/nodes-platform.ts';
import { SETTINGS } from '../unit/nodes/task-snapshots.ts';
import { startServer } from '../world/fleet.ts';
import type { Server } from '../world/server.ts';
import { until } from '../world/until.ts';

let server: Server;
let directory: string;
let manager: NodeManager;

beforeAll(async () => {
  server = await startServer();
});

afterAll(() => server?.destroy());

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'berth-diagnosis-'));
  manager = await startNodeManager({ directory, uid: 'test' });
  onTestFailed(() => console.error(manager.lines.slice(-60).join('\n')));
});

afterEach(async () => {
  await manager.close();
  await rm(directory, { recursive: true, force: true });
});

async function addServer(over: Partial<Extract<NodeAccess, { kind: 'ssh' }>> = {}): Promise<void> {
  const { address: host, port, user, hostKeyLine: hostKey, identityPath: identity } = server;
  const access = { kind: 'ssh', host, port, user, hostKey, identity, ...over } as const;
  const lasting = { labels: {}, draining: false, removing: false, createdAt: manager.clock.now(), shard: 0 };
  await manager.store.create('node', { id: 'n1', access, ...lasting });
}

async function readyServer(): Promise<void> {
  await addServer();
  await nodeWhen('to be ready', ({ state }) => state === 'ready');
}

function nodeWhen(what: string, is: (status: NodeStatus) => boolean, withinMs = 30_000): Promise<NodeStatus> {
  return until(`n1 ${what}`, withinMs, async () => {
    const seen = (await manager.store.get('nodeStatus', 'n1'))?.doc;
    if (seen && is(seen)) return seen;
    throw new Error(JSON.stringify(seen));
  });
}

async function events(): Promise<readonly Event[]> {
  const page = await manager.store.list('event', { where: { subject: 'node:n1' }, orderBy: 'at', limit: 100 });
  return page.items.map(({ doc }) => doc);
}

describe('a server that falls silent', () => {
  test.each([
    ['has lost its power', () => server.powerOff(), () => server.powerOn(), 'no-answer', /powered off, or cut off/],
    ['is cut off from the network', () => server.cut(), () => server.restore(), 'no-answer', /powered off, or cut off/],
    ['is frozen', () => server.freeze(), () => server.thaw(), 'frozen', /takes connections and says nothing/],
    [
      'has a dead engine',
      () => server.stopEngine(),
      () => server.startEngine(),
      'engine-down',
      /Docker engine does not answer/,
    ],
    ['has a dead SSH server', () => server.stopSshd(), () => server.startSshd(), 'ssh-down', /SSH server does not run/],
  ] as const)(
    'because it %s is unreachable, then lost, with its reason, and ready again after it',
    async (_, fail, heal, trouble, words) => {
      await readyServer();
      await fail();
      const failedAt = manager.clock.now();
      let isHealed = false;
      onTestFinished(() => (isHealed ? undefined : heal()));
      const lost = await nodeWhen('to be lost', ({ state }) => state === 'lost');
      expect(lost.stateSinceAt - failedAt).toBeLessThan(6000);
      const known = await nodeWhen(`to be known to be ${trouble}`, (status) => status.trouble === trouble, 10_000);
      expect(known.reason).toMatch(/has not answered for 4 s and counts as lost/);
      expect(known.reason).toMatch(words);
      await heal();
      isHealed = true;
      const ready = await nodeWhen('to be ready again', ({ state }) => state === 'ready', 40_000);
      expect(ready).not.toHaveProperty('trouble');
      expect(ready.lostAt).toHaveLength(1);
      const told = await until('the events', 5000, async () => {
        const found = await events();
        return found.filter(({ kind }) => kind === 'node.ready').length === 2 ? found : undefined;
      });
      const kinds = told.map(({ kind }) => kind).filter((kind) => kind !== 'node.trouble');
      expect(kinds).toEqual(['node.ready', 'node.unreachable', 'node.lost', 'node.ready']);
      const loss = told.find(({ kind }) => kind === 'node.lost');
      expect(loss?.evidence.silentMs).toBeGreaterThanOrEqual(4000);
      expect(told.some(({ evidence }) => evidence.trouble === trouble)).toBe(true);
    },
  );

  test('because this process has not reached it yet is only connecting at first, and lost after a while', async () => {
    await manager.close();
    manager = await startNodeManager({ directory, uid: 'test' }, { ...SETTINGS, amnestyMs: 6000 });
    await server.stopSshd();
    onTestFinished(() => server.startSshd());
    await addServer();
    const { reason } = await nodeWhen('to be known', (status) => status.trouble === 'ssh-down');
    expect(reason).toContain('connecting');
    const lost = await nodeWhen('to be lost', ({ state }) => state === 'lost');
    expect(lost.reason).toContain('since the platform began to connect');
    const kinds = (await events()).map(({ kind }) => kind);
    expect(kinds).not.toContain('node.unreachable');
  });

  test('and was lost already stays lost when the platform is started again', async () => {
    await readyServer();
    await server.cut();
    let isBack = false;
    onTestFinished(() => (isBack ? undefined : server.restore()));
    const before = await nodeWhen('to be lost', ({ state }) => state === 'lost');
    await manager.close();
    manager = await startNodeManager({ directory, uid: 'test' });
    const after = await nodeWhen('to be tried again', ({ trouble }) => trouble === 'no-answer');
    expect(after).toMatchObject({ state: 'lost', stateSinceAt: before.stateSinceAt });
    await server.restore();
    isBack = true;
    await nodeWhen('to be ready again', ({ state }) => state === 'ready', 40_000);
  });

  test('again and again is not trusted at once when it is back', async () => {
    await readyServer();
    const lostAt = [1, 2].map((minutes) => manager.clock.now() - minutes * 60_000);
    await manager.endSessions();
    const stored = await manager.store.get('nodeStatus', 'n1');
    if (!stored) throw new Error('n1 has no status');
    await manager.store.update('nodeStatus', { ...stored.doc, lostAt }, stored.version);
    await manager.close();
    manager = await startNodeManager({ directory, uid: 'test' });
    await nodeWhen('to be ready', ({ state }) => state === 'ready');
    await server.stopEngine();
    await nodeWhen('to be lost', ({ state }) => state === 'lost').finally(() => server.startEngine());
    const { quarantinedUntilAt, reason, stateSinceAt } = await nodeWhen('to be back', ({ state }) => state === 'ready');
    expect(quarantinedUntilAt).toBe(stateSinceAt + 60_000);
    expect(reason).toContain('lost 3 times within 10 minutes');
  });
});

test('a node whose disk is almost full is under pressure, and says so once', async () => {
  await manager.close();
  const diskPressure = { leastFreeBytes: Number.MAX_SAFE_INTEGER, leastFreeShare: 0 };
  manager = await startNodeManager({ directory, uid: 'test' }, { ...SETTINGS, diskPressure });
  await readyServer();
  await nodeWhen('to be under pressure', ({ pressure }) => pressure === 'disk');
  const pressed = async () => (await events()).filter(({ kind }) => kind === 'node.disk-pressure');
  const [told] = await until('the event of its pressure', 10_000, async () => {
    const found = await pressed();
    return found.length > 0 ? found : undefined;
  });
  expect(told?.text).toContain('short of disk space');
  const readAt = manager.clock.now();
  await nodeWhen('to be read once more', ({ load }) => (load?.at ?? 0) > readAt);
  expect(await pressed()).toHaveLength(1);
});

test('the load of a node can be seen over time', async () => {
  await readyServer();
  const { store, series, clock } = manager;
  server.setLoad({ cpuBusy: 0.5, memoryUsed: 0.25 });
  const range = () => ({ node: 'n1', fromAt: clock.now() - 60_000, toAt: clock.now(), mostPoints: 60 });
  const { measures, stepMs } = await until('its load to be kept', 30_000, async () => {
    const found = await loadOverTime({ store, series }, range());
    return (found.measures.memory.at(-1)?.mean ?? 1) < 0.3 ? found : undefined;
  });
  expect(stepMs).toBe(5000);
  expect(measures.disk.at(-1)?.mean).toBeGreaterThan(0);
  expect(measures.load.length).toBeGreaterThan(0);
});

// What people may ask of nodes, over a real store.
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { DockerMachines } from '../../../src/adapters/docker-machine/docker-machines.ts';
import { ORDINARY_TIMEOUTS } from '../../../src/adapters/docker-machine/timeouts.ts';
import { SqliteStore } from '../../../src/adapters/sqlite-store/sqlite-store.ts';
import { SystemClock } from '../../../src/adapters/system-clock/system-clock.ts';
import { SystemRandom } from '../../../src/adapters/system-random/system-random.ts';
import { NodeRequests } from '../../../src/nodes/node-requests.ts';
import { silentLog as log } from '../../contracts/silent-log.ts';
import { temporaryDirectory } from '../../contracts/temporary-directory.ts';

async function aPlatform() {
  const directory = await temporaryDirectory();
  const [clock, random] = [new SystemClock(), new SystemRandom()];
  const store = SqliteStore.open({ path: join(directory, 'berth.sqlite'), clock, log });
  onTestFinished(() => store.close());
  const parts = { clock, random, log, timeouts: ORDINARY_TIMEOUTS };
  const machines = new DockerMachines({ ...parts, platformKeyDirectory: join(directory, 'keys') });
  const events: string[] = [];
  const recordEvent = async ({ kind }: { kind: string }) => void events.push(kind);
  const nothing = { kind: 'local', socketPath: join(directory, 'nothing.sock') } as const;
  return { store, events, nothing, requests: new NodeRequests({ store, clock, machines, recordEvent }) };
}

test('the local node is made once, and follows its socket', async () => {
  const { requests, store, events } = await aPlatform();
  const first = await requests.ensureLocalNode('/run/one.sock');
  expect(await requests.ensureLocalNode('/run/one.sock')).toEqual(first);
  await requests.ensureLocalNode('/run/two.sock');
  const stored = await store.get('node', 'local');
  expect(stored?.doc).toEqual({ ...first, access: { kind: 'local', socketPath: '/run/two.sock' } });
  expect(events).toEqual(['node.added']);
});

test('a machine that cannot be a node is not written', async () => {
  const { requests, store, nothing } = await aPlatform();
  const request = { access: nothing, labels: {} };
  await expect(requests.addNode({ id: 'n1', ...request })).rejects.toMatchObject({ code: 'machine.no-engine' });
  await expect(requests.addNode({ id: 'N 1', ...request })).rejects.toMatchObject({ code: 'node.name-invalid' });
  await requests.ensureLocalNode(nothing.socketPath);
  await expect(requests.addNode(request)).rejects.toMatchObject({ code: 'node.name-taken' });
  expect(await store.count('node', {})).toBe(1);
});

test('a node is drained, labelled and let back; a removal is not undone', async () => {
  const { requests, nothing } = await aPlatform();
  await requests.ensureLocalNode(nothing.socketPath);
  expect(await requests.drainNode('local')).toMatchObject({ draining: true, removing: false });
  expect(await requests.labelNode('local', { place: 'hall' })).toMatchObject({
    labels: { place: 'hall' },
    draining: true,
  });
  expect(await requests.undrainNode('local')).toMatchObject({ draining: false });
  expect(await requests.removeNode('local')).toMatchObject({ draining: true, removing: true });
  await expect(requests.undrainNode('local')).rejects.toMatchObject({ code: 'node.leaving' });
  await expect(requests.addNode({ access: nothing, labels: {} })).rejects.toMatchObject({ code: 'node.leaving' });
  await expect(requests.drainNode('nobody')).rejects.toMatchObject({ code: 'request.not-found' });
});

test('two changes at once are both made', async () => {
  const { requests, store, nothing } = await aPlatform();
  await requests.ensureLocalNode(nothing.socketPath);
  await Promise.all([requests.drainNode('local'), requests.labelNode('local', { place: 'hall' })]);
  expect((await store.get('node', 'local'))?.doc).toMatchObject({ draining: true, labels: { place: 'hall' } });
});

test('only a lost node is removed by force', async () => {
  const { requests, store, nothing } = await aPlatform();
  const node = await requests.ensureLocalNode(nothing.socketPath);
  await expect(requests.abandonNode('local')).rejects.toMatchObject({ code: 'node.not-lost' });
  await expect(requests.abandonNode('nobody')).rejects.toMatchObject({ code: 'request.not-found' });
  const seen = { facts: null, load: null, clockOffsetMs: 0, lastSeenAt: null, stateSinceAt: 1, shard: node.shard };
  await store.create('nodeStatus', { id: 'local', state: 'lost', reason: 'It is silent.', ...seen });
  expect(await requests.abandonNode('local')).toMatchObject({ removing: true, abandoned: true });
});

// The node manager with a real server: SSH, Docker engine, power switch.
import { generateKeyPairSync } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, onTestFailed, test } from 'vitest';
import type { BerthError } from '../../src/model/errors.ts';
import type { NodeAccess, NodeStatus } from '../../src/model/node.ts';
import type { Task, TaskStatus } from '../../src/model/task.ts';
import { listNodes, showNode } from '../../src/nodes/node-reads.ts';
import { aJob, aSpec, aTask } from '../builders/jobs.ts';
import { anImage, SETTINGS } from '../unit/nodes/task-snapshots.ts';
import { startServer } from '../world/fleet.ts';
import type { Server } from '../world/server.ts';
import { until } from '../world/until.ts';
import { putTestImage } from './nodes-image.ts';
import { type NodeManager, startNodeManager } from './nodes-platform.ts';

let server: Server;
let directory: string;
let manager: NodeManager;
let count = 0;

beforeAll(async () => {
  server = await startServer();
  await putTestImage(server.docker);
});

afterAll(() => server?.destroy());

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'berth-nodes-'));
  await start();
  onTestFailed(() => console.error(manager.lines.slice(-60).join('\n')));
});

afterEach(async () => {
  await manager.close();
  for (const { Id } of await server.docker.listContainers({ all: true })) {
    await server.docker.getContainer(Id).remove({ force: true, v: true });
  }
  for (const name of await volumes()) await server.docker.getVolume(name).remove();
  await rm(directory, { recursive: true, force: true });
});

async function start(settings = SETTINGS): Promise<void> {
  manager = await startNodeManager({ directory, uid: 'test' }, settings);
}

function access(): Extract<NodeAccess, { kind: 'ssh' }> {
  const { address, port, user, hostKeyLine, identityPath } = server;
  return { kind: 'ssh', host: address, port, user, hostKey: hostKeyLine, identity: identityPath };
}

async function addServer(): Promise<void> {
  const shard = 0;
  const node = {
    id: 'n1',
    access: access(),
    labels: {},
    draining: false,
    removing: false,
    createdAt: manager.clock.now(),
  };
  await manager.store.create('node', { ...node, shard });
  await nodeWhen('to be ready', ({ state, load }) => state === 'ready' && load !== null);
}

function nodeWhen(what: string, is: (status: NodeStatus) => boolean, withinMs = 30_000): Promise<NodeStatus> {
  let seen: NodeStatus | undefined;
  return until(`n1 ${what}`, withinMs, async () => {
    seen = (await manager.store.get('nodeStatus', 'n1'))?.doc;
    if (seen && is(seen)) return seen;
    throw new Error(JSON.stringify(seen));
  });
}

function taskWhen(
  task: Task,
  what: string,
  is: (status: TaskStatus) => boolean,
  withinMs = 20_000,
): Promise<TaskStatus> {
  return until(`${task.id} ${what}`, withinMs, async () => {
    const seen = (await manager.store.get('taskStatus', task.id))?.doc;
    if (seen && is(seen)) return seen;
    throw new Error(JSON.stringify(seen));
  });
}

async function assign(parameters: Record<string, string>, over: Partial<Task> = {}): Promise<Task> {
  const image = anImage();
  if (!(await manager.store.get('image', image.id))) await manager.store.create('image', image);
  const job = aJob({ id: `room-${process.pid}.m${++count}`, spec: aSpec({ parameters, graceMs: 1000 }) });
  const task = aTask(job, 0, 1, 'n1', { createdAt: manager.clock.now(), ...over });
  await manager.store.create('task', task);
  return task;
}

async function runningTask(parameters: Record<string, string> = { mode: 'obey' }): Promise<Task> {
  const task = await assign(parameters);
  await taskWhen(task, 'to run', ({ state }) => state === 'running');
  await until('its first lines', 10_000, async () => ((await logOf(task)).includes('user') ? true : undefined));
  return task;
}

async function logOf(task: Task): Promise<string> {
  return String(await server.docker.getContainer(task.id).logs({ stdout: true, stderr: true }));
}

async function stop(task: Task): Promise<void> {
  const stored = await manager.store.get('task', task.id);
  if (!stored) throw new Error(`${task.id} is not there`);
  const wish = { reason: 'Ana stopped it.', at: manager.clock.now() };
  await manager.store.update('task', { ...stored.doc, stop: wish }, stored.version);
}

async function containers(): Promise<readonly string[]> {
  return (await server.docker.listContainers({ all: true })).flatMap(({ Names }) => Names.map((name) => name.slice(1)));
}

async function eventsOf(subject: string): Promise<readonly string[]> {
  const page = await manager.store.list('event', { where: { subject }, orderBy: 'at', limit: 20 });
  return page.items.map(({ doc }) => doc.kind);
}

async function volumes(): Promise<readonly string[]> {
  return (await server.docker.listVolumes()).Volumes.map(({ Name }) => Name);
}

describe('a machine', () => {
  const request = () => ({
    id: 'n1',
    access: { ...access(), identity: server.identityPath },
    labels: { place: 'hall' },
  });

  test('becomes a node after a person has confirmed its host key', async () => {
    const refusal = await manager.requests.addNode(request()).catch((error: unknown) => error);
    expect(refusal).toMatchObject({ code: 'node.host-key-unconfirmed' });
    const fingerprint = String((refusal as BerthError).details.fingerprint);
    await expect(manager.requests.addNode({ ...request(), expectedHostKey: 'SHA256:other' })).rejects.toMatchObject({
      code: 'node.host-key-differs',
    });
    const { facts } = await manager.requests.addNode({ ...request(), expectedHostKey: fingerprint });
    expect(facts.engineVersion).toMatch(/^\d+\./);
    const status = await nodeWhen('to be ready', ({ state }) => state === 'ready');
    expect(status.facts?.bootId).not.toBe('');
    expect(await listNodes(manager.store)).toMatchObject([
      { node: { id: 'n1', labels: { place: 'hall' } }, status: { state: 'ready' } },
    ]);
    await expect(manager.requests.addNode({ ...request(), expectedHostKey: fingerprint })).rejects.toMatchObject({
      code: 'node.name-taken',
    });
    await expect(
      manager.requests.addNode({ ...request(), id: 'n2', expectedHostKey: fingerprint }),
    ).rejects.toMatchObject({ code: 'node.same-machine', details: { node: 'n1' } });
  });

  test('shows its load', async () => {
    server.setLoad({ cpuBusy: 0.75, memoryUsed: 0.5 });
    await addServer();
    const { load } = await nodeWhen('to show its load', (status) => Math.abs((status.load?.cpu ?? 0) - 0.75) < 0.05);
    expect(load?.memory).toBeCloseTo(0.5, 2);
    server.setLoad({ cpuBusy: 0.1, memoryUsed: 0.9 });
    await nodeWhen(
      'to show its new load',
      ({ load: now }) => now !== null && now.cpu < 0.15 && now.memory > 0.85,
      10_000,
    );
  });

  test('is refused for good when it presents another host key', async () => {
    const other = generateKeyPairSync('ed25519').publicKey.export({ format: 'jwk' });
    const key = Buffer.concat([sshString('ssh-ed25519'), sshString(Buffer.from(String(other.x), 'base64url'))]);
    const hostKey = `ssh-ed25519 ${key.toString('base64')}`;
    const lasting = { labels: {}, draining: false, removing: false, createdAt: 1, shard: 0 };
    await manager.store.create('node', { id: 'n1', access: { ...access(), hostKey }, ...lasting });
    const { reason } = await nodeWhen('to be refused', ({ state }) => state === 'refused');
    expect(reason).toContain('host key');
    await expect.poll(() => eventsOf('node:n1')).toContain('node.refused');
  });

  test('that loses power is unreachable within seconds, and ready again when it is back; what ran there has failed', async () => {
    await addServer();
    const task = await runningTask();
    const log = () => server.docker.getContainer(task.id).logs({ stdout: true });
    await until('its first line', 10_000, async () => ((await log()).includes(`task ${task.id}`) ? true : undefined));
    await server.powerOff();
    const offAt = manager.clock.now();
    const { reason, stateSinceAt } = await nodeWhen('to be unreachable', ({ state }) => state === 'unreachable');
    expect(stateSinceAt - offAt).toBeLessThan(7000);
    expect(reason).toContain('not answered for 4 s');
    expect((await manager.store.get('taskStatus', task.id))?.doc.state).toBe('running');
    await server.powerOn();
    await nodeWhen('to be ready again', ({ state }) => state === 'ready', 40_000);
    const ended = await taskWhen(task, 'to have failed', ({ state }) => state === 'failed');
    expect(ended.reason).not.toBe('');
    // The end is told at once, so that a successor need not wait; what is left of the task is gathered behind it.
    await taskWhen(task, 'to have its last lines', ({ lastLines }) => lastLines.join('\n').includes(`task ${task.id}`));
  });

  test('that is cut off keeps its tasks, and they go on when it is back', async () => {
    await addServer();
    const task = await runningTask();
    await server.cut();
    await nodeWhen('to be unreachable', ({ state }) => state === 'unreachable');
    await server.restore();
    await nodeWhen('to be ready again', ({ state }) => state === 'ready', 40_000);
    await until('its log to be followed again', 10_000, () =>
      manager.evidence.followed.has(task.id) ? true : undefined,
    );
    expect((await manager.store.get('taskStatus', task.id))?.doc.state).toBe('running');
  });

  test('that is frozen is unreachable, and goes on when it thaws', async () => {
    await addServer();
    const task = await runningTask();
    await server.freeze();
    await nodeWhen('to be unreachable', ({ state }) => state === 'unreachable').finally(() => server.thaw());
    await nodeWhen('to be ready again', ({ state }) => state === 'ready', 40_000);
    expect((await manager.store.get('taskStatus', task.id))?.doc.state).toBe('running');
  });

  test('is not declared lost by a platform that itself stood still', async () => {
    await addServer();
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, SETTINGS.unreachableAfterMs + 2000);
    const stalledAt = manager.clock.now();
    await nodeWhen('to be seen after the stall', ({ load }) => (load?.at ?? 0) > stalledAt);
    expect(await eventsOf('node:n1')).not.toContain('node.unreachable');
  });

  test('is forgotten when it was removed and nothing runs there any more', async () => {
    await addServer();
    const task = await runningTask();
    await manager.requests.removeNode('n1');
    await stop(task);
    await until('n1 to be gone', 20_000, async () => ((await manager.store.get('node', 'n1')) ? undefined : true));
    expect(await manager.store.get('nodeStatus', 'n1')).toBeUndefined();
    expect(await containers()).toEqual([]);
  });
});

describe('a task', () => {
  test('runs hardened, with its file and the SDK socket', async () => {
    await addServer();
    const task = await runningTask();
    const log = await logOf(task);
    expect(log).toContain(`task ${task.id} token token of ${task.id}`);
    expect(log).toContain('user 65534 home 0o755 platform says sdk');
    const { HostConfig, NetworkSettings } = await server.docker.getContainer(task.id).inspect();
    expect(HostConfig).toMatchObject({ ReadonlyRootfs: true, CapDrop: ['ALL'], NetworkMode: 'none' });
    expect(HostConfig.RestartPolicy?.Name).toMatch(/^(no)?$/);
    expect(Object.keys(NetworkSettings.Networks)).toEqual(['none']);
    expect((await showNode(manager.store, 'n1')).tasks).toMatchObject([{ id: task.id, state: 'running' }]);
  });

  test('that ended with code 0 is completed, and its container is kept, then removed', async () => {
    await manager.close();
    await start({ ...SETTINGS, keepEndedMs: 1500 });
    await addServer();
    const base = aSpec({ kind: 'run-to-completion', parameters: { mode: 'end' } });
    const task = await assign({}, { spec: base });
    const ended = await taskWhen(task, 'to be completed', ({ state }) => state === 'completed');
    expect(ended).toMatchObject({ exitCode: 0, container: 'kept' });
    await taskWhen(task, 'to be cleared away', ({ container, nextAt }) => container === 'removed' && nextAt === null);
    expect(await containers()).toEqual([]);
    expect(await volumes()).toEqual([]);
  });

  test.each([
    ['docker kill', (id: string) => server.docker.getContainer(id).kill(), 'SIGKILL'],
    [
      'docker rm -f',
      (id: string) => server.docker.getContainer(id).remove({ force: true }),
      "behind the platform's back",
    ],
  ])('has failed after %s, and says so', async (_, act, reason) => {
    await addServer();
    const task = await runningTask();
    await act(task.id);
    await taskWhen(task, 'to have failed', ({ state }) => state === 'failed', 5000);
    await taskWhen(task, `to say ${reason}`, (status) => status.reason.includes(reason), 5000);
    const kinds = ['task.preparing', 'task.starting', 'task.running', 'task.ended'];
    await expect.poll(() => eventsOf(`task:${task.id}`)).toEqual(kinds);
  });

  test('that is stopped ends by itself', async () => {
    await addServer();
    const task = await runningTask({ mode: 'obey' });
    await stop(task);
    const ended = await taskWhen(task, 'to be stopped', ({ state }) => state === 'stopped', 5000);
    expect(ended).toMatchObject({ exitCode: 200, reason: 'Ana stopped it.' });
  });

  test('that does not hear SIGTERM is killed after its grace time', async () => {
    await addServer();
    const task = await runningTask({ mode: 'ignore' });
    await stop(task);
    const stopping = await taskWhen(task, 'to have been sent SIGTERM', ({ killAt }) => killAt !== null, 5000);
    const ended = await taskWhen(task, 'to be stopped', ({ state }) => state === 'stopped', 8000);
    expect(ended).toMatchObject({ exitCode: 137 });
    expect(ended.reason).toContain('was killed');
    expect(ended.endedAt).toBeGreaterThanOrEqual(stopping.killAt ?? Number.POSITIVE_INFINITY);
  });

  test('goes on when the platform is started again', async () => {
    await addServer();
    const task = await runningTask();
    const before = (await manager.store.get('taskStatus', task.id))?.doc;
    await manager.close();
    await start();
    await until('its log to be followed again', 15_000, () =>
      manager.evidence.followed.has(task.id) ? true : undefined,
    );
    expect((await manager.store.get('taskStatus', task.id))?.doc).toMatchObject({
      state: 'running',
      containerId: before?.containerId,
    });
  });

  test('that ended while the platform was down is noticed at the next start', async () => {
    await addServer();
    const task = await runningTask();
    await manager.close();
    await server.docker.getContainer(task.id).kill();
    await start();
    await taskWhen(task, 'to have failed', ({ state }) => state === 'failed', 15_000);
  });

  test('whose image cannot be pulled fails after its tries, with the reason', async () => {
    await manager.close();
    await start({ ...SETTINGS, actTries: 2, actBackoff: { firstMs: 100, maxMs: 100 } });
    await addServer();
    const manifestDigest = `sha256:${'c'.repeat(64)}`;
    await manager.store.create('image', anImage({ id: 'c'.repeat(64), manifestDigest }));
    const task = await assign({}, { package: 'c'.repeat(64) });
    const ended = await taskWhen(task, 'to have failed', ({ state }) => state === 'failed');
    expect(ended.reason).toContain('try 2');
  });

  test('that was given up while its node was away is stopped when the node is back', async () => {
    await addServer();
    const task = await runningTask();
    await server.cut();
    await nodeWhen('to be unreachable', ({ state }) => state === 'unreachable');
    const slot = { index: 0, state: 'filled', attempt: 2, task: `${task.job}.0.2`, node: 'n2' } as const;
    const rest = { placement: null, failures: 0, notBefore: null, lastEnd: null };
    const { job: id, instance, application } = task;
    const empty = { notes: [], lastLines: [], createdAt: 1, startedAt: 1, endedAt: null, shard: 0, nextAt: null };
    const status = { id, instance, application, state: 'running', reason: '', ...empty } as const;
    await manager.store.create('jobStatus', { ...status, slots: [{ ...slot, ...rest }] });
    await taskWhen(task, 'to be lost', ({ state }) => state === 'lost');
    await server.restore();
    await nodeWhen('to be ready again', ({ state }) => state === 'ready', 40_000);
    await until('its container to end', 20_000, async () => {
      const { State } = await server.docker.getContainer(task.id).inspect();
      return State.Running ? undefined : true;
    });
  });
});

test('containers and volumes with the mark of the platform that belong to no task are removed', async () => {
  const Labels = { 'berth.platform': 'test', 'berth.task': 'nobody.m1.0.1' };
  const Cmd = ['sleep', '600'];
  const stray = await server.docker.createContainer({ name: 'nobody.m1.0.1', Image: 'test-base:latest', Cmd, Labels });
  await stray.start();
  await server.docker.createVolume({ Name: 'nobody.m1.0.2', Labels });
  const others = await server.docker.createContainer({ name: 'somebody', Image: 'test-base:latest', Cmd });
  await addServer();
  await until('the stray to be gone', 15_000, async () =>
    (await containers()).includes('nobody.m1.0.1') ? undefined : true,
  );
  expect(await containers()).toEqual(['somebody']);
  await expect.poll(volumes, { timeout: 5000 }).toEqual([]);
  await others.remove({ force: true });
});

function sshString(value: string | Buffer): Buffer {
  const bytes = Buffer.from(value);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(bytes.length);
  return Buffer.concat([length, bytes]);
}

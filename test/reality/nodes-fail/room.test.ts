// Room on a real server's disk: what is removed when it is short, and what never is.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, onTestFailed, test } from 'vitest';
import type { Event } from '../../../src/model/event.ts';
import type { Task, TaskState, TaskStatus } from '../../../src/model/task.ts';
import { aJob, aSpec, aTask } from '../../builders/jobs.ts';
import { anImage, SETTINGS } from '../../unit/nodes/task-snapshots.ts';
import { startServer } from '../../world/fleet.ts';
import type { Server } from '../../world/server.ts';
import { until } from '../../world/until.ts';
import { putTestImage } from '../nodes-image.ts';
import { type NodeManager, startNodeManager } from '../nodes-platform.ts';

const LABELS = { 'berth.platform': 'test', 'berth.application': 'room' };

let server: Server;
let directory: string;
let manager: NodeManager;

beforeAll(async () => {
  server = await startServer();
  await putTestImage(server.docker);
  directory = await mkdtemp(join(tmpdir(), 'berth-room-'));
});

afterEach(() => manager.close());

afterAll(async () => {
  await server?.destroy();
  await rm(directory, { recursive: true, force: true });
});

async function startWith(leastFreeBytes: number): Promise<void> {
  const settings = { ...SETTINGS, diskPressure: { leastFreeBytes, leastFreeShare: 0 } };
  manager = await startNodeManager({ directory, uid: 'test' }, settings);
  onTestFailed(() => console.error(manager.lines.slice(-60).join('\n')));
}

async function addServer(): Promise<void> {
  const { address: host, port, user, hostKeyLine: hostKey, identityPath: identity } = server;
  const access = { kind: 'ssh', host, port, user, hostKey, identity } as const;
  const lasting = { labels: {}, draining: false, removing: false, createdAt: manager.clock.now(), shard: 0 };
  await manager.store.create('node', { id: 'n1', access, ...lasting });
}

function taskWhen(task: string, what: string, is: (status: TaskStatus) => boolean): Promise<TaskStatus> {
  return until(`${task} ${what}`, 20_000, async () => {
    const seen = (await manager.store.get('taskStatus', task))?.doc;
    if (seen && is(seen)) return seen;
    throw new Error(JSON.stringify(seen));
  });
}

/** The event that tells of an image's removal: a sweep tells after its last one. */
function removalOf(image: string): Promise<Event> {
  return until(`the event that ${image} was removed`, 20_000, async () => {
    const { items } = await manager.store.list('event', { where: { subject: 'node:n1' }, orderBy: 'at', limit: 100 });
    const told = items.map(({ doc }) => doc).filter(({ kind }) => kind === 'node.images-collected');
    const found = told.find(({ text }) => text.includes(image));
    if (found) return found;
    throw new Error(JSON.stringify(items.map(({ doc }) => doc.text)));
  });
}

async function runTask(name: string, parameters: Record<string, string>, state: TaskState): Promise<Task> {
  const job = aJob({ id: `room-${name}.m1`, spec: aSpec({ parameters, kind: 'run-to-completion' }) });
  const task = aTask(job, 0, 1, 'n1', { createdAt: manager.clock.now() });
  await manager.store.create('task', task);
  await taskWhen(task.id, `to be ${state}`, (seen) => seen.state === state);
  return task;
}

/** An image of a package, on the server only. */
async function putImage(pkg: string): Promise<string> {
  const container = await server.docker.createContainer({ Image: 'test-base:latest', Cmd: ['true'] });
  const labels = Object.entries({ ...LABELS, 'berth.package': pkg }).map(([name, value]) => `LABEL ${name}=${value}`);
  await container.commit({ repo: 'berth/room', tag: pkg, changes: labels.join('\n') });
  await container.remove();
  return `berth/room:${pkg}`;
}

async function tags(): Promise<readonly string[]> {
  const images = await server.docker.listImages();
  return images.flatMap(({ RepoTags }) => RepoTags ?? []).filter((tag) => tag.startsWith('berth/room:'));
}

test('a server short of disk loses images and ended containers that nothing needs, and keeps what runs', async () => {
  await startWith(0);
  await addServer();
  await manager.store.create('image', anImage());
  const [running, ended] = await Promise.all([
    runTask('runs', { mode: 'obey' }, 'running'),
    runTask('ended', { mode: 'end' }, 'completed'),
  ]);
  const used = (await tags())[0];
  const [old, current] = [await putImage('old'), await putImage('current')];
  const application = { id: 'room', description: '', currentPackage: 'current', createdAt: 1, updatedAt: 1 };
  await manager.store.create('application', application);
  expect((await server.docker.getContainer(ended.id).inspect()).State.Running).toBe(false);
  await manager.close();

  await startWith(Number.MAX_SAFE_INTEGER);
  await until('the old image and the ended container to be gone', 40_000, async () => {
    const containers = await server.docker.listContainers({ all: true });
    const names = containers.flatMap(({ Names }) => Names.map((name) => name.slice(1)));
    const seen = await tags();
    if (!seen.includes(old) && !names.includes(ended.id)) return true;
    throw new Error(JSON.stringify({ names, seen }));
  });
  expect((await server.docker.getContainer(running.id).inspect()).State.Running).toBe(true);
  expect(await tags()).toContain(used);
  expect((await removalOf(old)).text).not.toContain(current);
  const { state } = await taskWhen(ended.id, 'to be known as removed', ({ container }) => container === 'removed');
  expect(state).toBe('completed');
});

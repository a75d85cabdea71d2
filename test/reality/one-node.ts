// A server as the one node of a node manager of its own, made anew for each test: what the tests of machines and of tasks stand on.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, onTestFailed } from 'vitest';
import type { NodeAccess, NodeStatus } from '../../src/model/node.ts';
import type { Task, TaskStatus } from '../../src/model/task.ts';
import { aJob, aSpec, aTask } from '../builders/jobs.ts';
import { anImage, SETTINGS } from '../unit/nodes/task-snapshots.ts';
import { startServer } from '../world/fleet.ts';
import type { Server } from '../world/server.ts';
import { until } from '../world/until.ts';
import { putTestImage } from './nodes-image.ts';
import { type NodeManager, startNodeManager } from './nodes-platform.ts';

/** One server, and a node manager that knows it as `n1` once it is added. */
export class OneNode {
  #server: Server | undefined;
  #manager: NodeManager | undefined;
  #directory = '';
  #count = 0;

  get server(): Server {
    if (!this.#server) throw new Error('there is no server yet');
    return this.#server;
  }

  get manager(): NodeManager {
    if (!this.#manager) throw new Error('there is no manager yet');
    return this.#manager;
  }

  async begin(): Promise<void> {
    this.#server = await startServer();
    await putTestImage(this.server.docker);
  }

  async end(): Promise<void> {
    await this.#server?.destroy();
  }

  async beginTest(): Promise<void> {
    this.#directory = await mkdtemp(join(tmpdir(), 'berth-nodes-'));
    await this.start();
    onTestFailed(() => console.error(this.manager.lines.slice(-60).join('\n')));
  }

  async endTest(): Promise<void> {
    await this.manager.close();
    const { docker } = this.server;
    for (const { Id } of await docker.listContainers({ all: true }))
      await docker.getContainer(Id).remove({ force: true, v: true });
    for (const name of await this.volumes()) await docker.getVolume(name).remove();
    await rm(this.#directory, { recursive: true, force: true });
  }

  /** Starts the manager, anew after it was closed. */
  async start(settings = SETTINGS): Promise<void> {
    this.#manager = await startNodeManager({ directory: this.#directory, uid: 'test' }, settings);
  }

  get access(): Extract<NodeAccess, { kind: 'ssh' }> {
    const { address, port, user, hostKeyLine, identityPath } = this.server;
    return { kind: 'ssh', host: address, port, user, hostKey: hostKeyLine, identity: identityPath };
  }

  /** Makes the server a node, and waits until it is ready and measured. */
  async addServer(): Promise<void> {
    const lasting = { labels: {}, draining: false, removing: false, createdAt: this.manager.clock.now(), shard: 0 };
    await this.manager.store.create('node', { id: 'n1', access: this.access, ...lasting });
    await this.nodeWhen('to be ready', ({ state, load }) => state === 'ready' && load !== null);
  }

  nodeWhen(what: string, is: (status: NodeStatus) => boolean, withinMs = 30_000): Promise<NodeStatus> {
    return until(`n1 ${what}`, withinMs, async () => {
      const seen = (await this.manager.store.get('nodeStatus', 'n1'))?.doc;
      if (seen && is(seen)) return seen;
      throw new Error(JSON.stringify(seen));
    });
  }

  taskWhen(task: Task, what: string, is: (status: TaskStatus) => boolean, withinMs = 20_000): Promise<TaskStatus> {
    return until(`${task.id} ${what}`, withinMs, async () => {
      const seen = (await this.manager.store.get('taskStatus', task.id))?.doc;
      if (seen && is(seen)) return seen;
      throw new Error(JSON.stringify(seen));
    });
  }

  /** A new task for the node. */
  async assign(parameters: Record<string, string>, over: Partial<Task> = {}): Promise<Task> {
    const { store, clock } = this.manager;
    const image = anImage();
    if (!(await store.get('image', image.id))) await store.create('image', image);
    const spec = aSpec({ parameters, graceMs: 1000 });
    const job = aJob({ id: `room-${process.pid}.m${++this.#count}`, spec });
    const task = aTask(job, 0, 1, 'n1', { createdAt: clock.now(), ...over });
    await store.create('task', task);
    return task;
  }

  async runningTask(parameters: Record<string, string> = { mode: 'obey' }): Promise<Task> {
    const task = await this.assign(parameters);
    await this.taskWhen(task, 'to run', ({ state }) => state === 'running');
    await until('its first lines', 10_000, async () => (await this.logOf(task)).includes('user') || undefined);
    return task;
  }

  async logOf(task: Task): Promise<string> {
    return String(await this.server.docker.getContainer(task.id).logs({ stdout: true, stderr: true }));
  }

  /** Asks for the end of a task. */
  async stop(task: Task): Promise<void> {
    const { store, clock } = this.manager;
    const stored = await store.get('task', task.id);
    if (!stored) throw new Error(`${task.id} is not there`);
    const wish = { reason: 'Ana stopped it.', at: clock.now() };
    await store.update('task', { ...stored.doc, stop: wish }, stored.version);
  }

  async containers(): Promise<readonly string[]> {
    const found = await this.server.docker.listContainers({ all: true });
    return found.flatMap(({ Names }) => Names.map((name) => name.slice(1)));
  }

  async volumes(): Promise<readonly string[]> {
    return (await this.server.docker.listVolumes()).Volumes.map(({ Name }) => Name);
  }

  async eventsOf(subject: string): Promise<readonly string[]> {
    const page = await this.manager.store.list('event', { where: { subject }, orderBy: 'at', limit: 20 });
    return page.items.map(({ doc }) => doc.kind);
  }
}

/** One server for a file, and a manager for each of its tests. */
export function oneNode(): OneNode {
  const node = new OneNode();
  beforeAll(() => node.begin());
  beforeEach(() => node.beginTest());
  afterEach(() => node.endTest());
  afterAll(() => node.end());
  return node;
}

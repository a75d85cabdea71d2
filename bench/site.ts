// A real platform with one node, and that node's engine by a way of the bench's own.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import Docker from 'dockerode';
import { taskId } from '../src/model/job.ts';
import { BerthProcess } from '../test/reality/spine/berth-process.ts';
import { Story } from '../test/reality/spine/story.ts';
import { testEngine } from '../test/world/engine.ts';
import { startServer } from '../test/world/fleet.ts';
import { unlessGone } from '../test/world/leftovers.ts';
import type { Server } from '../test/world/server.ts';
import { pushApplication } from './application.ts';
import { ContainerLines } from './container-lines.ts';
import { ContainerStarts } from './container-starts.ts';
import { millisecondsOf, wallNow } from './wall-clock.ts';

/** Where the node is: this machine's engine, or a server of the fleet over SSH. */
export type SiteKind = 'local' | 'ssh';

/** A run by hand, as the bench saw it. */
export interface SeenRun {
  readonly job: string;
  readonly task: string;
  readonly sentAt: number;
  readonly acceptedAt: number;
  /** When the application printed its first line, on its container's clock. */
  readonly firstLineAt: number;
  readonly firstLine: string;
}

interface SiteParts {
  readonly kind: SiteKind;
  readonly platform: BerthProcess;
  readonly story: Story;
  readonly docker: Docker;
  readonly starts: ContainerStarts;
  readonly server: Server | undefined;
}

const WITHIN_MS = 60_000;
/** Far enough ahead that no instance of the bench ever runs by itself. */
const NEVER = '2099-01-01T00:00:00Z';

/** The name of the bench's application. */
export const APPLICATION = 'bench';

/** One platform with its one node, from `open` to `close`. */
export class Site {
  readonly kind: SiteKind;
  readonly story: Story;
  /** The node's engine. */
  readonly docker: Docker;
  /** The node, unless it is this machine. */
  readonly server: Server | undefined;
  readonly #platform: BerthProcess;
  readonly #starts: ContainerStarts;

  private constructor(parts: SiteParts) {
    this.kind = parts.kind;
    this.story = parts.story;
    this.docker = parts.docker;
    this.server = parts.server;
    this.#platform = parts.platform;
    this.#starts = parts.starts;
  }

  /** Starts everything, and uploads the bench's application. Settings of the platform beside the usual ones may be given. */
  static async open(kind: SiteKind, settings: Readonly<Record<string, string>> = {}): Promise<Site> {
    const server = kind === 'ssh' ? await startServer() : undefined;
    const platform = new BerthProcess({ ...(kind === 'ssh' ? { BERTH_DOCKER: '' } : {}), ...settings });
    try {
      const story = new Story(await platform.start());
      if (server) await story.addNode(server);
      else await story.nodeIs('local', ({ state, load }) => state === 'ready' && load !== null);
      const docker = server?.docker ?? new Docker({ socketPath: (await testEngine()).socketPath });
      await pushApplication(story.client, APPLICATION, '0');
      return new Site({ kind, platform, story, docker, starts: await ContainerStarts.open(docker), server });
    } catch (error) {
      await platform.remove();
      await server?.destroy();
      throw new Error(`${kind}: ${platform.output}`, { cause: error });
    }
  }

  /** Where the node is, in words. */
  get words(): string {
    return this.kind === 'ssh' ? 'over SSH' : 'local';
  }

  /** The process id of the platform. */
  async pid(): Promise<number> {
    const text = await readFile(join(this.#platform.directory, 'data', 'berth.pid'), 'utf8');
    return Number.parseInt(text, 10);
  }

  /** Makes an instance that only runs by hand. */
  async instance(name: string, algorithm: string, over: Readonly<Record<string, unknown>> = {}): Promise<void> {
    await this.story.client.call('createInstance', {
      body: { name, application: APPLICATION, algorithm, schedule: { kind: 'once', at: NEVER }, ...over },
    });
  }

  /** Runs an instance by hand, and reads its first line as soon as the container prints it. */
  async run(instance: string): Promise<SeenRun> {
    const sentAt = wallNow();
    const { id } = await this.story.client.call('runInstance', { params: { instance } });
    const acceptedAt = wallNow();
    const task = taskId(id, 0, 1);
    const firstLine = await this.firstLine(task);
    return { job: id, task, sentAt, acceptedAt, firstLineAt: stampOf(firstLine), firstLine };
  }

  /** The first line of a container that starts now or has started. */
  async firstLine(container: string): Promise<string> {
    const lines = await this.lines(container);
    try {
      return await lines.next(WITHIN_MS);
    } finally {
      lines.close();
    }
  }

  /** The log of a container that starts now or has started. */
  async lines(container: string): Promise<ContainerLines> {
    await this.#starts.started(container, WITHIN_MS);
    return ContainerLines.open(this.docker, container);
  }

  /** Resolves when a job is over. */
  async over(job: string): Promise<void> {
    await this.story.ended(job.slice(0, job.lastIndexOf('.')));
  }

  /** Stops a job and waits until it is over. */
  async stop(job: string): Promise<void> {
    await this.story.stop(job);
    await this.over(job);
  }

  /** Ends everything, and removes what the platform left on the node's engine. */
  async close(): Promise<void> {
    this.#starts.close();
    const { platform: uid } = await this.story.client.call('status');
    await this.#platform.remove();
    if (this.server) await this.server.destroy();
    else await clear(this.docker, uid);
  }
}

/** The time that a line of the bench's application begins with. */
export function stampOf(line: string): number {
  return millisecondsOf(line.split(' ')[0] ?? '');
}

async function clear(docker: Docker, uid: string): Promise<void> {
  const filters = { label: [`berth.platform=${uid}`] };
  const containers = await docker.listContainers({ all: true, filters });
  await Promise.all(
    containers.map(({ Id }) => docker.getContainer(Id).remove({ force: true, v: true }).catch(unlessGone)),
  );
  const { Volumes } = await docker.listVolumes({ filters: JSON.stringify(filters) });
  await Promise.all((Volumes ?? []).map(({ Name }) => docker.getVolume(Name).remove().catch(unlessGone)));
  const images = await docker.listImages({ filters: JSON.stringify(filters) });
  await Promise.all(images.map(({ Id }) => docker.getImage(Id).remove({ force: true }).catch(unlessGone)));
}

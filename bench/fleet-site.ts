// A real platform whose nodes are servers of the fleet, and the engines of those servers by a way of the bench's own.
import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { BerthProcess } from '../test/reality/spine/berth-process.ts';
import { Story } from '../test/reality/spine/story.ts';
import { fleet } from '../test/world/fleet.ts';
import type { Server } from '../test/world/server.ts';
import { pushApplication } from './application.ts';
import { ContainerLines } from './container-lines.ts';
import { ContainerStarts } from './container-starts.ts';
import { APPLICATION, stampOf } from './site.ts';

/** Room for many: what is measured is the platform, not how small this machine is. */
const TINY = { cpus: 0.05, memoryMiB: 32, diskMiB: 1 };

/** One platform with several servers as its nodes, from `open` to `close`. */
export class FleetSite {
  readonly servers: readonly Server[];
  readonly story: Story;
  readonly #platform: BerthProcess;

  private constructor(servers: readonly Server[], platform: BerthProcess, story: Story) {
    this.servers = servers;
    this.#platform = platform;
    this.story = story;
  }

  /** Starts everything, uploads the bench's application, and brings its image to every server. */
  static async open(size: number): Promise<FleetSite> {
    const servers = await fleet(size);
    const platform = new BerthProcess({ BERTH_DOCKER: '' });
    const story = new Story(await platform.start());
    const site = new FleetSite(servers, platform, story);
    await Promise.all(servers.map((server) => story.addNode(server)));
    await pushApplication(story.client, APPLICATION, '0');
    await site.continuous('warm', size);
    await story.stop((await story.running('warm')).id);
    await story.ended('warm');
    return site;
  }

  /** Makes a continuous instance of that many copies; they spread over the servers. */
  async continuous(name: string, copies: number): Promise<void> {
    const over = { schedule: { kind: 'continuous' }, copies, resources: TINY, restart: { tasks: 100, backoff: '0s' } };
    await this.story.client.call('createInstance', {
      body: { name, application: APPLICATION, algorithm: 'stay', ...over },
    });
  }

  /** The process id of the platform. */
  async pid(): Promise<number> {
    return Number.parseInt(await readFile(join(this.#platform.directory, 'data', 'berth.pid'), 'utf8'), 10);
  }

  server(node: string): Server {
    const found = this.servers.find(({ name }) => name === node);
    if (!found) throw new Error(`no server ${node}`);
    return found;
  }

  others(node: string): readonly Server[] {
    return this.servers.filter(({ name }) => name !== node);
  }

  async close(): Promise<void> {
    await this.#platform.remove();
    await Promise.all(this.servers.map((server) => server.destroy()));
  }
}

interface Heard {
  readonly server: Server;
  readonly starts: ContainerStarts;
}

/** Hears of the first line of a container wherever in a fleet it starts. */
export class FirstLines {
  readonly #heard: readonly Heard[];

  private constructor(heard: readonly Heard[]) {
    this.#heard = heard;
  }

  static async open(servers: readonly Server[]): Promise<FirstLines> {
    const open = async (server: Server) => ({ server, starts: await ContainerStarts.open(server.docker) });
    return new FirstLines(await Promise.all(servers.map(open)));
  }

  /** The time that the first line of a container begins with. */
  async of(container: string, withinMs: number): Promise<number> {
    return Promise.any(this.#heard.map((heard) => firstLine(heard, container, withinMs)));
  }

  close(): void {
    for (const { starts } of this.#heard) starts.close();
  }
}

async function firstLine({ server, starts }: Heard, container: string, withinMs: number): Promise<number> {
  await starts.started(container, withinMs);
  const lines = await ContainerLines.open(server.docker, container);
  try {
    return stampOf(await lines.next(withinMs));
  } finally {
    lines.close();
  }
}

/** A name that nothing else has. */
export function freshName(stem: string): string {
  return `${stem}-${randomBytes(3).toString('hex')}`;
}

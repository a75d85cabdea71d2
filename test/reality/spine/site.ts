// What most tests of the whole program stand on: a platform with the probe on it, and a fleet of real servers as its nodes.
import { afterAll, beforeAll } from 'vitest';
import { fleet } from '../../world/fleet.ts';
import type { Server } from '../../world/server.ts';
import { BerthProcess } from './berth-process.ts';
import { pushProbe } from './probe.ts';
import { QUICK, Story } from './story.ts';

/** Instances on the fleet, never on the platform's own machine, and restarted quickly. */
export const ON_FLEET = { place: { labels: { fleet: 'yes' } }, restart: QUICK };

/** A platform and its servers. */
export class Site {
  readonly platform: BerthProcess;
  servers: readonly Server[] = [];
  #story: Story | undefined;

  constructor(settings: Readonly<Record<string, string>>) {
    this.platform = new BerthProcess(settings);
  }

  /** The person at this platform. */
  get story(): Story {
    if (!this.#story) throw new Error('the site has not begun');
    return this.#story;
  }

  async begin(size: number): Promise<void> {
    this.servers = await fleet(size);
    const story = new Story(await this.platform.start());
    this.#story = story;
    await pushProbe(story.client, '1');
    const labels = (index: number) => ({ fleet: 'yes', number: String(index) });
    await Promise.all(this.servers.map((server, index) => story.addNode(server, labels(index))));
  }

  async end(): Promise<void> {
    await this.platform.remove();
    await Promise.all(this.servers.map((server) => server.destroy()));
  }

  /** What the servers' own engines tell of a job's containers, those that have ended too. */
  async containersOf(job: string) {
    const filters = { label: [`berth.job=${job}`] };
    return (await Promise.all(this.servers.map(({ docker }) => docker.listContainers({ all: true, filters })))).flat();
  }

  /** The server that is the node of this name. */
  server(name: string | null | undefined): Server {
    const found = this.servers.find((candidate) => candidate.name === name);
    if (!found) throw new Error(`no server ${name}`);
    return found;
  }
}

/** A site of that many servers from before the first test of a file until after its last. */
export function siteOf(size: number, settings: Readonly<Record<string, string>> = {}): Site {
  const site = new Site(settings);
  beforeAll(() => site.begin(size), 240_000);
  afterAll(() => site.end(), 60_000);
  return site;
}

// A platform on three machines of its own, installed by the initializer over a given Kafka and a given MariaDB, with servers as its nodes.
import { ApiClient } from '../../../src/cli/api-client.ts';
import { baseImageTar } from '../../world/base-image.ts';
import { testEngine } from '../../world/engine.ts';
import { fleet } from '../../world/fleet.ts';
import { startKafka, type TestKafka } from '../../world/kafka.ts';
import { type Mariadb, startMariadb } from '../../world/mariadb.ts';
import type { Server } from '../../world/server.ts';
import { until } from '../../world/until.ts';
import { pushProbe } from '../spine/probe.ts';
import { Story } from '../spine/story.ts';
import { Installation } from './installation.ts';

const DATA = '/var/lib/berth';
const API_PORT = 7400;
const LINES_TOLD = '15';

/** What is asked of a site. */
export interface MachinesPlan {
  readonly nodes: number;
  readonly settings?: Readonly<Record<string, string>>;
  /** More of each machine in the machines file. */
  readonly own?: readonly string[];
}

/** What a site stands on. */
interface Ground {
  readonly kafka: TestKafka;
  readonly mariadb: Mariadb;
  /** Where brokers and database are, for the machines. */
  readonly outside: string;
  /** Those of the platform; in its map they are m0, m1, m2. */
  readonly machines: readonly Server[];
  readonly nodes: readonly Server[];
}

/** The platform, and what it stands on. */
export class MachinesSite {
  readonly installation = new Installation();
  #ground: Ground | undefined;
  #story: Story | undefined;

  get ground(): Ground {
    return present(this.#ground);
  }

  /** A person at whichever API answered last. */
  get story(): Story {
    return present(this.#story);
  }

  /** Begins; what the processes wrote goes with a failure. */
  async begin(plan: MachinesPlan): Promise<void> {
    this.#ground = await ground(plan.nodes);
    try {
      await this.#install(plan);
      this.#story = new Story(await this.#client());
      await pushProbe(this.story.client, '1');
      await Promise.all(this.ground.nodes.map((node) => this.story.addNodeByOwnKey(node, { fleet: 'yes' })));
    } catch (error) {
      throw new Error(await this.report(), { cause: error });
    }
  }

  /** Speaks to an API that answers, when those from before may have gone. */
  async reconnect(): Promise<void> {
    this.story.client = await this.#client();
  }

  /** The last lines that the processes of each machine printed, and of their own logs. */
  async report(): Promise<string> {
    const logs = this.ground.machines.map(async (machine, index) => {
      const found = await machine.run(['find', '/etc/berth/logs', DATA, '-name', '*.log']);
      const { stdout } = await machine.run(['tail', '-n', LINES_TOLD, ...found.stdout.trim().split('\n')]);
      return `== m${index}\n${stdout}`;
    });
    return (await Promise.all(logs)).join('\n');
  }

  async end(): Promise<void> {
    const { kafka, mariadb, machines, nodes } = this.ground;
    await Promise.all([kafka.destroy(), mariadb.destroy(), ...[...machines, ...nodes].map((each) => each.destroy())]);
    this.installation.remove();
  }

  async #install({ settings = {}, own = [] }: MachinesPlan): Promise<void> {
    const { kafka, mariadb, machines } = this.ground;
    const tar = await baseImageTar();
    const [path = ''] = machines.map((machine) => machine.give(tar, 'base.tar'));
    const store = mariadb.url(await mariadb.makeDatabase(), '');
    const all = { BERTH_BASE_TAR: path, BERTH_LOG_LEVEL: 'debug', ...settings };
    const rest = [
      `store: { given: '${store}' }`,
      `bus: { given: '${kafka.url}' }`,
      'least: { diskGb: 1, memoryGb: 4 }',
      `settings: ${JSON.stringify(all)}`,
    ];
    this.installation.describe(machines, rest, own);
    const { code, stderr } = await this.installation.berth('init');
    if (code !== 0) throw new Error(stderr);
  }

  /** With the token that the first process with the api made. */
  async #client(): Promise<ApiClient> {
    const { machines } = this.ground;
    return until('an API that answers', 120_000, async () => {
      const token = await tokenOn(machines);
      for (const { address } of machines) {
        const client = new ApiClient({ url: `http://${address}:${API_PORT}`, token });
        const signal = AbortSignal.timeout(5000);
        const answers = await client.call('status', { signal }).then(
          () => true,
          () => false,
        );
        if (answers) return client;
      }
      return undefined;
    });
  }
}

async function ground(nodes: number): Promise<Ground> {
  const { range } = await testEngine();
  const outside = `10.${range}.16.1`;
  const [kafka, mariadb, machines, fleetNodes] = await Promise.all([
    startKafka({ host: outside }),
    startMariadb(outside),
    fleet(3, { kind: 'bare' }),
    fleet(nodes),
  ]);
  return { kafka, mariadb, outside, machines, nodes: fleetNodes };
}

async function tokenOn(machines: readonly Server[]): Promise<string> {
  for (const machine of machines) {
    const [path = ''] = (await machine.run(['find', DATA, '-name', 'credentials.json'])).stdout.split('\n');
    if (path === '') continue;
    const { stdout } = await machine.run(['cat', path]);
    return (JSON.parse(stdout) as { token: string }).token;
  }
  throw new Error('no machine keeps the first token');
}

function present<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('the site has not begun');
  return value;
}

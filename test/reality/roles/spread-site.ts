// A platform of several processes over a real Kafka and a real MariaDB, with real servers as its nodes.
import { afterAll, beforeAll } from 'vitest';
import { mysqlStatements } from '../../../src/initializer/database-grants.ts';
import type { Role } from '../../../src/model/role.ts';
import { fleet } from '../../world/fleet.ts';
import { startKafka, type TestKafka } from '../../world/kafka.ts';
import { type Mariadb, startMariadb } from '../../world/mariadb.ts';
import type { Server } from '../../world/server.ts';
import { pushProbe } from '../spine/probe.ts';
import { Story } from '../spine/story.ts';
import { RoleProcess } from './role-process.ts';

const LINES_TOLD = 30;
const PASSWORD = 'of-a-process';

/** Names of processes with the roles of each; the first has the API that people use. */
export type SpreadPlan = Readonly<Record<string, readonly string[]>>;

/** The platform, and what it stands on. */
export class SpreadSite {
  readonly #plan: SpreadPlan;
  readonly #processes = new Map<string, RoleProcess>();
  #kafka: TestKafka | undefined;
  #mariadb: Mariadb | undefined;
  #story: Story | undefined;
  servers: readonly Server[] = [];
  /** Of the person at the first process. */
  token = '';
  /** The database's name. */
  database = '';

  constructor(plan: SpreadPlan) {
    this.#plan = plan;
  }

  get kafka(): TestKafka {
    return present(this.#kafka);
  }

  get mariadb(): Mariadb {
    return present(this.#mariadb);
  }

  /** The person at the first process. */
  get story(): Story {
    return present(this.#story);
  }

  get processes(): readonly RoleProcess[] {
    return [...this.#processes.values()];
  }

  process(name: string): RoleProcess {
    return present(this.#processes.get(name));
  }

  /** Begins; what the processes wrote goes with a failure. */
  async begin(servers: number): Promise<void> {
    try {
      await this.#begin(servers);
    } catch (error) {
      throw new Error(await this.report(), { cause: error });
    }
  }

  /** The last lines of every process. */
  async report(): Promise<string> {
    const logs = this.processes.map(async (each) => {
      const lines = (await each.log().catch(() => '')).trim().split('\n');
      return [`== ${each.name}${each.isRunning ? '' : ' (ended)'}`, ...lines.slice(-LINES_TOLD), each.output].join(
        '\n',
      );
    });
    return (await Promise.all(logs)).join('\n');
  }

  async #begin(servers: number): Promise<void> {
    [this.#kafka, this.#mariadb, this.servers] = await Promise.all([startKafka(), startMariadb(), fleet(servers)]);
    this.database = await this.mariadb.makeDatabase();
    const owner = this.mariadb.url(this.database);
    for (const [name, roles] of Object.entries(this.#plan))
      this.#processes.set(
        name,
        new RoleProcess(name, {
          // The first makes the tables; the others have accounts that reach what their roles need.
          BERTH_STORE: this.processes.length === 0 ? owner : as(name, owner),
          BERTH_BUS: this.kafka.url,
          BERTH_ROLES: roles.join(','),
          BERTH_LOG_LEVEL: 'debug',
        }),
      );
    const [first, ...others] = this.processes;
    await first?.start();
    await this.#makeAccounts(others.map(({ name }) => name));
    for (const other of others) other.takeKeys(present(first));
    await Promise.all(others.map((other) => other.start()));
    this.token = await present(first).token();
    this.#story = new Story(present(first).client(this.token));
    await pushProbe(this.story.client, '1');
    const labels = (index: number) => ({ fleet: 'yes', number: String(index) });
    await Promise.all(this.servers.map((server, index) => this.story.addNode(server, labels(index))));
  }

  async #makeAccounts(names: readonly string[]): Promise<void> {
    const accounts = names.map((user) => ({ user, password: PASSWORD, roles: (this.#plan[user] ?? []) as Role[] }));
    const statements = mysqlStatements({ database: this.database, from: '%', accounts });
    await this.mariadb.look(statements.join(';'));
  }

  async end(): Promise<void> {
    await Promise.all(this.processes.map((each) => each.remove()));
    await Promise.all([
      this.#kafka?.destroy(),
      this.#mariadb?.destroy(),
      ...this.servers.map((server) => server.destroy()),
    ]);
  }
}

/** The same database, reached by another account. */
function as(user: string, url: string): string {
  const address = new URL(url);
  [address.username, address.password] = [user, PASSWORD];
  return address.href;
}

function present<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('the site has not begun');
  return value;
}

/** A site from before the first test of a file until after its last. */
export function spreadSite(plan: SpreadPlan, servers: number): SpreadSite {
  const site = new SpreadSite(plan);
  beforeAll(() => site.begin(servers), 240_000);
  afterAll(() => site.end(), 90_000);
  return site;
}

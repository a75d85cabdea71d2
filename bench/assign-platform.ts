// A platform that assigns tasks and reaches no node: embedded in one process, or spread over two with a real Kafka and a real MariaDB between them.
import { cp, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MysqlStore } from '../src/adapters/mysql-store/mysql-store.ts';
import { SystemClock } from '../src/adapters/system-clock/system-clock.ts';
import { SystemRandom } from '../src/adapters/system-random/system-random.ts';
import { SHARDS } from '../src/model/shard.ts';
import type { TestKafka } from '../test/world/kafka.ts';
import type { Mariadb } from '../test/world/mariadb.ts';
import { until } from '../test/world/until.ts';
import type { AssignPlan, Filled, Seen } from './assign-child.ts';
import type { Hops } from './hop-trace.ts';
import { shardOwners } from './shard-owners.ts';
import { silentLog } from './silent-log.ts';
import { ToldChild } from './told-child.ts';

/** Instances that fall due evenly within so many milliseconds, or at one instant. */
export interface Wave {
  readonly instances: number;
  readonly withinMs: number;
}

/** What became of a wave. */
export interface Assigned {
  readonly firstAt: number;
  readonly hops: Hops;
  /** CPU of the process that schedules and of the one that deploys; they may be the same. */
  readonly cpuSeconds: { readonly scheduler: number; readonly deployment: number };
}

/** The servers under a spread platform. */
export interface SpreadServers {
  readonly kafka: TestKafka;
  readonly mariadb: Mariadb;
}

const CHILD = join(import.meta.dirname, 'assign-child.ts');
const CHILD_WITHIN_MS = 900_000;
const ASSIGNED_WITHIN_MS = 60_000;
const SHARED_WITHIN_MS = 60_000;

/** A platform that runs until `close`. */
export class AssignPlatform {
  readonly #directory: string;
  readonly #scheduler: ToldChild;
  readonly #deployment: ToldChild;
  #waves = 0;

  private constructor(directory: string, scheduler: ToldChild, deployment: ToldChild) {
    this.#directory = directory;
    this.#scheduler = scheduler;
    this.#deployment = deployment;
  }

  static async embedded(): Promise<AssignPlatform> {
    const directory = await mkdtemp(join(tmpdir(), 'berth-bench-assign-'));
    const child = await started({ kind: 'embedded', settings: { BERTH_DATA: directory } });
    return AssignPlatform.#withFleet(new AssignPlatform(directory, child, child));
  }

  /** On an empty database of those servers. */
  static async spread({ kafka, mariadb }: SpreadServers): Promise<AssignPlatform> {
    const directory = await mkdtemp(join(tmpdir(), 'berth-bench-assign-'));
    const store = mariadb.url(await mariadb.makeDatabase());
    const begin = (role: string) => started(spreadPlan(directory, role, { store, bus: kafka.url }));
    const scheduler = await begin('scheduler');
    await mkdir(join(directory, 'deployment'), { mode: 0o700 });
    await cp(join(directory, 'scheduler', 'keys'), join(directory, 'deployment', 'keys'), { recursive: true });
    const deployment = await begin('deployment');
    await sharesTaken(store);
    return AssignPlatform.#withFleet(new AssignPlatform(directory, scheduler, deployment));
  }

  static async #withFleet(platform: AssignPlatform): Promise<AssignPlatform> {
    // By the process that places tasks: it sees at once what it writes.
    await platform.#deployment.ask({ do: 'fleet' });
    return platform;
  }

  /** Lets instances fall due, and waits until each has its task. @throws when some have none in time */
  async wave({ instances, withinMs }: Wave): Promise<Assigned> {
    const prefix = `wave-${++this.#waves}`;
    const { firstAt } = await this.#scheduler.ask<Filled>({ do: 'fill', prefix, instances, withinMs });
    const isOne = this.#scheduler === this.#deployment;
    if (!isOne) await this.#deployment.ask<Seen>({ do: 'hops' });
    const withinAllMs = firstAt - Date.now() + withinMs + ASSIGNED_WITHIN_MS;
    await this.#deployment.ask({ do: 'await', tasks: instances, withinMs: withinAllMs });
    const there = await this.#deployment.ask<Seen>({ do: 'hops' });
    const here = isOne ? there : await this.#scheduler.ask<Seen>({ do: 'hops' });
    const assigned = Object.keys(there.hops.assigned).length;
    if (assigned !== instances) throw new Error(`${assigned} of ${instances} have their task`);
    // What nobody takes up is looked at again and again, and the next wave would be measured beside it.
    await this.#deployment.ask({ do: 'run', jobs: Object.keys(there.hops.assigned) });
    const cpuSeconds = { scheduler: here.cpuSeconds, deployment: there.cpuSeconds };
    return { firstAt, hops: { ...there.hops, stored: here.hops.stored }, cpuSeconds };
  }

  async close(): Promise<void> {
    await this.#scheduler.end();
    await this.#deployment.end();
    await rm(this.#directory, { recursive: true, force: true });
  }
}

function started(plan: AssignPlan): Promise<ToldChild> {
  return ToldChild.start(CHILD, plan, CHILD_WITHIN_MS);
}

function spreadPlan(directory: string, role: string, on: { readonly store: string; readonly bus: string }): AssignPlan {
  const places = { BERTH_DATA: join(directory, role), BERTH_STORE: on.store, BERTH_BUS: on.bus, BERTH_BLOBS: 'store' };
  const names = { BERTH_ROLES: role, BERTH_COMPONENT: role, BERTH_DOCKER: '', BERTH_PORT: '0', BERTH_MQTT_HOST: '' };
  return { kind: 'spread', settings: { ...places, ...names } };
}

async function sharesTaken(url: string): Promise<void> {
  const store = await MysqlStore.open({ url, clock: new SystemClock(), random: new SystemRandom(), log: silentLog });
  try {
    const roles = ['scheduler', 'deployment'];
    await until('every shard to be taken', SHARED_WITHIN_MS, async () => {
      const owners = await shardOwners(store, roles);
      return roles.every((role) => owners.get(role)?.get(role) === SHARDS) || undefined;
    });
  } finally {
    await store.close();
  }
}

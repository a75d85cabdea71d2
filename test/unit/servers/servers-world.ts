// The servers room in a simulated world: the real controllers over a simulated store, clock and provider, with a double of nodes that
// says of each node what its machine is like.
import { Engine } from '../../../src/engine/engine.ts';
import { eventRecorder } from '../../../src/engine/event-recorder.ts';
import { WatchedStore } from '../../../src/engine/watched-store.ts';
import { buildServerRoom, type ServerRoom } from '../../../src/main/server-room.ts';
import type { Node, NodeStatus } from '../../../src/model/node.ts';
import { SimClock, WallClock } from '../../../src/sim/sim-clock.ts';
import { SimCloud } from '../../../src/sim/sim-cloud.ts';
import { SimDisk } from '../../../src/sim/sim-disk.ts';
import { SimProcess } from '../../../src/sim/sim-process.ts';
import { SimProviders } from '../../../src/sim/sim-provider.ts';
import { SimStore } from '../../../src/sim/sim-store.ts';
import { SimWorld } from '../../../src/sim/sim-world.ts';
import { CALM } from '../../../src/sim/weather.ts';
import { aNode, aNodeStatus } from '../../builders/jobs.ts';
import { simLog } from '../../sim/sim-log.ts';
import { aProvider, limits, orderLimits } from './server-builders.ts';

const LOOK_MS = 500;

/** One world with one provider. */
export class ServersWorld {
  readonly world: SimWorld;
  readonly disk = new SimDisk();
  readonly cloud: SimCloud;
  readonly weather = { ...CALM };
  /** Machines that run and do not answer. */
  readonly silent = new Set<string>();
  /** Machines whose engine is dead. */
  readonly dead = new Set<string>();
  readonly #wall: WallClock;
  #life: { readonly store: WatchedStore; readonly room: ServerRoom; readonly process: SimProcess } | undefined;
  #lives = 0;

  constructor(seed: string) {
    this.world = new SimWorld(seed);
    this.#wall = new WallClock(this.world, 0);
    this.cloud = new SimCloud(this.world, 'cloud', {
      started: ({ machine }) => this.silent.delete(machine),
      stopped: ({ machine }) => this.dead.delete(machine),
      destroyed: () => undefined,
    });
  }

  get store(): WatchedStore {
    return this.#present().store;
  }

  get room(): ServerRoom {
    return this.#present().room;
  }

  get process(): SimProcess {
    return this.#present().process;
  }

  get now(): number {
    return this.#wall.now();
  }

  /** Starts a platform; the one before must be dead. */
  async boot(): Promise<void> {
    const process = new SimProcess(this.world, `life-${++this.#lives}`);
    const random = this.world.random.fork(process.name);
    const [log, clock] = [simLog(process), new SimClock(process, this.#wall)];
    const store = new WatchedStore(new SimStore({ process, disk: this.disk, weather: this.weather }));
    const backoff = { firstMs: 200, maxMs: 20_000 };
    const engine = new Engine({ clock, random, log, concurrency: 16, sweepEveryMs: 60_000, backoff });
    const providers = new SimProviders({ process, cloud: this.cloud, weather: this.weather });
    const room = buildServerRoom({
      ...{ store, clock, random, log, providers, recordEvent: eventRecorder({ store, clock, random, log }) },
      wake: (key) => engine.wake(key),
      machines: {
        restartEngine: async (access) => void (access.kind === 'ssh' && this.#mendEngine(access.host)),
        scanHostKey: async (host) => ({ line: `ssh-ed25519 ${host}`, fingerprint: `SHA256:${host}` }),
        prepare: async () => undefined,
      },
      rules: { cpuOvercommit: 1, memoryHeadroomBytes: 0 },
      limits: { recovery: { ...limits, replacementsPerHour: 10 }, orders: orderLimits },
    });
    for (const controller of room.controllers) engine.register(controller);
    store.onWritten((kind, _, doc) => engine.written(kind, doc));
    this.#life = { store, room, process };
    this.#lookAtNodes(process, store);
    await Promise.race([engine.start(), this.world.pass(5000)]);
  }

  /** A provider and nodes of its machines, all ready. */
  async furnish(nodes: number): Promise<void> {
    this.#write('provider', aProvider());
    for (let index = 1; index <= nodes; index++) {
      const { machine, address, hostKey } = this.cloud.add(`old-${index}`, `old-${index}`);
      const access = { kind: 'ssh', host: address, port: 22, user: 'root', hostKey, identity: 'platform' } as const;
      const of = { provider: 'cloud', machine, isAdded: false };
      this.#write('node', aNode(`n${index}`, { access, machine: of, labels: { place: 'hall' } }));
    }
  }

  node(id: string): Node | undefined {
    return this.disk.read('node', id)?.doc;
  }

  /** Lets time pass until something is so. @throws when it is not so in time */
  async until(what: string, withinMs: number, isSo: () => boolean): Promise<void> {
    for (const end = this.world.elapsedMs + withinMs; this.world.elapsedMs < end; ) {
      if (isSo()) return;
      await this.world.pass(LOOK_MS);
    }
    throw new Error(
      `Not in time: ${what}\n${JSON.stringify(this.disk.docs('serverStatus'), null, 1)}\n${JSON.stringify(this.disk.docs('machineOrder'), null, 1)}`,
    );
  }

  areReady(...ids: readonly string[]): boolean {
    return ids.every((id) => this.disk.read('nodeStatus', id)?.doc.state === 'ready');
  }

  events(kind: string): readonly string[] {
    return this.disk.docs('event').flatMap((event) => (event.kind === kind ? [event.text] : []));
  }

  write<K extends 'node' | 'nodeStatus' | 'provider' | 'job' | 'jobStatus' | 'ledger'>(kind: K, doc: never): void {
    this.#write(kind, doc);
  }

  #write(
    kind: 'node' | 'nodeStatus' | 'provider' | 'job' | 'jobStatus' | 'ledger',
    doc: { readonly id: string },
  ): void {
    const present = this.disk.read(kind, doc.id);
    const write = present ? { do: 'update', version: present.version } : { do: 'create' };
    this.disk.write({ ...write, kind, doc } as never);
  }

  #present() {
    if (!this.#life) throw new Error('No platform was started yet');
    return this.#life;
  }

  #mendEngine(host: string): void {
    for (const { machine, address } of this.cloud.machines) if (address === host) this.dead.delete(machine);
  }

  /** Says how nodes are, and lets those go that are on their way out. */
  #lookAtNodes(process: SimProcess, store: WatchedStore): void {
    process.later(LOOK_MS, () => {
      void this.#tellNodes(store);
      this.#lookAtNodes(process, store);
    });
  }

  async #tellNodes(store: WatchedStore): Promise<void> {
    for (const { doc, version } of this.disk.all('node')) {
      const status = this.disk.read('nodeStatus', doc.id);
      const next = this.#statusOf(doc, status?.doc);
      if (doc.removing) {
        if (status) await store.delete('nodeStatus', doc.id, status.version).catch(() => undefined);
        await store.delete('node', doc.id, version).catch(() => undefined);
      } else if (!status) await store.create('nodeStatus', next).catch(() => undefined);
      else if (next.state !== status.doc.state)
        await store.update('nodeStatus', next, status.version).catch(() => undefined);
    }
  }

  #statusOf({ id, machine: of }: Node, before: NodeStatus | undefined): NodeStatus {
    const machine = of && this.cloud.find(of.machine);
    const runs = machine?.state === 'running' && !this.silent.has(machine.machine);
    const isDead = runs && this.dead.has(machine.machine);
    const state = runs && !isDead ? 'ready' : 'lost';
    const since = before?.state === state ? before.stateSinceAt : this.now;
    return aNodeStatus(id, {}, { state, stateSinceAt: since, trouble: isDead ? 'engine-down' : 'no-answer' });
  }
}

/** A world with a platform and nodes that are ready. */
export async function serversWorld(seed: string, nodes: number): Promise<ServersWorld> {
  const world = new ServersWorld(seed);
  await world.furnish(nodes);
  await world.boot();
  const names = Array.from({ length: nodes }, (_, index) => `n${index + 1}`);
  await world.until('nodes are ready', 30_000, () => world.areReady(...names));
  return world;
}

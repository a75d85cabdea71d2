// Servers' part of the loop for the size of the fleet (key `scale:all`): adds machines for jobs that wait for room, and gives them back.
import type { Controller, Unsettled, Wake } from '../engine/controller.ts';
import type { RecordEvent } from '../engine/event-recorder.ts';
import { pages } from '../engine/shard-sweep.ts';
import { type Executors, runSteps } from '../engine/steps.ts';
import type { Instant } from '../model/instant.ts';
import type { JobStatus } from '../model/job.ts';
import type { Documents, Kind } from '../model/kinds.ts';
import type { Node } from '../model/node.ts';
import type { MachineOrder, ProviderConfig, ServerStatus } from '../model/server.ts';
import type { Random } from '../ports/random.ts';
import type { Store } from '../ports/store.ts';
import {
  decideScale,
  type FleetNode,
  type RoomRules,
  type ScaleSnapshot,
  type ScaleStep,
  type WaitingJob,
  waitsForRoom,
} from './decide-scale.ts';
import { orderMachines } from './order-machines.ts';
import type { ProviderPool } from './provider-pool.ts';
import { returnNode } from './recovery-acts.ts';

/** What the controller needs. */
export interface ScaleControllerParts {
  readonly store: Store;
  readonly random: Random;
  readonly recordEvent: RecordEvent;
  readonly wake: Wake;
  readonly pool: ProviderPool;
  readonly rules: RoomRules;
}

const PAGE = 1000;
/** Jobs that wait and are looked at; the others come when these have room. */
const WAITING_AT_ONCE = 500;

/** Keeps the fleet as large as what waits for room needs, within its providers' limits. */
export class ScaleController implements Controller {
  readonly prefix = 'scale';
  readonly watches = {
    jobStatus: ({ state }: JobStatus) => (state === 'waiting' ? this.#all() : []),
    serverStatus: ({ idleSinceAt }: ServerStatus) => (idleSinceAt === null ? [] : this.#all()),
    machineOrder: (_: MachineOrder) => this.#all(),
    node: ({ machine }: Node) => (machine ? this.#all() : []),
    provider: (_: ProviderConfig) => ['all'],
  };
  readonly #parts: ScaleControllerParts;
  /** Since when this process has seen each job wait for room. */
  readonly #waitingSince = new Map<string, Instant>();
  /** A hint: without providers nothing is worth a look. */
  #hasProviders = true;

  constructor(parts: ScaleControllerParts) {
    this.#parts = parts;
  }

  async reconcile(_: string, now: Instant): Promise<Instant | null> {
    const providers = await this.#every('provider');
    this.#hasProviders = providers.length > 0;
    if (!this.#hasProviders) return null;
    const snapshot = await this.#load(providers, now);
    const decision = decideScale(snapshot, now);
    await runSteps(decision.steps, this.#executors(now));
    return decision.wakeAt;
  }

  async *sweep(): AsyncIterable<Unsettled> {
    yield { id: 'all', at: 0 };
  }

  #all(): readonly string[] {
    return this.#hasProviders ? ['all'] : [];
  }

  async #load(providers: readonly ProviderConfig[], now: Instant): Promise<ScaleSnapshot> {
    const [nodes, orders, waiting] = await Promise.all([
      this.#nodes(),
      this.#every('machineOrder'),
      this.#waiting(now),
    ]);
    return { providers, nodes, orders, waiting, rules: this.#parts.rules };
  }

  async #nodes(): Promise<readonly FleetNode[]> {
    const { store } = this.#parts;
    const nodes = (await this.#every('node')).filter(({ machine }) => machine !== undefined);
    const ids = nodes.map(({ id }) => id);
    const [statuses, ledgers, servers] = await Promise.all([
      store.getMany('nodeStatus', ids),
      store.getMany('ledger', ids),
      store.getMany('serverStatus', ids),
    ]);
    const [status, ledger, server] = [byId(statuses), byId(ledgers), byId(servers)];
    return nodes.map((node) => ({
      node,
      status: status.get(node.id) ?? null,
      ledger: ledger.get(node.id) ?? null,
      server: server.get(node.id) ?? null,
    }));
  }

  async #waiting(now: Instant): Promise<readonly WaitingJob[]> {
    const { store } = this.#parts;
    const query = { where: { state: 'waiting' }, orderBy: 'createdAt', limit: WAITING_AT_ONCE };
    const statuses = (await store.list('jobStatus', query)).items.map(({ doc }) => doc).filter(waitsForRoom);
    const jobs = byId(
      await store.getMany(
        'job',
        statuses.map(({ id }) => id),
      ),
    );
    this.#remember(statuses, now);
    return statuses.flatMap((status) => {
      const job = jobs.get(status.id);
      return job ? [{ job, status, sinceAt: this.#waitingSince.get(status.id) ?? now }] : [];
    });
  }

  /** A refusal that stays the same keeps the time of the first, so a new process knows of at least that much. */
  #remember(statuses: readonly JobStatus[], now: Instant): void {
    const ids = new Set(statuses.map(({ id }) => id));
    for (const id of [...this.#waitingSince.keys()]) if (!ids.has(id)) this.#waitingSince.delete(id);
    for (const { id, slots } of statuses) {
      const refusedAt = slots.flatMap(({ state, placement }) => (state === 'empty' && placement ? [placement.at] : []));
      const sinceAt = Math.min(this.#waitingSince.get(id) ?? now, ...refusedAt);
      this.#waitingSince.set(id, sinceAt);
    }
  }

  #executors(now: Instant): Executors<ScaleStep> {
    const { store, random, recordEvent, pool } = this.#parts;
    return {
      grow: async ({ provider, count, text }) => {
        const orders = await orderMachines({ store, random }, { provider, count, until: 'idle' }, now);
        const evidence = { provider, count, nodes: orders.map(({ node }) => node).join(' ') };
        await recordEvent({ kind: 'fleet.grow', subject: 'fleet', text, evidence });
      },
      'give-back': async ({ node, text }) => {
        await returnNode(store, node);
        await recordEvent({ kind: 'fleet.give-back', subject: `node:${node}`, text });
      },
      'forget-provider': ({ provider }) => this.#forget(provider, pool),
    };
  }

  async #forget(id: string, pool: ProviderPool): Promise<void> {
    const { store, recordEvent } = this.#parts;
    const stored = await store.get('provider', id);
    if (stored) await store.delete('provider', id, stored.version);
    await pool.close(id);
    await recordEvent({ kind: 'provider.removed', subject: `provider:${id}`, text: `Provider ${id} was removed.` });
  }

  async #every<K extends Kind>(kind: K): Promise<Documents[K][]> {
    const found: Documents[K][] = [];
    for await (const doc of pages(this.#parts.store, kind, { limit: PAGE })) found.push(doc);
    return found;
  }
}

function byId<D extends { readonly id: string }>(found: readonly { readonly doc: D }[]): ReadonlyMap<string, D> {
  return new Map(found.map(({ doc }) => [doc.id, doc]));
}

// The fleet in memory: every node with its status and ledger, in a heap by load. A cache: a placement is safe only through the
// node's Ledger that it writes, so a stale view costs a second decision and nothing else.

import { RankedHeap } from '../engine/ranked-heap.ts';
import { pages } from '../engine/shard-sweep.ts';
import type { Instant } from '../model/instant.ts';
import type { Kind } from '../model/kinds.ts';
import type { Ledger, Node, NodeStatus, Reservation } from '../model/node.ts';
import type { ServerStatus } from '../model/server.ts';
import type { AnyDocument, Store } from '../ports/store.ts';
import type { Fleet } from './decide-placement.ts';
import { type Intended, type Intentions, withReservation } from './ledger-book.ts';
import type { NodeView } from './node-filters.ts';
import { placementLoad } from './node-load.ts';

/** Load differences below this count as equal, so that ties are broken by tasks and name rather than by noise. */
const LOAD_STEP = 0.005;

/** Tasks of a node that are told apart in its rank. */
const MOST_TASKS = 1_000_000;

/** The nodes of the platform, by load. */
export class FleetView implements Fleet, Intentions {
  readonly #nodes = new Map<string, Node>();
  readonly #statuses = new Map<string, NodeStatus>();
  readonly #ledgers = new Map<string, Ledger>();
  readonly #servers = new Map<string, ServerStatus>();
  readonly #views = new Map<string, NodeView>();
  readonly #byLoad = new RankedHeap();
  readonly #leaving = new Set<string>();
  readonly #left = new Set<string>();
  readonly #quarantined = new Set<string>();
  /** The order as far as it was asked for, until anything changes. */
  #walk: { readonly views: NodeView[]; readonly rest: Iterator<NodeView, undefined> } | undefined;
  /** Keys of what was written while `refresh` was reading: what it read of them is older. */
  #writtenMeanwhile: Set<string> | undefined;
  /** By node, room that is about to be reserved. */
  readonly #intended = new Map<string, Set<Intended>>();
  /** By task, the node whose ledger holds room for it. */
  readonly #holders = new Map<string, string>();

  get size(): number {
    return this.#nodes.size;
  }

  /** Nodes that are being drained or removed. */
  get leaving(): ReadonlySet<string> {
    return this.#leaving;
  }

  /** Nodes that tasks have to leave: those, and the lost ones. */
  get left(): ReadonlySet<string> {
    return this.#left;
  }

  /** When the next quarantine ends; null when no node is in one. */
  nextQuarantineEnd(now: Instant): Instant | null {
    const ends = [...this.#quarantined].map((id) => this.#statuses.get(id)?.quarantinedUntilAt ?? 0);
    const next = Math.min(...ends.filter((at) => at > now));
    return Number.isFinite(next) ? next : null;
  }

  /** Reads everything anew. */
  async refresh(store: Store): Promise<void> {
    const newer = new Set<string>();
    this.#writtenMeanwhile = newer;
    const [nodes, statuses, ledgers, servers] = await Promise.all([
      all(store, 'node'),
      all(store, 'nodeStatus'),
      all(store, 'ledger'),
      all(store, 'serverStatus'),
    ]);
    this.#writtenMeanwhile = undefined;
    refill(this.#nodes, nodes, (id) => newer.has(`node:${id}`));
    refill(this.#statuses, statuses, (id) => newer.has(`nodeStatus:${id}`));
    refill(this.#ledgers, ledgers, (id) => newer.has(`ledger:${id}`));
    refill(this.#servers, servers, (id) => newer.has(`serverStatus:${id}`));
    for (const id of [...this.#views.keys()]) if (!this.#nodes.has(id)) this.#forget(id);
    this.#holders.clear();
    for (const { id, reservations } of this.#ledgers.values()) this.#hold(id, reservations);
    for (const id of this.#nodes.keys()) this.#rank(id);
  }

  /** Takes over one document that was written; what does not tell of nodes is ignored. */
  written(kind: Kind, id: string, doc: AnyDocument | undefined): void {
    if (kind === 'node') put(this.#nodes, id, doc as Node | undefined);
    else if (kind === 'nodeStatus') put(this.#statuses, id, doc as NodeStatus | undefined);
    else if (kind === 'ledger') this.#writtenLedger(id, doc as Ledger | undefined);
    else if (kind === 'serverStatus') put(this.#servers, id, doc as ServerStatus | undefined);
    else return;
    this.#writtenMeanwhile?.add(`${kind}:${id}`);
    if (kind === 'serverStatus') return;
    if (this.#nodes.has(id)) this.#rank(id);
    else this.#forget(id);
  }

  /**
   * Counts in what is about to be reserved until it is settled. A database takes its time: without this everything that is decided meanwhile would
   * go to the same node.
   */
  intend(intended: Intended): () => void {
    const { node } = intended;
    const of = this.#intended.get(node) ?? new Set();
    this.#intended.set(node, of.add(intended));
    this.#rank(node);
    return () => {
      of.delete(intended);
      if (of.size === 0 && this.#intended.get(node) === of) this.#intended.delete(node);
      this.#rank(node);
    };
  }

  /** One node as it is known, with what is about to be reserved there. */
  get(id: string): NodeView | undefined {
    return this.#views.get(id);
  }

  ledgerOf(node: string): Ledger | undefined {
    return this.#ledgers.get(node);
  }

  serverOf(id: string): ServerStatus | undefined {
    return this.#servers.get(id);
  }

  holderOf(task: string): NodeView | undefined {
    const node = this.#holders.get(task);
    return node === undefined ? undefined : this.#views.get(node);
  }

  /** Walks on where an earlier walk of the same fleet left off: the copies of a job are placed over one fleet. */
  *ascending(): Generator<NodeView> {
    this.#walk ??= { views: [], rest: this.#inOrder() };
    const { views, rest } = this.#walk;
    for (let index = 0; ; index++) {
      const view = views[index] ?? rest.next().value;
      if (!view) return;
      views[index] = view;
      yield view;
    }
  }

  *#inOrder(): Generator<NodeView, undefined> {
    let tied: NodeView[] = [];
    let step = -1;
    for (const { key, rank } of this.#byLoad.ascending()) {
      if (rank !== step) {
        yield* tied.sort(byName);
        tied = [];
        step = rank;
      }
      const view = this.#views.get(key);
      if (view) tied.push(view);
    }
    yield* tied.sort(byName);
    return undefined;
  }

  /** What comes to a ledger stands behind what was there: all before the first difference is held as it was. */
  #writtenLedger(id: string, ledger: Ledger | undefined): void {
    const [before, after] = [this.#ledgers.get(id)?.reservations ?? [], ledger?.reservations ?? []];
    const first = after.findIndex(({ task }, index) => before[index]?.task !== task);
    const same = first < 0 ? after.length : first;
    for (const { task } of before.slice(same)) if (this.#holders.get(task) === id) this.#holders.delete(task);
    put(this.#ledgers, id, ledger);
    this.#hold(id, after.slice(same));
  }

  #hold(id: string, reservations: readonly Reservation[]): void {
    for (const { task } of reservations) this.#holders.set(task, id);
  }

  #rank(id: string): void {
    this.#walk = undefined;
    const node = this.#nodes.get(id);
    if (!node) return;
    const status = this.#statuses.get(id) ?? null;
    const isLeaving = node.draining || node.removing;
    mark(this.#leaving, id, isLeaving);
    mark(this.#left, id, isLeaving || status?.state === 'lost');
    mark(this.#quarantined, id, status?.quarantinedUntilAt !== undefined);
    const ledger = this.#ledgerWithIntended(id);
    const load = placementLoad(status, ledger);
    this.#views.set(id, { node, status, ledger, load });
    this.#byLoad.set(id, rankOf(load, ledger?.reservations.length ?? 0));
  }

  #ledgerWithIntended(id: string): Ledger | null {
    const ledger = this.#ledgers.get(id) ?? null;
    const intended = this.#intended.get(id);
    if (!intended) return ledger;
    return [...intended]
      .filter(({ reservation: { task } }) => this.#holders.get(task) !== id)
      .reduce((so, { reservation, claim }) => withReservation(so, reservation, claim), ledger ?? noLedger(id));
  }

  #forget(id: string): void {
    this.#walk = undefined;
    this.#nodes.delete(id);
    this.#views.delete(id);
    this.#byLoad.delete(id);
    for (const marked of [this.#leaving, this.#left, this.#quarantined]) marked.delete(id);
  }
}

function noLedger(id: string): Ledger {
  return { id, claim: null, reservations: [] };
}

function mark(marked: Set<string>, id: string, isMarked: boolean): void {
  if (isMarked) marked.add(id);
  else marked.delete(id);
}

async function all<K extends 'node' | 'nodeStatus' | 'ledger' | 'serverStatus'>(store: Store, kind: K) {
  const found = new Map<string, Node | NodeStatus | Ledger | ServerStatus>();
  for await (const doc of pages(store, kind, { limit: 1000 })) found.set(doc.id, doc);
  return found;
}

function refill<D>(
  target: Map<string, D>,
  source: ReadonlyMap<string, unknown>,
  isNewer: (id: string) => boolean,
): void {
  for (const id of [...target.keys()]) if (!source.has(id) && !isNewer(id)) target.delete(id);
  for (const [id, doc] of source) if (!isNewer(id)) target.set(id, doc as D);
}

function put<D>(target: Map<string, D>, id: string, doc: D | undefined): void {
  if (doc === undefined) target.delete(id);
  else target.set(id, doc);
}

/** By load, and of the same load by tasks. */
function rankOf(load: number, tasks: number): number {
  return Math.round(load / LOAD_STEP) * MOST_TASKS + Math.min(tasks, MOST_TASKS - 1);
}

function byName(a: NodeView, b: NodeView): number {
  return a.node.id < b.node.id ? -1 : 1;
}

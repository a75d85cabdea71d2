// Servers' part of the loop for the machine under each node: looks at it through its provider, decides, and takes the steps of the ladder.
import type { Controller, Unsettled, Wake } from '../engine/controller.ts';
import type { RecordEvent } from '../engine/event-recorder.ts';
import { pages } from '../engine/shard-sweep.ts';
import { type Executors, runSteps } from '../engine/steps.ts';
import { BerthError } from '../model/errors.ts';
import type { Instant } from '../model/instant.ts';
import type { Ledger, Node, NodeStatus } from '../model/node.ts';
import type { MachineOrder, ServerStatus } from '../model/server.ts';
import type { Clock } from '../ports/clock.ts';
import type { Log } from '../ports/log.ts';
import type { Machines } from '../ports/machine.ts';
import type { Random } from '../ports/random.ts';
import type { Store, Stored } from '../ports/store.ts';
import { BackgroundWorks } from './background-works.ts';
import type { Brake } from './decide-brake.ts';
import { decideRecovery, firstServerStatus, type RecoveryStep } from './decide-recovery.ts';
import type { FleetBrake } from './fleet-brake.ts';
import { MachineWatch } from './machine-watch.ts';
import { newOrder } from './new-order.ts';
import { powerCycle } from './power-cycle.ts';
import type { ProviderPool } from './provider-pool.ts';
import { claimReplacement, retireNode } from './recovery-acts.ts';
import { recoveryEvents } from './recovery-events.ts';
import type { RecoveryLimits } from './recovery-limits.ts';
import type { ActEnd, RecoverySnapshot } from './recovery-snapshot.ts';

/** What the controller needs. */
export interface ServerControllerParts {
  readonly store: Store;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly recordEvent: RecordEvent;
  readonly wake: Wake;
  readonly pool: ProviderPool;
  readonly machines: Pick<Machines, 'restartEngine'>;
  readonly brake: FleetBrake;
  readonly limits: RecoveryLimits;
}

const PAGE = 500;
const NO_BRAKE: Brake = { isOn: false, lost: 0, fleet: 0 };

interface Loaded {
  readonly node: Node;
  readonly status: Stored<ServerStatus> | undefined;
  readonly budgetVersion: number | null;
  readonly snapshot: RecoverySnapshot;
}

/** The loop's part for keys `server:<node>`. */
export class ServerController implements Controller {
  readonly prefix = 'server';
  readonly watches = {
    node: ({ id }: Node) => [id],
    nodeStatus: ({ id, state }: NodeStatus) => (state !== 'ready' || this.#unwell.has(id) ? [id] : []),
    machineOrder: ({ node, purpose }: MachineOrder) => (purpose === 'replace' ? [node] : []),
    ledger: ({ id }: Ledger) => (this.#added.has(id) ? [id] : []),
  };
  readonly #parts: ServerControllerParts;
  readonly #watch: MachineWatch;
  readonly #acts: BackgroundWorks<void>;
  /** Hints, so that the load of every node and every placement does not wake its machine. */
  readonly #unwell = new Set<string>();
  readonly #added = new Set<string>();

  constructor(parts: ServerControllerParts) {
    this.#parts = parts;
    const { pool, clock, log, wake } = parts;
    this.#watch = new MachineWatch({ pool, clock, log, onNews: (node) => wake(`server:${node}`) });
    this.#acts = new BackgroundWorks({ log, onEnd: (name) => wake(`server:${nodeOfWork(name)}`) });
  }

  async reconcile(id: string, now: Instant): Promise<Instant | null> {
    const node = await this.#parts.store.get('node', id);
    if (!node) return this.#forget(id);
    const loaded = await this.#load(node.doc);
    this.#hint(loaded.snapshot);
    const decision = decideRecovery(loaded.snapshot, this.#parts.limits, now);
    await runSteps(decision.steps, this.#executors(loaded, now));
    return decision.wakeAt;
  }

  async *sweep(): AsyncIterable<Unsettled> {
    for await (const { id } of pages(this.#parts.store, 'node', { limit: PAGE })) yield { id, at: 0 };
    for await (const { id } of pages(this.#parts.store, 'serverStatus', { limit: PAGE })) yield { id, at: 0 };
  }

  /** Resolves when no act and no question is under way any more. */
  async idle(): Promise<void> {
    await Promise.all([this.#watch.idle(), this.#acts.idle()]);
  }

  async #forget(id: string): Promise<null> {
    this.#watch.forget(id);
    this.#unwell.delete(id);
    this.#added.delete(id);
    const status = await this.#parts.store.get('serverStatus', id);
    if (status) await this.#parts.store.delete('serverStatus', id, status.version);
    return null;
  }

  #hint({ node, nodeStatus, status }: RecoverySnapshot): void {
    if (nodeStatus?.state === 'ready' && status.state === 'well') this.#unwell.delete(node.id);
    else this.#unwell.add(node.id);
    if (node.machine?.isAdded) this.#added.add(node.id);
    else this.#added.delete(node.id);
  }

  async #load(node: Node): Promise<Loaded> {
    const { store, random } = this.#parts;
    const [stored, nodeStatus, ledger, budget] = await Promise.all([
      store.get('serverStatus', node.id),
      store.get('nodeStatus', node.id),
      store.get('ledger', node.id),
      store.get('recoveryBudget', 'all'),
    ]);
    const status = stored?.doc ?? firstServerStatus(node);
    const snapshot = {
      ...{ node, nodeStatus: nodeStatus?.doc ?? null, status, budget: budget?.doc ?? null },
      ...(await this.#provider(node)),
      ...(await this.#underWay(status)),
      isIdle: isIdle(ledger?.doc),
      brake: await this.#brake(nodeStatus?.doc),
      actId: `${node.id}-${random.id(10)}`,
    };
    return { node, status: stored, budgetVersion: budget?.version ?? null, snapshot };
  }

  async #provider({ id, machine }: Node): Promise<Pick<RecoverySnapshot, 'sight' | 'unusable'>> {
    if (!machine) return { sight: null, unusable: null };
    try {
      const { provider } = await this.#parts.pool.get(machine.provider);
      return { sight: this.#watch.sight(id, machine, provider.can), unusable: null };
    } catch (error) {
      if (!(error instanceof BerthError)) throw error;
      return { sight: null, unusable: error.message };
    }
  }

  async #underWay({ tries }: ServerStatus): Promise<Pick<RecoverySnapshot, 'work' | 'order'>> {
    const last = tries.at(-1);
    if (last?.outcome !== 'under-way') return { work: 'none', order: null };
    const order = last.act === 'replace' ? await this.#parts.store.get('machineOrder', last.actId) : undefined;
    return { work: this.#workOf(last.actId), order: order?.doc ?? null };
  }

  #workOf(actId: string): RecoverySnapshot['work'] {
    if (this.#acts.isRunning(actId)) return 'under-way';
    const end = this.#acts.ended(actId);
    if (!end) return 'none';
    return end.ok ? { outcome: 'done', text: 'It was done; the node has time to come back.' } : failure(end.error);
  }

  async #brake(nodeStatus: NodeStatus | undefined): Promise<Brake> {
    const { brake } = this.#parts;
    return nodeStatus?.state === 'ready' && !brake.held ? NO_BRAKE : brake.now();
  }

  #executors({ node, status, budgetVersion, snapshot }: Loaded, now: Instant): Executors<RecoveryStep> {
    const { store, machines, clock } = this.#parts;
    const { machine } = node;
    return {
      describe: async () => machine && this.#watch.ask(node.id, machine),
      claim: () => claimReplacement(store, { budget: snapshot.budget, version: budgetVersion, now }),
      readdress: ({ host }) => this.#readdress(node, host),
      record: (step) => this.#record(step.status, status, snapshot),
      'restart-engine': async ({ actId }) => this.#acts.begin(actId, () => machines.restartEngine(node.access)),
      start: async ({ actId }) => this.#withMachine(actId, node, (provider, id) => provider.start(id)),
      'power-cycle': async ({ actId }) =>
        this.#withMachine(actId, node, (provider, id) => powerCycle(provider, id, clock)),
      replace: ({ actId }) => this.#order(node, actId, now),
      retire: async ({ actId }) => this.#acts.begin(actId, () => retireNode(store, node.id)),
    };
  }

  #withMachine(
    actId: string,
    { machine, id }: Node,
    act: (provider: Awaited<ReturnType<ProviderPool['get']>>['provider'], machine: string) => Promise<void>,
  ): void {
    this.#acts.begin(actId, async () => {
      if (!machine) throw new BerthError('server.no-provider', { node: id, act: 'power' });
      const { provider } = await this.#parts.pool.get(machine.provider);
      await act(provider, machine.machine);
    });
  }

  async #record(next: ServerStatus, before: Stored<ServerStatus> | undefined, snapshot: RecoverySnapshot) {
    const { store, recordEvent } = this.#parts;
    if (before) await store.update('serverStatus', next, before.version);
    else await store.create('serverStatus', next);
    for (const event of recoveryEvents(snapshot.status, next, snapshot.nodeStatus)) await recordEvent(event);
    for (const { actId, outcome } of next.tries) if (outcome !== 'under-way') this.#acts.forget(actId);
  }

  async #readdress({ id }: Node, host: string): Promise<void> {
    const stored = await this.#parts.store.get('node', id);
    if (stored?.doc.access.kind !== 'ssh') return;
    const access = { ...stored.doc.access, host };
    await this.#parts.store.update('node', { ...stored.doc, access }, stored.version);
    const text = `Node ${id}: its machine has the address ${host} now, instead of ${stored.doc.access.host}.`;
    await this.#parts.recordEvent({ kind: 'node.changed', subject: `node:${id}`, text });
  }

  async #order(node: Node, actId: string, now: Instant): Promise<void> {
    if (!node.machine) throw new BerthError('server.no-provider', { node: node.id, act: 'replace' });
    const { provider, machine } = node.machine;
    const order = newOrder({ id: actId, provider, purpose: 'replace', node: node.id, replaces: machine }, now);
    if (!(await this.#parts.store.get('machineOrder', actId))) await this.#parts.store.create('machineOrder', order);
  }
}

/** An act's id is its node's, a hyphen, and a random end. */
function nodeOfWork(actId: string): string {
  return actId.slice(0, actId.lastIndexOf('-'));
}

function isIdle(ledger: Ledger | undefined): boolean {
  return !ledger || (ledger.reservations.length === 0 && ledger.claim === null);
}

function failure(error: unknown): ActEnd {
  return { outcome: 'failed', text: error instanceof Error ? error.message : String(error) };
}

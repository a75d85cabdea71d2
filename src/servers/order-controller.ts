// Servers' part of the loop for machines that are being made: reads an order, decides, writes, and acts beside the loop.
import type { Controller, Unsettled, Wake } from '../engine/controller.ts';
import type { RecordEvent } from '../engine/event-recorder.ts';
import { sweepByNextAt } from '../engine/shard-sweep.ts';
import { type Executors, runSteps } from '../engine/steps.ts';
import { BerthError } from '../model/errors.ts';
import type { Instant } from '../model/instant.ts';
import type { Node } from '../model/node.ts';
import type { MachineOrder } from '../model/server.ts';
import type { Log } from '../ports/log.ts';
import type { ProviderMachine } from '../ports/provider.ts';
import { type Store, StoreConflict, type Stored } from '../ports/store.ts';
import { BackgroundWorks } from './background-works.ts';
import { decideOrder, type OrderAct, type OrderNews, type OrderSnapshot, type OrderStep } from './decide-order.ts';
import type { MachineJoin } from './machine-join.ts';
import type { OrderLimits } from './order-limits.ts';
import type { OpenedProvider, ProviderPool } from './provider-pool.ts';

/** What the controller needs. */
export interface OrderControllerParts {
  readonly store: Store;
  readonly log: Log;
  readonly recordEvent: RecordEvent;
  readonly wake: Wake;
  readonly pool: ProviderPool;
  readonly machines: MachineJoin;
  readonly limits: OrderLimits;
}

type Provision = Pick<OrderSnapshot, 'can' | 'isLeaving'>;

/** The loop's part for keys `order:<act id>`. */
export class OrderController implements Controller {
  readonly prefix = 'order';
  readonly watches = {
    machineOrder: ({ id }: MachineOrder) => [id],
    node: ({ id, removing }: Node) => (removing ? [...(this.#ofNode.get(id) ?? [])] : []),
  };
  readonly #parts: OrderControllerParts;
  readonly #works: BackgroundWorks<OrderNews>;
  /** Orders by node; a hint, so that a node on its way out wakes those that own its machine. */
  readonly #ofNode = new Map<string, Set<string>>();

  constructor(parts: OrderControllerParts) {
    this.#parts = parts;
    this.#works = new BackgroundWorks({ log: parts.log, onEnd: (id) => parts.wake(`order:${id}`) });
  }

  async reconcile(id: string, now: Instant): Promise<Instant | null> {
    const stored = await this.#parts.store.get('machineOrder', id);
    if (!stored) return null;
    this.#hint(stored.doc);
    const news = this.#news(id);
    const decision = decideOrder(await this.#load(stored.doc, news), this.#parts.limits, now);
    await runSteps(decision.steps, this.#executors(stored));
    if (!this.#works.isRunning(id) && news !== 'under-way') this.#works.forget(id);
    return decision.wakeAt;
  }

  sweep(): AsyncIterable<Unsettled> {
    return sweepByNextAt(this.#parts.store, 'machineOrder');
  }

  /** Resolves when no act is under way any more. */
  idle(): Promise<void> {
    return this.#works.idle();
  }

  #hint({ id, node }: MachineOrder): void {
    const orders = this.#ofNode.get(node) ?? new Set();
    this.#ofNode.set(node, orders.add(id));
  }

  #unhint({ id, node }: MachineOrder): void {
    const orders = this.#ofNode.get(node);
    orders?.delete(id);
    if (orders?.size === 0) this.#ofNode.delete(node);
  }

  #news(id: string): OrderSnapshot['news'] {
    if (this.#works.isRunning(id)) return 'under-way';
    const end = this.#works.ended(id);
    return end?.ok ? end.value : 'none';
  }

  async #load(order: MachineOrder, news: OrderSnapshot['news']): Promise<OrderSnapshot> {
    const { store } = this.#parts;
    const [node, nodeStatus] = await Promise.all([store.get('node', order.node), store.get('nodeStatus', order.node)]);
    const provision = await this.#provision(order);
    return { order, node: node?.doc ?? null, nodeStatus: nodeStatus?.doc ?? null, ...provision, news };
  }

  async #provision({ provider: id }: MachineOrder): Promise<Provision> {
    try {
      const { config, provider } = await this.#parts.pool.get(id);
      return { can: provider.can, isLeaving: config.removing };
    } catch (error) {
      if (!(error instanceof BerthError)) throw error;
      return { can: null, isLeaving: false };
    }
  }

  #executors(stored: Stored<MachineOrder>): Executors<OrderStep> {
    const begin = async ({ do: act, order }: { readonly do: OrderAct; readonly order: MachineOrder }) =>
      this.#works.begin(order.id, () => this.#act(act, order));
    return {
      record: ({ order }) => this.#record(order, stored),
      forget: ({ text }) => this.#forget(stored, text),
      ...{ create: begin, find: begin, describe: begin, join: begin, destroy: begin, 'destroy-old': begin },
    };
  }

  async #record(order: MachineOrder, { doc: before, version }: Stored<MachineOrder>): Promise<void> {
    await this.#parts.store.update('machineOrder', order, version);
    if (order.state === before.state && order.replaces === before.replaces) return;
    const destroyed = before.replaces !== undefined && order.replaces === undefined;
    const text = destroyed ? `The machine ${before.replaces} that it replaced is done with.` : order.reason;
    await this.#tell(order, destroyed ? 'machine.old-done' : `machine.${order.state}`, text);
  }

  async #forget({ doc, version }: Stored<MachineOrder>, text: string): Promise<void> {
    await this.#parts.store.delete('machineOrder', doc.id, version);
    this.#unhint(doc);
    if (doc.state === 'joined') await this.#tell(doc, 'machine.returned', text);
  }

  #tell({ id, node, provider, machine, purpose }: MachineOrder, kind: string, text: string): Promise<void> {
    const evidence = { act: id, provider, machine, purpose };
    return this.#parts.recordEvent({
      kind,
      subject: `node:${node}`,
      text: `New machine for ${node}: ${text}`,
      evidence,
    });
  }

  async #act(act: OrderAct, order: MachineOrder): Promise<OrderNews> {
    try {
      const opened = await this.#parts.pool.get(order.provider);
      return { of: act, ok: true, machine: await this.#ask(act, order, opened) };
    } catch (error) {
      if (error instanceof StoreConflict) return { of: act, ok: false, text: error.message, fault: 'retry' };
      if (!(error instanceof BerthError)) throw error;
      return { of: act, ok: false, text: error.message, fault: faultOf(error) };
    }
  }

  async #ask(
    act: OrderAct,
    order: MachineOrder,
    { config, provider }: OpenedProvider,
  ): Promise<ProviderMachine | undefined> {
    const { id, node: name, machine, replaces } = order;
    if (act === 'create') return provider.create({ act: id, name });
    if (act === 'find') return provider.findMade(id);
    if (act === 'destroy-old') return void (replaces !== undefined && (await provider.destroy(replaces)));
    if (machine === null) return undefined;
    if (act === 'destroy') return void (await provider.destroy(machine));
    const described = await provider.describe(machine);
    if (act === 'join') await this.#join(order, { config, provider }, described);
    return described;
  }

  #join(order: MachineOrder, { config }: OpenedProvider, machine: ProviderMachine): Promise<void> {
    const progress = (line: string) => this.#parts.log.debug('A machine is prepared', { order: order.id, line });
    return this.#parts.machines.join({ order, config, machine, progress });
  }
}

/** After these nobody can tell whether the other side did it. */
const UNTOLD = new Set(['provider.timeout', 'provider.unreachable', 'provider.answer-invalid']);

function faultOf(error: BerthError): 'retry' | 'terminal' | 'unknown' {
  if (UNTOLD.has(error.code)) return 'unknown';
  return error.retryable ? 'retry' : 'terminal';
}

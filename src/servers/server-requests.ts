// What people may ask of the machine under a node: switch its recovery, take a step now, say which machine it is.
import { changeExisting } from '../engine/change-document.ts';
import type { RecordEvent } from '../engine/event-recorder.ts';
import { pages } from '../engine/shard-sweep.ts';
import { BerthError } from '../model/errors.ts';
import type { Node, NodeStatus, RecoveryAct, RecoveryWish } from '../model/node.ts';
import type { Clock } from '../ports/clock.ts';
import type { Provider } from '../ports/provider.ts';
import type { Random } from '../ports/random.ts';
import type { Store, Stored } from '../ports/store.ts';
import type { ProviderPool } from './provider-pool.ts';

/** What requests about machines need. */
export interface ServerRequestParts {
  readonly store: Store;
  readonly clock: Clock;
  readonly random: Random;
  readonly pool: ProviderPool;
  readonly recordEvent: RecordEvent;
}

const PAGE = 500;
const AUTOMATIC: RecoveryWish = { mode: 'automatic', forced: null };

const NEEDS = { 'power-cycle': 'powerCycle', replace: 'create' } as const;

/** Requests about the machines under nodes. */
export class ServerRequests {
  readonly #parts: ServerRequestParts;

  constructor(parts: ServerRequestParts) {
    this.#parts = parts;
  }

  /** Lets a node be recovered by itself, or not. @throws request.not-found, node.leaving */
  async switchRecovery(id: string, { mode, by }: { readonly mode: RecoveryWish['mode']; readonly by: string }) {
    const changed = await this.#change(id, (node) => ({
      ...node,
      recovery: { ...(node.recovery ?? AUTOMATIC), mode },
    }));
    await this.#tell(id, `${by} switched its recovery ${mode === 'off' ? 'off' : 'on'}`);
    return changed;
  }

  /**
   * Takes a step of recovery now, whatever brake, limits and the switch say; without one, the gentlest that may help.
   * @throws request.not-found, node.leaving, server.nothing-wrong, server.no-provider, provider.cannot
   */
  async recoverNode(id: string, { step, by }: { readonly step: RecoveryAct | null; readonly by: string }) {
    const { doc } = await this.#find(id);
    const status = await this.#parts.store.get('nodeStatus', id);
    const act = step ?? gentlestFor(doc, status?.doc ?? null);
    await this.#refuseImpossible(doc, act);
    const forced = { act, request: this.#parts.random.id(10), at: this.#parts.clock.now() };
    const changed = await this.#change(id, (node) => ({
      ...node,
      recovery: { ...(node.recovery ?? AUTOMATIC), forced },
    }));
    await this.#tell(id, `${by} asked for its recovery: ${act}`);
    return changed;
  }

  /**
   * Says which machine of which provider a node is, so that it can be recovered through it.
   * @throws request.not-found, node.leaving, provider.no-machine, server.machine-taken, server.made-by-berth, and what the provider throws
   */
  async adoptMachine(id: string, { provider, machine }: { readonly provider: string; readonly machine: string }) {
    const { doc } = await this.#find(id);
    await this.#refuseOwned(doc);
    await this.#refuseTaken(id, provider, machine);
    const opened = await this.#parts.pool.get(provider);
    if (opened.config.removing) throw new BerthError('provider.leaving', { name: provider });
    const described = await opened.provider.describe(machine);
    if (described.state === 'gone') throw new BerthError('provider.no-machine', { machine });
    const changed = await this.#change(id, (node) => ({ ...node, machine: { provider, machine, isAdded: false } }));
    await this.#tell(id, `is the machine ${machine} of ${provider}`);
    return changed;
  }

  async #refuseImpossible(node: Node, act: RecoveryAct): Promise<void> {
    if (act !== 'power-cycle' && act !== 'replace') return;
    const words = act === 'replace' ? 'replace' : 'power-cycle';
    if (!node.machine) throw new BerthError('server.no-provider', { node: node.id, act: words });
    const { provider } = await this.#parts.pool.get(node.machine.provider);
    const can: Provider['can'] = provider.can;
    if (!can[NEEDS[act]])
      throw new BerthError('provider.cannot', { act: act === 'replace' ? 'create' : 'start and stop' });
  }

  /** Pointing the node elsewhere would leave a machine that nobody but the platform knows of. */
  async #refuseOwned({ id, machine }: Node): Promise<void> {
    if (!machine) return;
    const query = { where: { node: id }, orderBy: 'createdAt', limit: PAGE };
    const orders = await this.#parts.store.list('machineOrder', query);
    const isMade = orders.items.some(({ doc }) => doc.state === 'joined' && doc.machine === machine.machine);
    if (isMade) throw new BerthError('server.made-by-berth', { node: id });
  }

  async #refuseTaken(id: string, provider: string, machine: string): Promise<void> {
    for await (const node of pages(this.#parts.store, 'node', { limit: PAGE })) {
      const isSame = node.machine?.provider === provider && node.machine.machine === machine;
      if (isSame && node.id !== id) throw new BerthError('server.machine-taken', { machine, node: node.id });
    }
  }

  #change(id: string, change: (node: Node) => Node): Promise<Node> {
    return changeExisting(this.#parts.store, 'node', id, (node) => {
      if (node.removing) throw new BerthError('node.leaving', { name: id });
      return change(node);
    });
  }

  async #find(id: string): Promise<Stored<Node>> {
    const stored = await this.#parts.store.get('node', id);
    if (!stored) throw new BerthError('request.not-found', { what: 'node', id });
    return stored;
  }

  #tell(id: string, what: string): Promise<void> {
    return this.#parts.recordEvent({ kind: 'node.changed', subject: `node:${id}`, text: `Node ${id}: ${what}.` });
  }
}

/** What helps without touching more than it must. @throws server.nothing-wrong, server.no-provider */
function gentlestFor(node: Node, status: NodeStatus | null): RecoveryAct {
  if (status?.state === 'ready') throw new BerthError('server.nothing-wrong', { node: node.id, state: 'ready' });
  if (status?.trouble === 'engine-down') return 'restart-engine';
  if (!node.machine) throw new BerthError('server.no-provider', { node: node.id, act: 'recover' });
  return 'power-cycle';
}

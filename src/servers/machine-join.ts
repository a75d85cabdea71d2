// Makes a new machine a node: its host key is pinned, it is made fit, and then the node is written, in one compare-and-set.
import type { RecordEvent } from '../engine/event-recorder.ts';
import { BerthError } from '../model/errors.ts';
import type { Node, NodeAccess } from '../model/node.ts';
import type { MachineOrder, ProviderConfig } from '../model/server.ts';
import { shardOf } from '../model/shard.ts';
import type { Clock } from '../ports/clock.ts';
import type { Machines } from '../ports/machine.ts';
import type { ProviderMachine } from '../ports/provider.ts';
import { type Store, StoreConflict, type Stored } from '../ports/store.ts';

/** What joining needs. */
export interface MachineJoinParts {
  readonly store: Store;
  readonly clock: Clock;
  readonly machines: Pick<Machines, 'scanHostKey' | 'prepare'>;
  readonly recordEvent: RecordEvent;
}

/** A machine that runs, with its order and its provider's settings. */
export interface Joining {
  readonly order: MachineOrder;
  readonly config: ProviderConfig;
  readonly machine: ProviderMachine;
  /** Words of the preparation, for people who wait. */
  readonly progress: (line: string) => void;
}

type SshAccess = Extract<NodeAccess, { readonly kind: 'ssh' }>;

/** Turns machines into nodes; doing it again changes nothing. */
export class MachineJoin {
  readonly #parts: MachineJoinParts;

  constructor(parts: MachineJoinParts) {
    this.#parts = parts;
  }

  /** Resolves when the node stands for the machine. @throws what `Machines.scanHostKey` and `prepare` throw, node.name-taken */
  async join(joining: Joining): Promise<void> {
    const { access, isVouched } = await this.#access(joining);
    await this.#parts.machines.prepare(access, joining.progress);
    const isNew =
      joining.order.purpose === 'grow' ? await this.#add(joining, access) : await this.#repoint(joining, access);
    if (isNew) await this.#tell(joining, access, isVouched);
  }

  /** The provider's word for the host key, where it gives one; else the key that is seen first. */
  async #access({ config, machine }: Joining): Promise<{ readonly access: SshAccess; readonly isVouched: boolean }> {
    const { user, port, identity } = config.ssh;
    const host = machine.address;
    if (host === null) throw new BerthError('provider.failed', { act: 'describe', reason: 'it gave no address' });
    const hostKey = machine.hostKey ?? (await this.#parts.machines.scanHostKey(host, port)).line;
    return { access: { kind: 'ssh', host, port, user, hostKey, identity }, isVouched: machine.hostKey !== null };
  }

  async #add({ order, config, machine }: Joining, access: SshAccess): Promise<boolean> {
    const { store, clock } = this.#parts;
    const present = await store.get('node', order.node);
    if (present && isThis(present.doc, order, machine)) return false;
    if (present) throw new BerthError('node.name-taken', { name: order.node });
    await store.create('node', {
      ...{ id: order.node, access, labels: config.labels, draining: false, removing: false },
      machine: { provider: order.provider, machine: machine.machine, isAdded: order.isKept !== true },
      createdAt: clock.now(),
      shard: shardOf(order.node),
    });
    return true;
  }

  /** Name, labels and wishes stay. Its session sees by `createdAt` that it is another machine. */
  async #repoint({ order, machine }: Joining, access: SshAccess): Promise<boolean> {
    const { store, clock } = this.#parts;
    const { doc, version } = await this.#replaced(order);
    if (isThis(doc, order, machine)) return false;
    if (doc.removing || doc.machine?.machine !== order.replaces) throw new StoreConflict('node', doc.id);
    const isAdded = doc.machine?.isAdded ?? false;
    const next = { provider: order.provider, machine: machine.machine, isAdded };
    await store.update('node', { ...doc, access, machine: next, createdAt: clock.now() }, version);
    return true;
  }

  async #replaced({ node }: MachineOrder): Promise<Stored<Node>> {
    const stored = await this.#parts.store.get('node', node);
    if (!stored) throw new StoreConflict('node', node);
    return stored;
  }

  #tell({ order, machine }: Joining, { host, hostKey }: SshAccess, isVouched: boolean): Promise<void> {
    const isGrown = order.purpose === 'grow';
    const what = isGrown ? 'was added' : `is another machine now, in place of ${order.replaces}`;
    const key = isVouched ? 'Its provider vouches for its host key.' : 'Its host key is the one that was seen first.';
    return this.#parts.recordEvent({
      kind: isGrown ? 'node.added' : 'node.replaced',
      subject: `node:${order.node}`,
      text: `Node ${order.node} ${what}: ${machine.machine} of ${order.provider} at ${host}. ${key}`,
      evidence: { provider: order.provider, machine: machine.machine, address: host, hostKey, vouched: isVouched },
    });
  }
}

function isThis(node: Node, order: MachineOrder, { machine }: ProviderMachine): boolean {
  return node.machine?.provider === order.provider && node.machine.machine === machine;
}

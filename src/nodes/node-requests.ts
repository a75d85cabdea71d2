// What people may ask of nodes: add, drain, label, remove. Checked here, written as desired state; the controllers do the rest.
import { changeExisting } from '../engine/change-document.ts';
import type { RecordEvent } from '../engine/event-recorder.ts';
import { pages } from '../engine/shard-sweep.ts';
import { BerthError } from '../model/errors.ts';
import type { Instant } from '../model/instant.ts';
import type { Node, NodeAccess, NodeFacts, NodeState } from '../model/node.ts';
import { shardOf } from '../model/shard.ts';
import type { Clock } from '../ports/clock.ts';
import type { HostKey, Machines } from '../ports/machine.ts';
import { type Store, StoreConflict } from '../ports/store.ts';

/** How a new node is to be reached; its host key is read from it and confirmed. */
export type NewNodeAccess =
  | Extract<NodeAccess, { readonly kind: 'local' }>
  | Omit<Extract<NodeAccess, { readonly kind: 'ssh' }>, 'hostKey'>;

/** A request for a new node. */
export interface AddNode {
  /** The host's name is taken when it is left out. */
  readonly id?: string | undefined;
  readonly access: NewNodeAccess;
  readonly labels: Readonly<Record<string, string>>;
  /** Fingerprint of the host key (`SHA256:…`), as a person confirmed it. */
  readonly expectedHostKey?: string | undefined;
}

/** What requests about nodes need. */
export interface NodeRequestParts {
  readonly store: Store;
  readonly clock: Clock;
  readonly machines: Machines;
  readonly recordEvent: RecordEvent;
}

const NAME = /^[a-z][a-z0-9-]{0,39}$/;
const LOCAL = 'local';
/** Nodes that cannot be drained, because nothing on them can be told to end. */
const GIVEN_UP: ReadonlySet<NodeState> = new Set(['lost', 'refused']);
const PAGE = 500;

/** Requests about nodes. */
export class NodeRequests {
  readonly #parts: NodeRequestParts;

  constructor(parts: NodeRequestParts) {
    this.#parts = parts;
  }

  /**
   * Adds a machine after one connection has shown that it can be a node.
   * @throws node.name-invalid, node.name-taken, node.host-key-unconfirmed, node.host-key-differs, node.same-machine, and what `Machines.connect` throws
   */
  async addNode(request: AddNode): Promise<{ readonly node: Node; readonly facts: NodeFacts }> {
    const id = await this.#freeName(request);
    const access = await this.#pinned(request);
    const facts = await this.#check(access);
    await this.#refuseTwice(facts);
    const node = await this.#create(id, access, request.labels);
    return { node, facts };
  }

  /** The node that is the platform's own machine; made if it is not there, without a check: its session tells how it is. */
  async ensureLocalNode(socketPath: string): Promise<Node> {
    const access: NodeAccess = { kind: 'local', socketPath };
    const stored = await this.#parts.store.get('node', LOCAL);
    if (!stored) return this.#create(LOCAL, access, {});
    if (stored.doc.access.kind === 'local' && stored.doc.access.socketPath === socketPath) return stored.doc;
    return (await this.#parts.store.update('node', { ...stored.doc, access }, stored.version)).doc;
  }

  /** Places nothing new on a node and moves away what is there; what is left at `untilAt` is stopped. @throws request.not-found */
  drainNode(id: string, untilAt?: Instant): Promise<Node> {
    const until = untilAt === undefined ? {} : { drainUntilAt: untilAt };
    return this.#change(id, (node) => ({ ...withoutDeadline(node), draining: true, ...until }), 'is drained');
  }

  /** Lets a drained node take tasks again. @throws request.not-found, node.leaving */
  undrainNode(id: string): Promise<Node> {
    return this.#change(id, (node) => ({ ...withoutDeadline(staying(node)), draining: false }), 'takes tasks again');
  }

  /** Drains a node, then forgets it. @throws request.not-found */
  removeNode(id: string): Promise<Node> {
    return this.#change(id, (node) => ({ ...node, draining: true, removing: true }), 'is to be removed');
  }

  /** Forgets a node that is lost, without waiting: its tasks become lost. @throws request.not-found, node.not-lost */
  async abandonNode(id: string): Promise<Node> {
    const status = await this.#parts.store.get('nodeStatus', id);
    const state = status?.doc.state ?? 'connecting';
    const givenUp = (node: Node): Node => {
      if (!GIVEN_UP.has(state)) throw new BerthError('node.not-lost', { name: id, state });
      return { ...node, draining: true, removing: true, abandoned: true };
    };
    return this.#change(id, givenUp, 'was given up: what may still run there is not stopped');
  }

  /** Replaces a node's labels. @throws request.not-found, node.leaving */
  labelNode(id: string, labels: Readonly<Record<string, string>>): Promise<Node> {
    return this.#change(id, (node) => ({ ...staying(node), labels }), 'has new labels');
  }

  async #freeName({ id, access }: AddNode): Promise<string> {
    const name = id ?? defaultName(access);
    if (!NAME.test(name)) throw new BerthError('node.name-invalid', { name });
    const present = await this.#parts.store.get('node', name);
    if (present?.doc.removing) throw new BerthError('node.leaving', { name });
    if (present) throw new BerthError('node.name-taken', { name });
    return name;
  }

  /** A key is pinned only after a person compared its fingerprint. */
  async #pinned({ access, expectedHostKey }: AddNode): Promise<NodeAccess> {
    if (access.kind === 'local') return access;
    const { host, port } = access;
    const { line, fingerprint }: HostKey = await this.#parts.machines.scanHostKey(host, port);
    if (expectedHostKey === undefined) throw new BerthError('node.host-key-unconfirmed', { host, fingerprint });
    if (expectedHostKey !== fingerprint)
      throw new BerthError('node.host-key-differs', { host, fingerprint, expected: expectedHostKey });
    return { ...access, hostKey: line };
  }

  async #check(access: NodeAccess): Promise<NodeFacts> {
    const machine = await this.#parts.machines.connect(access);
    try {
      return await machine.facts();
    } finally {
      await machine.close();
    }
  }

  /** Two nodes on one engine would each take the other's containers for strangers. */
  async #refuseTwice({ engineId, bootId }: NodeFacts): Promise<void> {
    for await (const { id, facts } of pages(this.#parts.store, 'nodeStatus', { limit: PAGE })) {
      if (facts?.engineId === engineId && facts.bootId === bootId)
        throw new BerthError('node.same-machine', { node: id });
    }
  }

  async #create(id: string, access: NodeAccess, labels: Readonly<Record<string, string>>): Promise<Node> {
    const createdAt = this.#parts.clock.now();
    const lasting = { draining: false, removing: false, createdAt, shard: shardOf(id) };
    try {
      const { doc } = await this.#parts.store.create('node', { id, access, labels, ...lasting });
      await this.#tell(id, 'node.added', 'was added');
      return doc;
    } catch (error) {
      if (error instanceof StoreConflict) throw new BerthError('node.name-taken', { name: id }, { cause: error });
      throw error;
    }
  }

  async #change(id: string, change: (node: Node) => Node, what: string): Promise<Node> {
    const changed = await changeExisting(this.#parts.store, 'node', id, change);
    await this.#tell(id, 'node.changed', what);
    return changed;
  }

  #tell(id: string, kind: string, what: string): Promise<void> {
    return this.#parts.recordEvent({ kind, subject: `node:${id}`, text: `Node ${id} ${what}.` });
  }
}

function withoutDeadline({ drainUntilAt: _, ...node }: Node): Node {
  return node;
}

/** A removal is never undone. */
function staying(node: Node): Node {
  if (node.removing) throw new BerthError('node.leaving', { name: node.id });
  return node;
}

/** An address with dots and colons becomes words with hyphens. */
function defaultName(access: NewNodeAccess): string {
  if (access.kind === 'local') return LOCAL;
  const words = access.host.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-');
  return /^[a-z]/.test(words) ? words : `node-${words}`;
}

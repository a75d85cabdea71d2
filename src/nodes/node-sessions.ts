// The sessions of all nodes that this process owns.
import type { Node } from '../model/node.ts';
import { NodeSession } from './node-session.ts';
import type { LiveNode } from './session-live.ts';
import type { SessionParts } from './session-parts.ts';

/** Opens, finds and closes sessions by node. */
export class NodeSessions {
  readonly #parts: SessionParts;
  readonly #sessions = new Map<string, NodeSession>();

  constructor(parts: SessionParts) {
    this.#parts = parts;
  }

  /** The node as it was when its session was opened. */
  opened(node: string): Node | undefined {
    return this.#sessions.get(node)?.node;
  }

  /** What may be used of a node, while it is ready. */
  live(node: string): LiveNode | undefined {
    return this.#sessions.get(node)?.live();
  }

  /** Opens the session of a node that has none. */
  async open(node: Node): Promise<void> {
    if (this.#sessions.has(node.id)) return;
    const session = new NodeSession(this.#parts, node);
    this.#sessions.set(node.id, session);
    await session.open();
  }

  /** Closes a node's session, if it has one. */
  async close(node: string): Promise<void> {
    const session = this.#sessions.get(node);
    await session?.close();
    this.#sessions.delete(node);
  }

  /** Closes those of nodes that are no longer ours. */
  async closeOthers(isOurs: (node: string) => boolean): Promise<void> {
    const others = [...this.#sessions.keys()].filter((node) => !isOurs(node));
    await Promise.all(others.map((node) => this.close(node)));
  }

  /** Closes all of them, at the end of the process. */
  async closeAll(): Promise<void> {
    await Promise.all([...this.#sessions.keys()].map((node) => this.close(node)));
  }
}

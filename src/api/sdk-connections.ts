// Which connections to the SDK endpoint are open: from which node each came, and how many each task holds.
import type { Duplex } from 'node:stream';
import { BerthError } from '../model/errors.ts';

/** Connections that one task may hold at a time: a few calls and its relayed ones. The other tasks of its node need room too. */
const MOST_PER_TASK = 128;

/** The open connections of the SDK endpoint. */
export class SdkConnections {
  readonly #nodes = new Map<Duplex, string>();
  readonly #tasks = new Map<string, Set<Duplex>>();

  /** Takes note of a connection until it closes. */
  add(connection: Duplex, node: string): void {
    this.#nodes.set(connection, node);
    connection.once('close', () => {
      this.#nodes.delete(connection);
      for (const [task, held] of this.#tasks) {
        held.delete(connection);
        if (held.size === 0) this.#tasks.delete(task);
      }
    });
  }

  /** How many are open. */
  get open(): number {
    return this.#nodes.size;
  }

  /** The node that a connection came from. */
  nodeOf(connection: Duplex): string | undefined {
    return this.#nodes.get(connection);
  }

  /** Counts a connection as a task's. @throws sdk.too-many-connections */
  claim(connection: Duplex, task: string): void {
    const held = this.#tasks.get(task) ?? new Set();
    if (!held.has(connection) && held.size >= MOST_PER_TASK) {
      throw new BerthError('sdk.too-many-connections', { task, limit: MOST_PER_TASK });
    }
    this.#tasks.set(task, held.add(connection));
  }

  /** Cuts all of them off. */
  destroyAll(): void {
    for (const connection of this.#nodes.keys()) connection.destroy();
  }
}

// Asks providers how machines are, beside the loop, and keeps their last word of each.
import { BerthError } from '../model/errors.ts';
import type { Instant } from '../model/instant.ts';
import type { NodeMachine } from '../model/node.ts';
import type { ServerStatus } from '../model/server.ts';
import type { Clock } from '../ports/clock.ts';
import type { Log } from '../ports/log.ts';
import type { Provider } from '../ports/provider.ts';
import { BackgroundWorks } from './background-works.ts';
import type { ProviderPool } from './provider-pool.ts';
import type { MachineSight } from './recovery-snapshot.ts';

/** What the watch needs. */
export interface MachineWatchParts {
  readonly pool: ProviderPool;
  readonly clock: Clock;
  readonly log: Log;
  /** Called with a node's id when there is news of its machine. */
  readonly onNews: (node: string) => void;
}

interface Seen {
  /** Which machine was asked about: a node that was replaced is another one. */
  readonly machine: string;
  readonly word: ServerStatus['machine'];
  readonly failure: string | null;
  readonly askedAt: Instant;
}

/** The last words of providers, by node. */
export class MachineWatch {
  readonly #parts: MachineWatchParts;
  readonly #seen = new Map<string, Seen>();
  readonly #works: BackgroundWorks<void>;

  constructor(parts: MachineWatchParts) {
    this.#parts = parts;
    this.#works = new BackgroundWorks({ log: parts.log, onEnd: parts.onNews });
  }

  /** What is known of a node's machine; `can` is its provider's. */
  sight(node: string, machine: NodeMachine, can: Provider['can']): MachineSight {
    const seen = this.#seen.get(node);
    const isAsking = this.#works.isRunning(node);
    if (seen?.machine !== machine.machine) return { can, word: null, failure: null, askedAt: null, isAsking };
    const { word, failure, askedAt } = seen;
    return { can, word, failure, askedAt, isAsking };
  }

  /** Asks for one, beside the loop. */
  ask(node: string, machine: NodeMachine): void {
    this.#works.begin(node, () => this.#ask(node, machine));
  }

  /** A node that is gone. */
  forget(node: string): void {
    this.#seen.delete(node);
    this.#works.forget(node);
  }

  /** Resolves when nothing is asked any more. */
  idle(): Promise<void> {
    return this.#works.idle();
  }

  async #ask(node: string, { provider: id, machine }: NodeMachine): Promise<void> {
    const askedAt = this.#parts.clock.now();
    const before = this.#seen.get(node);
    try {
      const { provider } = await this.#parts.pool.get(id);
      const { state, address } = await provider.describe(machine);
      this.#seen.set(node, { machine, word: { state, at: askedAt, address }, failure: null, askedAt });
    } catch (error) {
      if (!(error instanceof BerthError)) throw error;
      const word = before?.machine === machine ? before.word : null;
      this.#seen.set(node, { machine, word, failure: error.message, askedAt });
    }
  }
}

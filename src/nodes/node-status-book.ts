// Keeps a node's status in memory and stores it when it matters: a new state at once, load and last sight now and then.
import type { Instant } from '../model/instant.ts';
import type { Node, NodeFacts, NodeLoad, NodeState, NodeStatus } from '../model/node.ts';
import type { Clock } from '../ports/clock.ts';
import type { Log } from '../ports/log.ts';
import { type Store, StoreConflict } from '../ports/store.ts';
import { loadDiffers } from './load-differs.ts';
import type { NodeSettings } from './node-settings.ts';

/** What the book needs. */
export interface BookParts {
  readonly store: Store;
  readonly clock: Clock;
  readonly log: Log;
  readonly settings: Pick<NodeSettings, 'loadStoredEveryMs' | 'lastSeenStoredEveryMs'>;
}

/** Tries of one save; whatever is lost is in the next one, because each writes the whole status. */
const SAVE_TRIES = 3;

/** The one writer of a node's status document. */
export class NodeStatusBook {
  readonly #parts: BookParts;
  #status: NodeStatus;
  #stored: NodeStatus | undefined;
  #dirty = false;
  #saving: Promise<void> | undefined;

  constructor(parts: BookParts, node: Node) {
    this.#parts = parts;
    this.#status = {
      id: node.id,
      state: 'connecting',
      reason: 'The platform is connecting to it.',
      facts: null,
      load: null,
      clockOffsetMs: 0,
      lastSeenAt: null,
      stateSinceAt: parts.clock.now(),
      shard: node.shard,
    };
  }

  get state(): NodeState {
    return this.#status.state;
  }

  get clockOffsetMs(): number {
    return this.#status.clockOffsetMs;
  }

  /** Takes over what was known of the node before this session, and stores that it is connecting. */
  async open(): Promise<void> {
    const stored = await this.#parts.store.get('nodeStatus', this.#status.id);
    if (stored) {
      const { facts, clockOffsetMs, lastSeenAt } = stored.doc;
      this.#status = { ...this.#status, facts, clockOffsetMs, lastSeenAt };
    }
    this.#changed();
  }

  /** Enters a state, or gives another reason for the present one; tells whether the state is new. */
  become(state: NodeState, reason: string): boolean {
    const isNew = state !== this.#status.state;
    if (!isNew && reason === this.#status.reason) return false;
    const stateSinceAt = isNew ? this.#parts.clock.now() : this.#status.stateSinceAt;
    this.#status = { ...this.#status, state, reason, stateSinceAt };
    this.#changed();
    return isNew;
  }

  /** What the machine is, as it told when it was connected. */
  learn(facts: NodeFacts, clockOffsetMs: number): void {
    this.#status = { ...this.#status, facts, clockOffsetMs, lastSeenAt: this.#parts.clock.now() };
    this.#changed();
  }

  /** The node answered with its vital signs; the load is undefined when there is no reading to compare with. */
  saw(load: NodeLoad | undefined, clockOffsetMs: number): void {
    const now = this.#parts.clock.now();
    this.#status = { ...this.#status, load: load ?? this.#status.load, clockOffsetMs, lastSeenAt: now };
    if (this.#isDue(now)) this.#changed();
  }

  /** Resolves when everything so far is stored or has failed. */
  async settle(): Promise<void> {
    while (this.#saving) await this.#saving;
  }

  #isDue(now: Instant): boolean {
    const { loadStoredEveryMs, lastSeenStoredEveryMs } = this.#parts.settings;
    const { load } = this.#status;
    const stored = this.#stored;
    if (!stored || now - (stored.lastSeenAt ?? 0) >= lastSeenStoredEveryMs) return true;
    if (!load) return false;
    return now - (stored.load?.at ?? 0) >= loadStoredEveryMs || loadDiffers(stored.load, load);
  }

  #changed(): void {
    this.#dirty = true;
    this.#saving ??= this.#saveAll().finally(() => {
      this.#saving = undefined;
    });
  }

  async #saveAll(): Promise<void> {
    for (let tries = 0; this.#dirty && tries < SAVE_TRIES; ) {
      this.#dirty = false;
      const saved = await this.#save();
      if (saved) continue;
      tries++;
      this.#dirty = true;
    }
  }

  async #save(): Promise<boolean> {
    const status = this.#status;
    try {
      const present = await this.#parts.store.get('nodeStatus', status.id);
      if (present) await this.#parts.store.update('nodeStatus', status, present.version);
      else await this.#parts.store.create('nodeStatus', status);
      this.#stored = status;
      return true;
    } catch (error) {
      const level = error instanceof StoreConflict ? 'debug' : 'warn';
      this.#parts.log[level]("A node's status could not be stored and is tried again", { node: status.id, error });
      return false;
    }
  }
}

// Keeps a node's status in memory and stores it when it matters: a new state at once, load and last sight now and then.
import type { Instant } from '../model/instant.ts';
import type { Node, NodeFacts, NodeLoad, NodeState, NodeStatus } from '../model/node.ts';
import type { Clock } from '../ports/clock.ts';
import type { Log } from '../ports/log.ts';
import { type Store, StoreConflict } from '../ports/store.ts';
import { isUnderDiskPressure } from './disk-pressure.ts';
import { loadDiffers } from './load-differs.ts';
import type { NodeSettings } from './node-settings.ts';
import { type NodeChange, nodeTransition } from './node-transition.ts';

/** What the book needs. */
export interface BookParts {
  readonly store: Store;
  readonly clock: Clock;
  readonly log: Log;
  readonly settings: Pick<NodeSettings, 'loadStoredEveryMs' | 'lastSeenStoredEveryMs' | 'diskPressure'>;
}

/** Tries of one save; whatever is lost is in the next one, because each writes the whole status. */
const SAVE_TRIES = 3;

/** What is new after a change: the state, what is wrong with the node, or neither of them. */
export type ToldChange = 'state' | 'trouble' | 'nothing';

/** The one writer of a node's status document. */
export class NodeStatusBook {
  readonly #parts: BookParts;
  readonly #node: Node;
  #status: NodeStatus;
  #stored: NodeStatus | undefined;
  #dirty = false;
  #saving: Promise<void> | undefined;

  constructor(parts: BookParts, node: Node) {
    this.#parts = parts;
    this.#node = node;
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

  get reason(): string {
    return this.#status.reason;
  }

  get facts(): NodeFacts | null {
    return this.#status.facts;
  }

  /** When it was lost lately. */
  get lostAt(): readonly Instant[] {
    return this.#status.lostAt ?? [];
  }

  get isUnderPressure(): boolean {
    return this.#status.pressure !== undefined;
  }

  /**
   * Takes over what was known of the node before this session, and stores that it is connecting. One that was lost stays lost until it
   * answers; of a machine that another has taken the place of, nothing is known.
   */
  async open(): Promise<void> {
    const stored = await this.#parts.store.get('nodeStatus', this.#status.id);
    if (stored && stored.doc.stateSinceAt >= this.#node.createdAt) this.#status = takenOver(stored.doc, this.#status);
    this.#changed();
  }

  /** Enters a state, or gives another reason for the present one; tells what is new. */
  become(change: NodeChange): ToldChange {
    const { state, reason, trouble } = this.#status;
    if (change.state === state && change.reason === reason && change.trouble === trouble) return 'nothing';
    this.#status = nodeTransition(this.#status, change, this.#parts.clock.now());
    this.#changed();
    if (change.state !== state) return 'state';
    return change.trouble !== undefined && change.trouble !== trouble ? 'trouble' : 'nothing';
  }

  /** What the machine is, as it told when it was connected. */
  learn(facts: NodeFacts, clockOffsetMs: number): void {
    this.#status = { ...this.#status, facts, clockOffsetMs, lastSeenAt: this.#parts.clock.now() };
    this.#changed();
  }

  /** The node answered with its vital signs; the load is undefined when there is no reading to compare with. Tells whether disk pressure came or went. */
  saw(load: NodeLoad | undefined, clockOffsetMs: number): boolean {
    const now = this.#parts.clock.now();
    const { pressure: was, ...rest } = this.#status;
    const seen = { ...rest, load: load ?? rest.load, clockOffsetMs, lastSeenAt: now };
    const isPressed = this.#isPressed(seen, was !== undefined);
    this.#status = isPressed ? { ...seen, pressure: 'disk' } : seen;
    const isNew = isPressed !== (was !== undefined);
    if (isNew || this.#isDue(now)) this.#changed();
    return isNew;
  }

  /** Resolves when everything so far is stored or has failed. */
  async settle(): Promise<void> {
    while (this.#saving) await this.#saving;
  }

  #isPressed({ facts, load }: NodeStatus, was: boolean): boolean {
    if (!facts || !load) return was;
    const disk = { freeBytes: load.diskFreeBytes, totalBytes: facts.diskBytes, was };
    return isUnderDiskPressure(disk, this.#parts.settings.diskPressure);
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
      // It was there and is gone: the node was removed. Written once more it would stay for ever.
      if (!present && this.#stored) return true;
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

function takenOver(stored: NodeStatus, fresh: NodeStatus): NodeStatus {
  if (stored.state === 'lost') return { ...stored, shard: fresh.shard };
  const { trouble: _, ...known } = stored;
  const { state, reason, stateSinceAt, shard } = fresh;
  return { ...known, load: null, state, reason, stateSinceAt, shard };
}

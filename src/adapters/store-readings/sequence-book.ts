// One process's dealings with the document of sequences.

import { BerthError } from '../../model/errors.ts';
import type { Sequence, TakenSequences } from '../../model/kept-bytes.ts';
import type { Clock } from '../../ports/clock.ts';
import { type Store, StoreConflict, type Stored, type Write, type WriteResult } from '../../ports/store.ts';
import { SlowBlocks } from './slow-blocks.ts';
import { firstSequence, SEQUENCE, settledUntil, turnedSequence } from './turned-sequence.ts';

/** Processes take turns at one document; beyond so many lost turns something is wrong. */
const TRIES = 100;

/** What came of writes and the turn that followed them. */
export interface Turned {
  /** What came of each write. */
  readonly results: readonly WriteResult[];
  /** First of the sequences that were taken. */
  readonly first: number;
  /** Whether nobody had counted this process as dead: what it wrote is where it belongs. */
  readonly wasInTime: boolean;
  /** The last sequence up to which everything is written that ever will be. */
  readonly settled: number;
}

/** Takes and gives back blocks of sequences for one writer. */
export class SequenceBook {
  readonly #store: Store;
  readonly #slow: SlowBlocks;
  readonly #writer: string;
  /** As it was last seen; others may have changed it since. */
  #known: Stored<Sequence> | undefined;

  constructor(parts: { readonly store: Store; readonly clock: Clock; readonly writer: string }) {
    this.#store = parts.store;
    this.#slow = new SlowBlocks(parts.clock);
    this.#writer = parts.writer;
  }

  /** Does writes of the block that this writer has; then gives that back and takes `count` more, together with them if nobody else came in between. */
  async turn(writes: readonly Write[], count: number): Promise<Turned> {
    const guess = this.#known;
    if (!guess && writes.length === 0) return this.#turnAlone([], count);
    const planned = guess && this.#planned(guess, count);
    const results = await this.#store.apply(planned ? [...writes, planned.write] : writes);
    const last = planned && results.at(-1);
    const done = results.slice(0, writes.length);
    if (!planned || !last?.ok) return this.#turnAlone(done, count);
    this.#known = { doc: planned.doc, version: last.version };
    return { results: done, first: planned.doc.last - count + 1, wasInTime: true, settled: settledUntil(planned.doc) };
  }

  /** What this process believes may be wrong: it looks before its next turn. */
  forget(): void {
    this.#known = undefined;
  }

  /** The last sequence up to which everything is written that ever will be. */
  async settled(): Promise<number> {
    for (let tries = 0; tries < TRIES; tries++) {
      const stored = await this.#store.get('sequence', SEQUENCE);
      if (!stored) return 0;
      const { doc, version } = stored;
      this.#slow.look(doc);
      const taken = doc.taken.filter((block) => !this.#slow.isDead(block));
      if (taken.length === doc.taken.length) return settledUntil(doc);
      // Written down, so that whoever was thought dead and is not learns it.
      const update: Write = { do: 'update', kind: 'sequence', doc: { ...doc, taken }, version };
      await this.#store.apply([update]);
    }
    throw busy();
  }

  async #turnAlone(results: readonly WriteResult[], count: number): Promise<Turned> {
    for (let tries = 0; tries < TRIES; tries++) {
      const seen = (await this.#store.get('sequence', SEQUENCE)) ?? (await this.#begun());
      if (!seen) continue;
      const { doc, write } = this.#planned(seen, count);
      const [result] = await this.#store.apply([write]);
      if (!result?.ok) continue;
      this.#known = { doc, version: result.version };
      const wasInTime = seen.doc.taken.some(({ writer }) => writer === this.#writer);
      return { results, first: doc.last - count + 1, wasInTime, settled: settledUntil(doc) };
    }
    throw busy();
  }

  async #begun(): Promise<Stored<Sequence> | undefined> {
    try {
      return await this.#store.create('sequence', firstSequence());
    } catch (error) {
      if (error instanceof StoreConflict) return undefined;
      throw error;
    }
  }

  #planned(
    { doc: before, version }: Stored<Sequence>,
    count: number,
  ): { readonly doc: Sequence; readonly write: Write } {
    this.#slow.look(before);
    const isDead = (block: TakenSequences) => this.#slow.isDead(block);
    const doc = turnedSequence(before, { writer: this.#writer, count, isDead });
    return { doc, write: { do: 'update', kind: 'sequence', doc, version } };
  }
}

function busy(): BerthError {
  return new BerthError('platform.store-conflict', { kind: 'sequence', id: SEQUENCE });
}

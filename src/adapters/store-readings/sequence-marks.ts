// Which sequence was the last one at some instants: a range of readings begins to look there in place of at the very first.
import type { Instant } from '../../model/instant.ts';
import type { Sequence } from '../../model/kept-bytes.ts';
import { READING_AHEAD_MS } from '../../ports/readings.ts';
import type { Store, Write } from '../../ports/store.ts';
import { SEQUENCE } from './turned-sequence.ts';

/** Marks of one process are at least so far apart. */
const EVERY_MS = 60_000;

/** Clocks of machines differ by less, and readings wait less than that for being written. */
const APART_MS = 120_000;

const DIGITS = 15;
const AT_ONCE = 500;

/** Writes and finds marks. */
export class SequenceMarks {
  readonly #store: Store;
  #markedAt: Instant = 0;

  constructor(store: Store) {
    this.#store = store;
  }

  /** The mark that goes with readings whose first sequence is this one, where one is due. */
  due(first: number, now: Instant): readonly Write[] {
    if (Math.abs(now - this.#markedAt) < EVERY_MS) return [];
    this.#markedAt = now;
    const doc: Sequence = { id: markId(now), last: first - 1, taken: [] };
    // Another process may mark the same instant: a conflict, and as good.
    return [{ do: 'create', kind: 'sequence', doc }];
  }

  /** A sequence after which every reading comes whose own time is at or after an instant. */
  async before(at: Instant): Promise<number> {
    const below = markId(Math.max(0, at - READING_AHEAD_MS - APART_MS));
    const { items } = await this.#store.list('sequence', {
      ...{ from: `${SEQUENCE}-`, below, direction: 'descending', limit: 1 },
    });
    return items[0]?.doc.last ?? 0;
  }

  /** Deletes marks that are older. */
  async forgetBefore(at: Instant): Promise<void> {
    const query = { from: `${SEQUENCE}-`, below: markId(Math.max(0, at)), limit: AT_ONCE };
    for (;;) {
      const { items, next } = await this.#store.list('sequence', query);
      await this.#store.apply(
        items.map(({ doc, version }): Write => ({ do: 'delete', kind: 'sequence', id: doc.id, version })),
      );
      if (next === undefined) return;
    }
  }
}

function markId(at: Instant): string {
  return `${SEQUENCE}-${String(Math.floor(at)).padStart(DIGITS, '0')}`;
}

// Keeps the logs of components bounded by age and by size.
import { DROPPED_AT_ONCE, deletionsOf, dropPages } from '../engine/drop-pages.ts';
import { Upkeep, type UpkeepProgress, type UpkeepTurn } from '../engine/upkeep.ts';
import type { Instant } from '../model/instant.ts';
import type { Store } from '../ports/store.ts';

/** How much is kept. */
export interface ComponentLogLimits {
  readonly maxAgeMs: number;
  /** Of all components together, characters. */
  readonly maxBytes: number;
  readonly everyMs: number;
}

/** A week, and as much as a small disk bears. */
export const COMPONENT_LOG_LIMITS: ComponentLogLimits = {
  maxAgeMs: 7 * 86_400_000,
  maxBytes: 128 * 1024 * 1024,
  everyMs: 3_600_000,
};

/** Documents may be of 64 KiB: so many are in memory at a time. */
const PAGE = 20;

/** Drops the oldest (key `componentlogsweep:all`). */
export class ComponentLogSweep extends Upkeep {
  readonly prefix = 'componentlogsweep';
  readonly #store: Store;
  readonly #limits: ComponentLogLimits;

  constructor(store: Store, limits: ComponentLogLimits) {
    super(limits.everyMs);
    this.#store = store;
    this.#limits = limits;
  }

  protected async work({ now }: UpkeepTurn): Promise<UpkeepProgress> {
    const below = Math.max(now - this.#limits.maxAgeMs, await this.#fullAt());
    const old = { kind: 'componentLog', query: { orderBy: 'toAt', below }, most: DROPPED_AT_ONCE } as const;
    return dropPages(this.#store, old, async (page) => deletionsOf('componentLog', page));
  }

  /** What ends before this is more than may be kept; 0: nothing is. */
  async #fullAt(): Promise<Instant> {
    let bytes = 0;
    let after: string | undefined;
    do {
      const query = { orderBy: 'toAt', direction: 'descending', limit: PAGE } as const;
      const page = await this.#store.list('componentLog', { ...query, ...(after === undefined ? {} : { after }) });
      for (const { doc } of page.items) {
        bytes += doc.lines.reduce((sum, line) => sum + line.length, 0);
        if (bytes > this.#limits.maxBytes) return doc.toAt + 1;
      }
      after = page.next;
    } while (after !== undefined);
    return 0;
  }
}

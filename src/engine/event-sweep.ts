// Keeps events bounded by age: they are for people, not for ever.
import type { Store } from '../ports/store.ts';
import { DROPPED_AT_ONCE, deletionsOf, dropPages } from './drop-pages.ts';
import { Upkeep, type UpkeepProgress, type UpkeepTurn } from './upkeep.ts';

/** How long events are kept. */
export interface EventLimits {
  readonly maxAgeMs: number;
  readonly everyMs: number;
}

/** Drops old events (key `eventsweep:all`), a page at a turn. */
export class EventSweep extends Upkeep {
  readonly prefix = 'eventsweep';
  readonly #store: Store;
  readonly #limits: EventLimits;

  constructor(store: Store, limits: EventLimits) {
    super(limits.everyMs);
    this.#store = store;
    this.#limits = limits;
  }

  protected work({ now }: UpkeepTurn): Promise<UpkeepProgress> {
    const query = { orderBy: 'at', below: now - this.#limits.maxAgeMs };
    const old = { kind: 'event', query, most: DROPPED_AT_ONCE } as const;
    return dropPages(this.#store, old, async (page) => deletionsOf('event', page));
  }
}

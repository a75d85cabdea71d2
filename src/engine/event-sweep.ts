// Keeps events bounded by age: they are for people, not for ever.
import type { Instant } from '../model/instant.ts';
import type { Store } from '../ports/store.ts';
import type { Controller, Unsettled } from './controller.ts';

/** How long events are kept. */
export interface EventLimits {
  readonly maxAgeMs: number;
  readonly everyMs: number;
}

const AT_ONCE = 500;

/** Drops old events (key `eventsweep:all`). */
export class EventSweep implements Controller {
  readonly prefix = 'eventsweep';
  readonly watches = {};
  readonly #store: Store;
  readonly #limits: EventLimits;

  constructor(store: Store, limits: EventLimits) {
    this.#store = store;
    this.#limits = limits;
  }

  async reconcile(_: string, now: Instant): Promise<Instant> {
    const old = await this.#store.list('event', { orderBy: 'at', below: now - this.#limits.maxAgeMs, limit: AT_ONCE });
    await this.#store.apply(
      old.items.map(({ doc, version }) => ({ do: 'delete', kind: 'event', id: doc.id, version })),
    );
    return old.next === undefined ? now + this.#limits.everyMs : now;
  }

  async *sweep(): AsyncIterable<Unsettled> {
    yield { id: 'all', at: 0 };
  }
}

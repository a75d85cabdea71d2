// Takes away what has ended by itself: sessions that nobody used any more, links that nobody followed, and requests over topics that nobody
// sends again.
import type { Controller, Unsettled } from '../engine/controller.ts';
import type { Instant } from '../model/instant.ts';
import type { Store } from '../ports/store.ts';

const AT_ONCE = 500;

/** A client that has no answer by then has given up. */
const TOPIC_REQUESTS_KEPT_MS = 7 * 86_400_000;

/** Drops sessions and invitations that have expired, and old requests over topics (key `accountsweep:all`). */
export class AccountSweep implements Controller {
  readonly prefix = 'accountsweep';
  readonly watches = {};
  readonly #store: Store;
  readonly #everyMs: number;

  constructor(store: Store, everyMs: number) {
    this.#store = store;
    this.#everyMs = everyMs;
  }

  async reconcile(_: string, now: Instant): Promise<Instant> {
    const over = [
      await this.#drop('session', 'expiresAt', now),
      await this.#drop('invitation', 'expiresAt', now),
      await this.#drop('topicRequest', 'takenAt', now - TOPIC_REQUESTS_KEPT_MS),
    ];
    return over.every(Boolean) ? now + this.#everyMs : now;
  }

  async *sweep(): AsyncIterable<Unsettled> {
    yield { id: 'all', at: 0 };
  }

  /** Resolves to whether these were all; a session that was used meanwhile has another version, and stays. */
  async #drop(kind: 'session' | 'invitation' | 'topicRequest', orderBy: string, below: Instant): Promise<boolean> {
    const { items, next } = await this.#store.list(kind, { orderBy, from: 0, below, limit: AT_ONCE });
    await this.#store.apply(items.map(({ doc, version }) => ({ do: 'delete', kind, id: doc.id, version })));
    return next === undefined;
  }
}

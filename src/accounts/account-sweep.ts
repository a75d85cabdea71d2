// Takes away what has ended by itself: sessions that nobody used any more, and links that nobody followed.
import type { Controller, Unsettled } from '../engine/controller.ts';
import type { Instant } from '../model/instant.ts';
import type { Store } from '../ports/store.ts';

const AT_ONCE = 500;

/** Drops sessions and invitations that have expired (key `accountsweep:all`). */
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
    const [sessions, invitations] = [await this.#drop('session', now), await this.#drop('invitation', now)];
    return sessions && invitations ? now + this.#everyMs : now;
  }

  async *sweep(): AsyncIterable<Unsettled> {
    yield { id: 'all', at: 0 };
  }

  /** Resolves to whether these were all; a session that was used meanwhile has another version, and stays. */
  async #drop(kind: 'session' | 'invitation', now: Instant): Promise<boolean> {
    const { items, next } = await this.#store.list(kind, { orderBy: 'expiresAt', from: 0, below: now, limit: AT_ONCE });
    await this.#store.apply(items.map(({ doc, version }) => ({ do: 'delete', kind, id: doc.id, version })));
    return next === undefined;
  }
}

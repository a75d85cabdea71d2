// The lease by which a process shows that it is alive, and what is seen of the leases of others.
import type { ComponentLease } from '../model/component.ts';
import type { Clock } from '../ports/clock.ts';
import { type Store, StoreConflict, type Stored } from '../ports/store.ts';

/** How long a lease lasts after it was renewed. Short: what a process that died looked after waits for so long. */
const LEASE_MS = 4000;

/** Others wait a little longer: no clock runs exactly as another. */
const MARGIN_MS = 500;

/** Far more than a platform has. */
const MOST_PROCESSES = 1000;

interface Seen {
  readonly renewals: number;
  readonly atMs: number;
}

/** Our own lease, and a book of the others. */
export class OwnLease {
  readonly #store: Store;
  readonly #clock: Pick<Clock, 'monotonic'>;
  readonly #owner: string;
  readonly #seen = new Map<string, Seen>();
  #present: Stored<ComponentLease> | undefined;
  #renewals = 0;
  #validUntilMs = Number.NEGATIVE_INFINITY;

  constructor({ store, clock, owner }: { readonly store: Store; readonly clock: Clock; readonly owner: string }) {
    this.#store = store;
    this.#clock = clock;
    this.#owner = owner;
  }

  /** Whether what we own is still ours. */
  get isValid(): boolean {
    return this.#clock.monotonic() < this.#validUntilMs;
  }

  /** Renews it; it counts from before it was sent. When it had run out before the answer came, `onBroken` is called before it is valid again. */
  async renew(onBroken: () => void): Promise<void> {
    const sentMs = this.#clock.monotonic();
    this.#present = await this.#renewed();
    if (!this.isValid) onBroken();
    this.#validUntilMs = sentMs + LEASE_MS;
  }

  /** Looks at the leases of all processes: whoever is to be followed one day was then seen as late as possible. */
  async observe(): Promise<void> {
    const { items } = await this.#store.list('componentLease', { limit: MOST_PROCESSES });
    for (const { doc } of items) this.#sawRenewal(doc);
    const there = new Set(items.map(({ doc }) => doc.id));
    for (const owner of this.#seen.keys()) if (!there.has(owner)) this.#seen.delete(owner);
  }

  /** Ends it. */
  async end(): Promise<void> {
    this.#validUntilMs = Number.NEGATIVE_INFINITY;
    const present = await this.#store.get('componentLease', this.#owner);
    if (present) await this.#store.delete('componentLease', this.#owner, present.version);
  }

  /**
   * Whether the process with a lease is gone: it ended, or was silent for longer than its lease lasts. In the latter case the lease is removed, so
   * that a renewal that is still on its way fails, and whoever sent it learns that its lease was broken.
   */
  async isGone(owner: string): Promise<boolean> {
    const stored = await this.#store.get('componentLease', owner);
    if (!stored) return true;
    const seenMs = this.#sawRenewal(stored.doc);
    return this.#clock.monotonic() - seenMs > LEASE_MS + MARGIN_MS && this.#isRemoved(owner, stored.version);
  }

  /** When its last renewal was seen for the first time. */
  #sawRenewal({ id, renewals }: ComponentLease): number {
    const seen = this.#seen.get(id);
    if (seen?.renewals === renewals) return seen.atMs;
    const atMs = this.#clock.monotonic();
    this.#seen.set(id, { renewals, atMs });
    return atMs;
  }

  async #isRemoved(owner: string, version: number): Promise<boolean> {
    const [result] = await this.#store.apply([{ do: 'delete', kind: 'componentLease', id: owner, version }]);
    return result?.ok === true;
  }

  async #renewed(): Promise<Stored<ComponentLease>> {
    try {
      return await this.#written(this.#present);
    } catch (error) {
      if (!(error instanceof StoreConflict)) throw error;
      // An answer was lost, or somebody who saw us silent removed it: then it counts as broken.
      const found = await this.#store.get('componentLease', this.#owner);
      if (!found) this.#validUntilMs = Number.NEGATIVE_INFINITY;
      return this.#written(found);
    }
  }

  /** The count goes on when the lease is made anew: others would take the same number for silence. */
  #written(present: Stored<ComponentLease> | undefined): Promise<Stored<ComponentLease>> {
    const next = { id: this.#owner, renewals: ++this.#renewals };
    return present
      ? this.#store.update('componentLease', next, present.version)
      : this.#store.create('componentLease', next);
  }
}

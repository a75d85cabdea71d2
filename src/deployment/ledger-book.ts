// Changes of nodes' Ledgers: who may use their room. Every change is a compare-and-set on the one document of its node. Changes of one ledger that
// come together are made together, in their order: many jobs that are placed at once, or leave a dead node, meet on the same ledgers.
// Between processes compare-and-set decides, as everywhere.
import type { Ledger, Reservation } from '../model/node.ts';
import { type Store, StoreConflict, type Stored } from '../ports/store.ts';

/** A ledger with one reservation more; the same reservation twice is one. */
export function withReservation(ledger: Ledger, reservation: Reservation, claim: string | null): Ledger {
  const others = ledger.reservations.filter(({ task }) => task !== reservation.task);
  return { ...ledger, claim: claim ?? ledger.claim, reservations: [...others, reservation] };
}

/** A ledger without a task's reservation; a claim goes with the job's last one. */
export function withoutReservation(ledger: Ledger, task: string): Ledger {
  const reservations = ledger.reservations.filter((reservation) => reservation.task !== task);
  const claimed = reservations.some(({ job }) => job === ledger.claim);
  return { ...ledger, claim: claimed ? ledger.claim : null, reservations };
}

/** What is written to a ledger, and the test that its present state must pass: the view that chose the node may be stale. */
export interface ReservationRequest {
  readonly node: string;
  readonly reservation: Reservation;
  readonly claim: string | null;
  /** A task that has ended, whose room is free for it. */
  readonly inPlaceOf?: string;
  readonly refusalOf: (ledger: Ledger) => string | undefined;
}

/** Whoever chooses nodes: told of what is about to be reserved, and by what is returned that it is in the ledger or refused. */
export interface Intentions {
  intend(intended: Intended): () => void;
  /** The ledger as it was written last, as far as is known. */
  ledgerOf(node: string): Ledger | undefined;
}

/** Room that is about to be reserved. */
export type Intended = Pick<ReservationRequest, 'node' | 'reservation' | 'claim'>;

/** A change stands for itself: refused because another process came first, it is made on the ledger as it is then. */
const TRIES = 5;

/** Changes that are made by one write, at most. */
const MOST_TOGETHER = 64;

/** The ledger after a change; the same object: nothing changes. @throws NoRoom */
type Change = (ledger: Ledger) => Ledger;

interface Waiting {
  readonly change: Change;
  readonly done: () => void;
  readonly failed: (error: unknown) => void;
}

/** Nothing that trying again on the same ledger would change. */
class NoRoom extends StoreConflict {}

/** Changes the ledgers of all nodes. */
export class LedgerBook {
  readonly #store: Store;
  readonly #intentions: Intentions;
  /** Of each node whose ledger is being written, the changes that wait for it. */
  readonly #waiting = new Map<string, Waiting[]>();
  /** Of ledgers that were written here: until somebody else writes one, it need not be read before it is changed again. */
  readonly #versions = new WeakMap<Ledger, number>();

  constructor(store: Store, intentions: Intentions) {
    this.#store = store;
    this.#intentions = intentions;
  }

  /** Writes a reservation, and the claim of a standalone job with it. @throws StoreConflict when the room is not free any more */
  async reserve(request: ReservationRequest): Promise<void> {
    const settled = this.#intentions.intend(request);
    try {
      await this.#change(request.node, (ledger) => reserved(ledger, request));
    } finally {
      settled();
    }
  }

  /** Takes a reservation out, if it is there. */
  release(node: string, task: string): Promise<void> {
    return this.#change(node, (ledger) =>
      ledger.reservations.some((reservation) => reservation.task === task) ? withoutReservation(ledger, task) : ledger,
    );
  }

  #change(node: string, change: Change): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const wanted = { change, done: resolve, failed: reject };
    const waiting = this.#waiting.get(node);
    if (waiting) waiting.push(wanted);
    else {
      this.#waiting.set(node, [wanted]);
      void this.#writeAll(node);
    }
    return promise;
  }

  async #writeAll(node: string): Promise<void> {
    const waiting = this.#waiting.get(node);
    while (waiting && waiting.length > 0) await this.#writeTogether(node, waiting.splice(0, MOST_TOGETHER));
    this.#waiting.delete(node);
  }

  async #writeTogether(node: string, changes: readonly Waiting[]): Promise<void> {
    try {
      for (const settle of await this.#written(node, changes)) settle();
    } catch (error) {
      for (const { failed } of changes) failed(error);
    }
  }

  /** How each change is answered. */
  async #written(node: string, changes: readonly Waiting[]): Promise<readonly (() => void)[]> {
    for (let tries = 1, own = this.#ownLast(node); ; tries++, own = undefined) {
      const stored = own ?? (await this.#store.get('ledger', node));
      const before = stored?.doc ?? { id: node, claim: null, reservations: [] };
      const { ledger, answers } = applied(before, changes);
      try {
        if (ledger !== before) await this.#write(ledger, stored);
        // That there is nothing to write, or no room, is certain only of a ledger that was read.
        if (ledger !== before || !own) return answers;
      } catch (error) {
        if (!(error instanceof StoreConflict) || tries === TRIES) throw error;
      }
    }
  }

  async #write(ledger: Ledger, stored: Stored<Ledger> | undefined): Promise<void> {
    const { version } = stored
      ? await this.#store.update('ledger', ledger, stored.version)
      : await this.#store.create('ledger', ledger);
    this.#versions.set(ledger, version);
  }

  #ownLast(node: string): Stored<Ledger> | undefined {
    const doc = this.#intentions.ledgerOf(node);
    if (!doc) return undefined;
    const version = this.#versions.get(doc);
    return version === undefined ? undefined : { doc, version };
  }
}

/** Each change on what those before it left; one that is refused leaves the ledger as it is. */
function applied(before: Ledger, changes: readonly Waiting[]) {
  let ledger = before;
  const answers = changes.map(({ change, done, failed }) => {
    try {
      ledger = change(ledger);
      return done;
    } catch (error) {
      return () => failed(error);
    }
  });
  return { ledger, answers };
}

function reserved(found: Ledger, { node, reservation, claim, inPlaceOf, refusalOf }: ReservationRequest): Ledger {
  const present = inPlaceOf === undefined ? found : withoutReservation(found, inPlaceOf);
  // Dated anew all the same: whoever is about to take it back as one that nobody needs must find the ledger changed.
  if (present.reservations.some(({ task }) => task === reservation.task))
    return withReservation(present, reservation, claim);
  if (refusalOf(present) !== undefined) throw new NoRoom('ledger', node);
  return withReservation(present, reservation, claim);
}

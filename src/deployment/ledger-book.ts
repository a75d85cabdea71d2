// Changes of a node's Ledger: who may use its room. Every change is a compare-and-set on the one document.
import type { Ledger, Reservation } from '../model/node.ts';
import { type Store, StoreConflict } from '../ports/store.ts';

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

/** A change stands for itself: refused because another process came first, it is made on the ledger as it is then. */
const TRIES = 5;

/** Writes a reservation, and the claim of a standalone job with it. @throws StoreConflict when the room is not free any more */
export function reserve(store: Store, request: ReservationRequest): Promise<void> {
  return persistently(() => reserveOnce(store, request));
}

/** Takes a reservation out, if it is there. */
export function release(store: Store, node: string, task: string): Promise<void> {
  return persistently(() => releaseOnce(store, node, task));
}

async function persistently(change: () => Promise<void>): Promise<void> {
  for (let tries = 1; ; tries++) {
    try {
      await change();
      return;
    } catch (error) {
      if (!(error instanceof StoreConflict) || error instanceof NoRoom || tries === TRIES) throw error;
    }
  }
}

/** Nothing that trying again on the same ledger would change. */
class NoRoom extends StoreConflict {}

async function reserveOnce(store: Store, request: ReservationRequest): Promise<void> {
  const { node, reservation, claim, inPlaceOf, refusalOf } = request;
  const stored = await store.get('ledger', node);
  const found = stored?.doc ?? { id: node, claim: null, reservations: [] };
  const present = inPlaceOf === undefined ? found : withoutReservation(found, inPlaceOf);
  if (present.reservations.some(({ task }) => task === reservation.task)) return;
  if (refusalOf(present) !== undefined) throw new NoRoom('ledger', node);
  const next = withReservation(present, reservation, claim);
  if (stored) await store.update('ledger', next, stored.version);
  else await store.create('ledger', next);
}

async function releaseOnce(store: Store, node: string, task: string): Promise<void> {
  const stored = await store.get('ledger', node);
  if (!stored?.doc.reservations.some((reservation) => reservation.task === task)) return;
  await store.update('ledger', withoutReservation(stored.doc, task), stored.version);
}

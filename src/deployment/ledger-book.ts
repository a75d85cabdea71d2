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
  readonly refusalOf: (ledger: Ledger) => string | undefined;
}

/** Writes a reservation, and the claim of a standalone job with it. @throws StoreConflict when the room is not free any more */
export async function reserve(
  store: Store,
  { node, reservation, claim, refusalOf }: ReservationRequest,
): Promise<void> {
  const stored = await store.get('ledger', node);
  const present = stored?.doc ?? { id: node, claim: null, reservations: [] };
  if (present.reservations.some(({ task }) => task === reservation.task)) return;
  if (refusalOf(present) !== undefined) throw new StoreConflict('ledger', node);
  const next = withReservation(present, reservation, claim);
  if (stored) await store.update('ledger', next, stored.version);
  else await store.create('ledger', next);
}

/** Takes a reservation out, if it is there. */
export async function release(store: Store, node: string, task: string): Promise<void> {
  const stored = await store.get('ledger', node);
  if (!stored?.doc.reservations.some((reservation) => reservation.task === task)) return;
  await store.update('ledger', withoutReservation(stored.doc, task), stored.version);
}

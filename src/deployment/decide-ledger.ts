// Which reservations of a ledger nobody needs any more: a crash may come between ledger and slot table, or between end and release.
import type { Instant } from '../model/instant.ts';
import type { JobStatus } from '../model/job.ts';
import type { Ledger } from '../model/node.ts';
import { withoutReservation } from './ledger-book.ts';

/** A reservation is written just before the slot that it is for; younger ones may still be on their way. */
const YOUNG_MS = 30_000;

/** The ledger without reservations that no filled slot names; null when there are none. */
export function decideLedger(ledger: Ledger, jobs: ReadonlyMap<string, JobStatus>, now: Instant): Ledger | null {
  const stale = ledger.reservations.filter(({ at, job, slot, task }) => {
    const filled = jobs.get(job)?.slots[slot];
    const needed = filled?.state === 'filled' && filled.task === task && filled.node === ledger.id;
    return at + YOUNG_MS <= now && !needed;
  });
  if (stale.length === 0) return null;
  return stale.reduce((rest, { task }) => withoutReservation(rest, task), ledger);
}

// Which reservations of a ledger nobody needs any more: a crash may come between ledger and slot table, or between end and release.
import type { Instant } from '../model/instant.ts';
import type { JobStatus, Slot } from '../model/job.ts';
import type { Ledger } from '../model/node.ts';
import { withoutReservation } from './ledger-book.ts';

/** A ledger as it should be, and the jobs whose room goes with what is left out of it. */
export interface TidiedLedger {
  readonly ledger: Ledger;
  readonly jobs: readonly string[];
}

/** A reservation is written just before the slot that it is for; of younger ones that is likely still on its way, and they are left in peace. */
const YOUNG_MS = 30_000;

/** The ledger without reservations of tasks that no slot names; null when there are none. */
export function decideLedger(ledger: Ledger, jobs: ReadonlyMap<string, JobStatus>, now: Instant): TidiedLedger | null {
  const stale = ledger.reservations.filter(({ at, job, slot, task }) => {
    const named = jobs.get(job)?.slots[slot];
    const needed = named !== undefined && (isFilledBy(named, task, ledger.id) || goesOnWith(named, task, ledger.id));
    return at + YOUNG_MS <= now && !needed;
  });
  if (stale.length === 0) return null;
  return {
    ledger: stale.reduce((rest, { task }) => withoutReservation(rest, task), ledger),
    jobs: [...new Set(stale.map(({ job }) => job))],
  };
}

function isFilledBy(slot: Slot, task: string, node: string): boolean {
  return slot.state === 'filled' && slot.task === task && slot.node === node;
}

/** The task before keeps its room until it has ended. */
function goesOnWith({ predecessor }: Slot, task: string, node: string): boolean {
  return predecessor?.task === task && predecessor.node === node;
}

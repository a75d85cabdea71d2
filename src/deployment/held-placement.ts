// Room that an earlier decision reserved for a task before it broke off: of several copies one found no room, or the process ended
// between the ledger and the slot table. Such room is taken, or jobs would wait for what they hold themselves.
import type { Instant } from '../model/instant.ts';
import type { PlacementWhy } from '../model/job.ts';
import type { Fleet } from './decide-placement.ts';
import { withoutReservation } from './ledger-book.ts';
import { type Demand, type PlacementRules, refusalOf } from './node-filters.ts';

/** The placement where a task's room is reserved already; undefined when there is none, or its node cannot take the task any more. */
export function heldPlacement(
  fleet: Fleet,
  { task, demand, rules }: { readonly task: string; readonly demand: Demand; readonly rules: PlacementRules },
  now: Instant,
): PlacementWhy | undefined {
  const holder = fleet.holderOf(task);
  if (!holder?.ledger) return undefined;
  const withoutIt = { ...holder, ledger: withoutReservation(holder.ledger, task) };
  if (refusalOf(withoutIt, demand, rules, now) !== undefined) return undefined;
  const { node, load } = holder;
  const sentence = `${node.id} has room reserved for it already.`;
  return { at: now, chosen: node.id, sentence, verdicts: [{ node: node.id, load }] };
}

// Room that a slot has already. For its next task: an earlier decision reserved it and broke off, because of several copies one found no
// room, or the process ended between the ledger and the slot table; it is taken, or jobs would wait for what they hold themselves. Of the
// task before, which has just ended: it is taken over, so that a copy which fails does not lose its machine to those who wait.
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

/** The placement in place of a task that has ended; undefined when its node cannot take another. */
export function placementInPlace(
  fleet: Fleet,
  { before, demand, rules }: { readonly before: OldRoom; readonly demand: Demand; readonly rules: PlacementRules },
  now: Instant,
): PlacementWhy | undefined {
  const view = fleet.get(before.node);
  if (!view?.ledger) return undefined;
  const withoutIt = { ...view, ledger: withoutReservation(view.ledger, before.task) };
  if (refusalOf(withoutIt, demand, rules, now) !== undefined) return undefined;
  const sentence = `no other node can take it, and ${before.node} has the room of the attempt before.`;
  return { at: now, chosen: before.node, sentence, verdicts: [{ node: before.node, load: view.load }] };
}

/** Room of a task that has ended. */
export interface OldRoom {
  readonly node: string;
  readonly task: string;
}

// When a machine may be free for a job that needs one to itself, or for a job that is kept out by one that does: read from the
// ledgers alone, where each task's room says when its job ends.
import type { Instant } from '../model/instant.ts';
import type { Reservation } from '../model/node.ts';
import { type Demand, type NodeView, type PlacementRules, suits } from './node-filters.ts';
import { timeInWords } from './time-in-words.ts';

interface EstimateQuestion {
  readonly demand: Demand;
  readonly rules: PlacementRules;
}

interface Freed {
  readonly node: string;
  /** Null: no end is known. */
  readonly at: Instant | null;
}

/** At most one sentence that says when the first machine may be free; none when nobody's use of a machine is in the way. */
export function roomEstimate(
  views: Iterable<NodeView>,
  { demand, rules }: EstimateQuestion,
  now: Instant,
): readonly string[] {
  let first: Freed | undefined;
  for (const view of views) {
    const others = inTheWay(view, demand);
    if (others === null || !suits(view, demand, rules, now)) continue;
    const freed = { node: view.node.id, at: lastEnd(others) };
    if (!first || isSooner(freed, first)) first = freed;
  }
  return first ? [inWords(first, now)] : [];
}

/** Who must end before the node's use allows the job; null when that is not what keeps it out. */
function inTheWay({ ledger }: NodeView, demand: Demand): readonly Reservation[] | null {
  const claim = ledger?.claim ?? null;
  const isClaimed = claim !== null && claim !== demand.job;
  const others = (ledger?.reservations ?? []).filter(({ job }) => job !== demand.job);
  return isClaimed || (demand.machine === 'standalone' && others.length > 0) ? others : null;
}

function lastEnd(reservations: readonly Reservation[]): Instant | null {
  let last: Instant | null = null;
  for (const { endsAt } of reservations) {
    if (endsAt === undefined || endsAt === null) return null;
    last = Math.max(last ?? 0, endsAt);
  }
  return last;
}

/** Of two that are free at the same time, the name decides: the sentence must not change with the order of load. */
function isSooner(a: Freed, b: Freed): boolean {
  if (a.at !== b.at) return a.at !== null && (b.at === null || a.at < b.at);
  return a.node < b.node;
}

function inWords({ node, at }: Freed, now: Instant): string {
  if (at === null) return 'When a machine will be free cannot be said: no end is known of what runs there.';
  if (at <= now) return `${node} should be free in a moment: what runs there has come to its end.`;
  return `${node} may be free at ${timeInWords(at, now)}, when the last of what runs there is to end.`;
}

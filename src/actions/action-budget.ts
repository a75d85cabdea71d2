// How much of a budget is used up. Counted by minutes over the hour that ends now, not by hours of the clock: otherwise twice a budget would
// fit around the turn of an hour. The minute in which an hour ago lies still counts whole, so the budget holds in every hour there is.
import type { ActionBudget } from '../model/action.ts';
import type { Instant } from '../model/instant.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;

/** Whether one more may begin: the budget with it, or when the next may; null: never. */
export type BudgetVerdict =
  | { readonly isFree: true; readonly budget: ActionBudget }
  | { readonly isFree: false; readonly freeAt: Instant | null };

/** Judges a budget of so many in an hour. */
export function judgeBudget(
  budget: ActionBudget | null,
  { id, perHour }: { readonly id: string; readonly perHour: number },
  now: Instant,
): BudgetVerdict {
  const minutes = (budget?.minutes ?? []).filter(({ at }) => at + MINUTE_MS > now - HOUR_MS);
  const begun = minutes.reduce((total, minute) => total + minute.begun, 0);
  if (begun < perHour) return { isFree: true, budget: { id, minutes: withOneMore(minutes, now) } };
  return { isFree: false, freeAt: perHour <= 0 ? null : freeAt(minutes, begun - perHour) };
}

/** The minute goes on from the last one that was counted when the clock was set back meanwhile: a list that is not in order would grow. */
function withOneMore(minutes: ActionBudget['minutes'], now: Instant): ActionBudget['minutes'] {
  const last = minutes.at(-1);
  const at = Math.max(now - (now % MINUTE_MS), last?.at ?? 0);
  if (last?.at !== at) return [...minutes, { at, begun: 1 }];
  return [...minutes.slice(0, -1), { at, begun: last.begun + 1 }];
}

/** When more than so many of the oldest have left the hour. */
function freeAt(minutes: ActionBudget['minutes'], tooMany: number): Instant | null {
  let left = tooMany;
  for (const { at, begun } of minutes) {
    left -= begun;
    if (left < 0) return at + MINUTE_MS + HOUR_MS;
  }
  return null;
}

// The words of actions' part of the loop: what an act may come to, and what may be done for an action.
import type { ActionBudget, ActionStatus } from '../model/action.ts';
import type { SendOutcome } from '../ports/mailer.ts';

/** How one act ended. */
export interface ActNews extends SendOutcome {
  /** What the device answered to a control. */
  readonly answer?: unknown;
}

/** What may be done for an action. */
export type ActionStep =
  /** Takes one from the budget; before the claim, so that a crash between the two costs one and never gives one. */
  | { readonly do: 'spend'; readonly budget: ActionBudget }
  | { readonly do: 'record'; readonly status: ActionStatus }
  /** Written before the act: what ends in between is known to be of unknown outcome. */
  | { readonly do: 'claim'; readonly status: ActionStatus }
  | { readonly do: 'act'; readonly status: ActionStatus }
  /** Other acts of its kind are under way: it is looked at when one of them has ended. */
  | { readonly do: 'queue' };

/** Steps in their order, and when to look again. */
export interface ActionDecision {
  readonly steps: readonly ActionStep[];
  readonly wakeAt: number | null;
}

// What an instance may ask for when it says nothing of it, and how long each kind of action is tried.
import type { ActionOrder, ActionRules } from '../model/action.ts';
import type { Instance } from '../model/instance.ts';
import type { Instant } from '../model/instant.ts';

/** The name of a kind of action. */
export type OrderKind = ActionOrder['kind'];

/** What counts for one action of an instance. */
export interface RulesInForce {
  /** Actions of its kind that the instance may begin in any hour. */
  readonly perHour: number;
  readonly quiet: ActionRules['quiet'];
  /** The zone of its quiet hours. */
  readonly zone: string;
}

const ORDINARY_PER_HOUR: Readonly<Record<OrderKind, number>> = {
  email: 60,
  sms: 20,
  notify: 120,
  webhook: 1200,
  control: 3600,
};

const DAY_MS = 86_400_000;

/** The rules for one kind of action; those of an instance that is gone are the ordinary ones. */
export function rulesInForce(kind: OrderKind, instance: Instance | undefined): RulesInForce {
  const { perHour = {}, quiet = null } = instance?.actionRules ?? {};
  return { perHour: perHour[kind] ?? ORDINARY_PER_HOUR[kind], quiet, zone: instance?.schedule.zone ?? 'UTC' };
}

/** Until when something is tried that was asked for at an instant: a control while its device may acknowledge, everything else for a day. */
export function lastsUntil(order: ActionOrder, askedAt: Instant): Instant {
  return askedAt + (order.kind === 'control' ? order.timeoutMs : DAY_MS);
}

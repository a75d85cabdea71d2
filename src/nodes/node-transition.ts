// How a node's status changes with its state: since when, what is wrong, and how often it came and went.
import type { Instant } from '../model/instant.ts';
import type { NodeState, NodeStatus, NodeTrouble } from '../model/node.ts';

/** What a node becomes. */
export interface NodeChange {
  readonly state: NodeState;
  readonly reason: string;
  readonly trouble: NodeTrouble | undefined;
}

/** Losses that are remembered. */
const MOST_LOSSES = 10;
/** Losses within this time count against a node. */
const FLAP_WINDOW_MS = 600_000;
/** From this many on, a node that comes back is not trusted at once. */
const FLAPS = 3;
const FIRST_QUARANTINE_MS = 60_000;
const LONGEST_QUARANTINE_MS = 3_600_000;

/** The status of a node that enters a state, or stays in it for another reason. */
export function nodeTransition(status: NodeStatus, change: NodeChange, now: Instant): NodeStatus {
  const { trouble: _, ...rest } = status;
  const isNew = change.state !== status.state;
  const { state, reason } = change;
  const trouble = change.trouble ? { trouble: change.trouble } : {};
  const entered = { ...rest, state, reason, ...trouble, stateSinceAt: isNew ? now : status.stateSinceAt };
  if (isNew && state === 'lost') return { ...entered, lostAt: [...(status.lostAt ?? []), now].slice(-MOST_LOSSES) };
  if (!isNew || state !== 'ready') return entered;
  const { quarantinedUntilAt: __, ...ready } = entered;
  return { ...ready, ...quarantineOf(status.lostAt ?? [], now) };
}

/** When a node that is ready again may be trusted; nothing when it may at once. Doubles with each loss, up to an hour. */
export function quarantineOf(
  lostAt: readonly Instant[],
  now: Instant,
): { readonly quarantinedUntilAt: Instant } | undefined {
  const losses = lossesLately(lostAt, now);
  if (losses < FLAPS) return undefined;
  return { quarantinedUntilAt: now + Math.min(LONGEST_QUARANTINE_MS, FIRST_QUARANTINE_MS * 2 ** (losses - FLAPS)) };
}

/** How often a node was lost in the last ten minutes. */
export function lossesLately(lostAt: readonly Instant[], now: Instant): number {
  return lostAt.filter((at) => at > now - FLAP_WINDOW_MS).length;
}

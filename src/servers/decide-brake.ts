// The brake: when a large part of a fleet is lost at once, the fault is more likely the network or the platform than the machines. Pure.
import type { NodeStatus } from '../model/node.ts';
import type { BrakeLimits } from './recovery-limits.ts';

/** Whether the brake holds, and the figures that it is judged by. */
export interface Brake {
  readonly isOn: boolean;
  /** Nodes lost that belong together. */
  readonly lost: number;
  readonly fleet: number;
}

/**
 * Judges the fleet. Losses that lie within one window count together for as long as their nodes stay lost: an outage that
 * lasts longer than the window does not release the brake.
 */
export function decideBrake(fleet: readonly NodeStatus[], limits: BrakeLimits): Brake {
  const losses = fleet.filter(({ state }) => state === 'lost').map(({ stateSinceAt }) => stateSinceAt);
  const lost = mostWithin(
    losses.toSorted((a, b) => a - b),
    limits.windowMs,
  );
  const isOn = fleet.length > limits.fleetOver && lost > fleet.length * limits.lostOver;
  return { isOn, lost, fleet: fleet.length };
}

/** The most of some ascending times that lie within one window. */
function mostWithin(times: readonly number[], windowMs: number): number {
  let [first, most] = [0, 0];
  for (const [last, at] of times.entries()) {
    while ((times[first] ?? at) < at - windowMs) first++;
    most = Math.max(most, last - first + 1);
  }
  return most;
}

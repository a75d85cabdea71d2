// How machines that are being made are followed. All times in milliseconds.

import type { BackoffLimits } from '../engine/backoff.ts';

/** Bounds and periods of orders. */
export interface OrderLimits {
  /** Between two looks at a machine that is coming up. */
  readonly lookEveryMs: number;
  /** Between two looks at whether a machine that was made is still its node's. */
  readonly lookKeptEveryMs: number;
  /** From the provider's answer until it is a node, at most. */
  readonly joinedWithinMs: number;
  readonly retry: BackoffLimits;
  /** Failures in a row after which nothing is tried any more. */
  readonly mostFailures: number;
  /** An order of unknown outcome is looked for this often, for so long. */
  readonly findUnknownEveryMs: number;
  readonly findUnknownForMs: number;
  /** How long an order that came to nothing is kept for people. */
  readonly keptMs: number;
}

// How far a recovery goes by itself, and how fast. All times in milliseconds.

import type { BackoffLimits } from '../engine/backoff.ts';
import type { RecoveryAct } from '../model/node.ts';

/** How often one step is taken for one trouble, and how long it is given to help. */
export interface StepLimit {
  readonly most: number;
  /** After a step that was done, the next one waits this long for the node to come back. */
  readonly settleMs: number;
}

/** When so much of a fleet is lost at once that the fault is hardly the machines'. */
export interface BrakeLimits {
  /** Smaller fleets have no brake. */
  readonly fleetOver: number;
  /** Share of the fleet, in [0, 1], beyond which the brake holds. */
  readonly lostOver: number;
  /** Losses that lie within this time belong together. */
  readonly windowMs: number;
}

/** Bounds and periods of recovery. */
export interface RecoveryLimits {
  /** Between two looks at a machine through its provider while its node is well. */
  readonly describeWellEveryMs: number;
  /** The same while its node is silent. */
  readonly describeSilentEveryMs: number;
  readonly steps: Readonly<Record<Exclude<RecoveryAct, 'retire'>, StepLimit>>;
  /** A node that its provider says is running is left alone for this long after its loss before its power is cut. */
  readonly powerCycleAfterMs: number;
  /** After a step that failed, or a start that changed nothing. */
  readonly retry: BackoffLimits;
  /** Starts of a machine that stays stopped, after which it is replaced where that can be done. */
  readonly mostStarts: number;
  /** A node that has been well for this long has its tries forgotten. */
  readonly forgetTriesAfterMs: number;
  readonly replacementsPerHour: number;
  readonly brake: BrakeLimits;
}

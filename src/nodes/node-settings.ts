// What can be set about nodes and the tasks on them. Defaults and descriptions live with the other settings.
import type { BackoffLimits } from '../engine/backoff.ts';
import type { ImageSweepLimits } from './decide-image-sweep.ts';
import type { DiskPressureLimits } from './disk-pressure.ts';

/** Bounds and periods of the node manager; all times in milliseconds. */
export interface NodeSettings {
  /** Between two probes of a node's engine. */
  readonly probeEveryMs: number;
  /** Silence after which a second connection is tried. */
  readonly freshPathAfterMs: number;
  /** Silence after which a node is unreachable: nothing is placed there. */
  readonly unreachableAfterMs: number;
  /** Silence after which a node is lost: its tasks are given to others. */
  readonly lostAfterMs: number;
  /** How long a node that this process has not reached yet is only connecting. */
  readonly amnestyMs: number;
  readonly diskPressure: DiskPressureLimits;
  readonly imageSweep: ImageSweepLimits;
  /** Between two readings of vital signs. */
  readonly vitalsEveryMs: number;
  /** Between two readings of what tasks use. */
  readonly usageEveryMs: number;
  /** At most this long a stored load is old while the node is ready. */
  readonly loadStoredEveryMs: number;
  /** At most this long a stored `lastSeenAt` is old while the node is ready. */
  readonly lastSeenStoredEveryMs: number;
  /** Between two comparisons of a node's containers with its tasks. */
  readonly containerSweepEveryMs: number;
  /** Between attempts to connect. */
  readonly reconnect: BackoffLimits;
  /** Between TERM and KILL for a container that belongs to no task. */
  readonly strangerGraceMs: number;
  /** How long an ended task's container is kept on its node. */
  readonly keepEndedMs: number;
  /** Creates and starts at a time on one node. */
  readonly actsAtOnce: number;
  /** Image pulls at a time on one node. */
  readonly pullsAtOnce: number;
  /** Tries of one act before its task fails. */
  readonly actTries: number;
  /** Between tries of one act. */
  readonly actBackoff: BackoffLimits;
  /** How long the end of a task waits for the evidence of its last moments. */
  readonly evidenceWithinMs: number;
}

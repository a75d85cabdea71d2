// Numbers that fit most platforms and that nobody has had to change yet; those that people do change are settings.

import type { Settings } from '../config/settings.ts';
import type { EngineParts } from '../engine/engine.ts';
import type { CollectionLimits } from '../images/decide-collection.ts';
import type { InstallLimits } from '../images/installation.ts';
import type { NodeSettings } from '../nodes/node-settings.ts';
import type { OrderLimits } from '../servers/order-limits.ts';
import type { RecoveryLimits } from '../servers/recovery-limits.ts';

const MIB = 1024 * 1024;

/**
 * How the loop runs over the database at an address; SQLite when it is empty. Runs wait for the database most of their time. For one that
 * is reached over a network, more runs at a time let more writes share a wait. SQLite answers sooner, and what is under way beyond a full
 * group only lies about: at 512 the garbage collector makes a run cost a sixth more than at 256; at 128 runs wait for the disk instead.
 */
export function engineLimits(store: string): Pick<EngineParts, 'concurrency' | 'sweepEveryMs' | 'backoff'> {
  return {
    concurrency: store === '' ? 256 : 512,
    sweepEveryMs: 300_000,
    backoff: { firstMs: 200, maxMs: 60_000 },
  };
}

/** How nodes are watched and acted on. */
export const NODE_LIMITS: Omit<NodeSettings, 'keepEndedMs'> = {
  probeEveryMs: 1000,
  freshPathAfterMs: 2000,
  unreachableAfterMs: 3000,
  lostAfterMs: 4000,
  amnestyMs: 15_000,
  diskPressure: { leastFreeBytes: 512 * MIB, leastFreeShare: 0.05 },
  imageSweep: { everyMs: 600_000, unusedForMs: 7 * 86_400_000 },
  vitalsEveryMs: 2000,
  usageEveryMs: 10_000,
  loadStoredEveryMs: 5000,
  lastSeenStoredEveryMs: 15_000,
  containerSweepEveryMs: 30_000,
  reconnect: { firstMs: 500, maxMs: 15_000 },
  strangerGraceMs: 5000,
  actsAtOnce: 4,
  pullsAtOnce: 2,
  actTries: 8,
  actBackoff: { firstMs: 250, maxMs: 10_000 },
  evidenceWithinMs: 10_000,
};

/** How the machines under nodes are brought back. */
export const RECOVERY_LIMITS: Omit<RecoveryLimits, 'replacementsPerHour' | 'powerCycleAfterMs'> = {
  describeWellEveryMs: 30_000,
  describeSilentEveryMs: 2000,
  steps: {
    'restart-engine': { most: 2, settleMs: 20_000 },
    'power-cycle': { most: 2, settleMs: 120_000 },
    replace: { most: 2, settleMs: 60_000 },
  },
  retry: { firstMs: 10_000, maxMs: 300_000 },
  mostStarts: 5,
  forgetTriesAfterMs: 600_000,
  brake: { fleetOver: 3, lostOver: 1 / 3, windowMs: 300_000 },
};

/** How machines that are being made are followed. */
export const ORDER_LIMITS: OrderLimits = {
  lookEveryMs: 2000,
  lookKeptEveryMs: 30_000,
  joinedWithinMs: 1_800_000,
  retry: { firstMs: 3000, maxMs: 60_000 },
  mostFailures: 8,
  findUnknownEveryMs: 300_000,
  findUnknownForMs: 3_600_000,
  keptMs: 7 * 86_400_000,
};

/** What one installation of dependencies may use. */
export const INSTALL_LIMITS: Omit<InstallLimits, 'limitMs'> = { memoryBytes: 2048 * MIB, cpus: 2 };

/** How long a base image may take. */
export const BASE_LIMITS = { pullLimitMs: 60_000, buildLimitMs: 900_000 } as const;

/** What is kept of images. */
export const COLLECTION_LIMITS: CollectionLimits = { keepPerApplication: 10, maxAgeMs: 30 * 86_400_000 };

/** What one record of a task may be. */
export const RECORD_LIMITS = { mostFileBytes: 1024 * MIB } as const;

/** How long events are kept. */
export const EVENT_LIMITS = { maxAgeMs: 30 * 86_400_000, everyMs: 3_600_000 } as const;

/** How often the audit is looked through for what is too old. */
export const AUDIT_LIMITS = { everyMs: 86_400_000 } as const;

/** How often the past is looked through for what is not kept any more. */
export const HISTORY_LIMITS = { everyMs: 3_600_000 } as const;

/** How much of a node tasks may fill, by the settings. */
export function roomRules({ cpuOvercommit, memoryHeadroomBytes, diskHeadroomBytes }: Settings) {
  return { cpuOvercommit, memoryHeadroomBytes, diskHeadroomBytes };
}

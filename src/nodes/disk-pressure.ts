// When a node's disk is so full that room is made on it and nothing more is placed there.

/** Where pressure begins; the greater of the two counts. */
export interface DiskPressureLimits {
  readonly leastFreeBytes: number;
  /** Of the whole disk, in [0, 1]. */
  readonly leastFreeShare: number;
}

/** Pressure ends this much above where it begins, or it would come and go with every line that is logged. */
const RELIEF = 1.25;

/** Whether a disk is under pressure, given whether it was. */
export function isUnderDiskPressure(
  disk: { readonly freeBytes: number; readonly totalBytes: number; readonly was: boolean },
  limits: DiskPressureLimits,
): boolean {
  const least = Math.max(limits.leastFreeBytes, disk.totalBytes * limits.leastFreeShare);
  return disk.freeBytes < (disk.was ? least * RELIEF : least);
}

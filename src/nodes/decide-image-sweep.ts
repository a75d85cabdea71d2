// The judgement on which of the platform's images a node keeps: what its tasks use, and a while longer what was used and is current.
import type { ImageView } from '../ports/machine.ts';

/** How images of a node are collected; times in milliseconds. */
export interface ImageSweepLimits {
  /** Between two sweeps of a node that has room enough. */
  readonly everyMs: number;
  /** How long an image without a task stays. */
  readonly unusedForMs: number;
}

/** What a sweep of a node's images found. */
export interface ImageSweepSnapshot {
  /** Those that carry the platform's label. */
  readonly images: readonly ImageView[];
  /** Packages of the node's tasks that have not ended. */
  readonly inUse: ReadonlySet<string>;
  /** Packages that tasks of this node used lately. */
  readonly usedLately: ReadonlySet<string>;
  /** The packages that new jobs of their applications run. */
  readonly current: ReadonlySet<string>;
  readonly isUnderPressure: boolean;
}

const PACKAGE_LABEL = 'berth.package';

/** The images to remove. Under pressure even current ones go, once there is nothing else: they can be pulled again. */
export function decideImageSweep(snapshot: ImageSweepSnapshot): readonly ImageView[] {
  const { inUse, usedLately, current, isUnderPressure } = snapshot;
  const unless = (...kept: readonly ReadonlySet<string>[]) => snapshot.images.filter((image) => isSpare(image, kept));
  if (!isUnderPressure) return unless(inUse, usedLately, current);
  const old = unless(inUse, current);
  return old.length > 0 ? old : unless(inUse);
}

/** An image without the label was not made by this version of the platform; it is not known what needs it. */
function isSpare({ labels }: ImageView, kept: readonly ReadonlySet<string>[]): boolean {
  const id = labels[PACKAGE_LABEL];
  return id !== undefined && !kept.some((packages) => packages.has(id));
}

// The judgement on which images, dependency layers and base images are kept: by need, then by number and age. Pure.
import type { BaseImage, DependencyLayer, Image } from '../model/image.ts';
import type { Instant } from '../model/instant.ts';

/** What is kept beyond what is needed. */
export interface CollectionLimits {
  /** Images of each application, the newest ones, needed ones included. */
  readonly keepPerApplication: number;
  /** Older images and dependency layers unused for longer are not kept, in ms. */
  readonly maxAgeMs: number;
}

/** Everything that the decision is based on. */
export interface CollectionSnapshot {
  readonly images: readonly Pick<Image, 'id' | 'application' | 'state' | 'createdAt' | 'layers'>[];
  /** Packages whose image is needed: current ones and those of jobs that are not over. */
  readonly wanted: ReadonlySet<string>;
  readonly dependencyLayers: readonly Pick<DependencyLayer, 'id' | 'layer' | 'usedAt'>[];
  readonly baseImages: readonly Pick<BaseImage, 'id' | 'createdAt'>[];
  /** Ids of the base images that new images stand on. */
  readonly currentBases: ReadonlySet<string>;
}

/** Ids of the documents to be dropped. */
export interface Collection {
  readonly images: readonly string[];
  readonly dependencyLayers: readonly string[];
  readonly baseImages: readonly string[];
}

/** Decides what is dropped. Layers of dropped documents stay in Blobs as long as another document names them. */
export function decideCollection(snapshot: CollectionSnapshot, limits: CollectionLimits, now: Instant): Collection {
  const oldest = now - limits.maxAgeMs;
  const dropped = new Set(droppedImages(snapshot, limits.keepPerApplication, oldest));
  const kept = snapshot.images.filter(({ id }) => !dropped.has(id));
  const named = new Set(kept.flatMap(({ layers }) => layers.map(({ digest }) => digest)));
  const unused = snapshot.dependencyLayers.filter(({ layer, usedAt }) => !named.has(layer.digest) && usedAt < oldest);
  const stale = snapshot.baseImages.filter(({ id, createdAt }) => !snapshot.currentBases.has(id) && createdAt < oldest);
  return { images: [...dropped], dependencyLayers: unused.map(({ id }) => id), baseImages: stale.map(({ id }) => id) };
}

function droppedImages(snapshot: CollectionSnapshot, keep: number, oldest: Instant): readonly string[] {
  const byApplication = Map.groupBy(snapshot.images, ({ application }) => application);
  return [...byApplication.values()].flatMap((images) =>
    images
      .toSorted((a, b) => b.createdAt - a.createdAt || (a.id < b.id ? -1 : 1))
      .filter(
        (image, rank) =>
          isDroppable(image.state, snapshot.wanted.has(image.id)) && (rank >= keep || image.createdAt < oldest),
      )
      .map(({ id }) => id),
  );
}

// An image that is being made is left alone: its work would only write it anew.
function isDroppable(state: Image['state'], wanted: boolean): boolean {
  return !wanted && (state === 'ready' || state === 'failed');
}

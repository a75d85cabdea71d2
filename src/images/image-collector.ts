// Collects what is not needed any more: images by age and number, then every blob that no document names.
import type { Controller, Unsettled } from '../engine/controller.ts';
import { pages } from '../engine/shard-sweep.ts';
import type { Instant } from '../model/instant.ts';
import type { Blobs } from '../ports/blobs.ts';
import type { Log } from '../ports/log.ts';
import { type Store, StoreConflict } from '../ports/store.ts';
import { type CollectionLimits, type CollectionSnapshot, decideCollection } from './decide-collection.ts';
import { namedBlobs } from './named-blobs.ts';
import { wantedPackages } from './wanted-packages.ts';

/** What collecting needs. */
export interface ImageCollectorParts {
  readonly store: Store;
  readonly blobs: Blobs;
  readonly log: Log;
  readonly limits: CollectionLimits;
  /** Ids of the base images that new images stand on. */
  readonly currentBases: ReadonlySet<string>;
  readonly everyMs: number;
  /** A blob that nothing names is left alone this long, because its document may be about to be written, in ms. */
  readonly graceMs: number;
}

/** The only id of this controller. */
const ALL = 'all';

/** Collects at the start and then every `everyMs`; its only key is `imagesweep:all`. */
export class ImageCollector implements Controller {
  readonly prefix = 'imagesweep';
  readonly watches = {};
  readonly #parts: ImageCollectorParts;
  #nextAt: Instant = 0;

  constructor(parts: ImageCollectorParts) {
    this.#parts = parts;
  }

  async reconcile(_id: string, now: Instant): Promise<Instant | null> {
    if (now < this.#nextAt) return this.#nextAt;
    await this.#dropDocuments(now);
    await this.#dropBlobs(now);
    this.#nextAt = now + this.#parts.everyMs;
    return this.#nextAt;
  }

  async *sweep(): AsyncIterable<Unsettled> {
    yield { id: ALL, at: this.#nextAt };
  }

  async #dropDocuments(now: Instant): Promise<void> {
    const dropped = decideCollection(await this.#snapshot(), this.#parts.limits, now);
    for (const id of dropped.images) await this.#drop('image', id);
    for (const id of dropped.dependencyLayers) await this.#drop('dependencyLayer', id);
    for (const id of dropped.baseImages) await this.#drop('baseImage', id);
  }

  async #snapshot(): Promise<CollectionSnapshot> {
    const { store, currentBases } = this.#parts;
    return {
      images: await Array.fromAsync(pages(store, 'image', { limit: 1000 })),
      wanted: new Set(await Array.fromAsync(wantedPackages(store))),
      dependencyLayers: await Array.fromAsync(pages(store, 'dependencyLayer', { limit: 1000 })),
      baseImages: await Array.fromAsync(pages(store, 'baseImage', { limit: 1000 })),
      currentBases,
    };
  }

  // A document that changed since it was judged is used again: it stays until the next time.
  async #drop(kind: 'image' | 'dependencyLayer' | 'baseImage', id: string): Promise<void> {
    const { store, log } = this.#parts;
    const stored = await store.get(kind, id);
    if (!stored) return;
    try {
      await store.delete(kind, id, stored.version);
      log.info('Collected', { kind, id });
    } catch (error) {
      if (!(error instanceof StoreConflict)) throw error;
    }
  }

  // A blob counts as stored anew when it is put again, so whoever is about to name an old one has the grace as well, in whatever process; the
  // deletion judges that once more. The grace is far longer than from any put to its document, and than clocks of machines differ.
  async #dropBlobs(now: Instant): Promise<void> {
    const { store, blobs, graceMs, log } = this.#parts;
    const named = await namedBlobs(store);
    for await (const { digest, sizeBytes, storedAt } of blobs.list()) {
      if (named.has(digest) || storedAt > now - graceMs) continue;
      await blobs.delete(digest, { storedBefore: now - graceMs + 1 });
      log.info('Collected a blob that nothing names', { digest, sizeBytes });
    }
    const pieces = await blobs.collectLeftovers(now);
    if (pieces > 0) log.info('Collected what puts left that died', { pieces });
  }
}

// Blobs of which those that were read lately lie near as well. Bytes under their own digest never change, so what lies near is always right;
// what exists is asked where the blobs really are.
import type { Readable } from 'node:stream';
import type { BlobStat, Blobs, DeleteOptions } from '../../ports/blobs.ts';
import type { Log } from '../../ports/log.ts';

/** A blob that is a greater part of the room than this would drive out everything else: it is read from far each time. */
const LARGEST_PART = 1 / 4;

/** What is read through a cache, and where it is kept. */
export interface CachedBlobsParts {
  /** Where the blobs are. */
  readonly far: Blobs;
  /** Where copies lie; nobody else uses it. */
  readonly near: Blobs;
  /** Room for copies. */
  readonly mostBytes: number;
  readonly log: Log;
}

/** Reads from near what was read lately; everything else is as it is far. */
export class CachedBlobs implements Blobs {
  readonly #parts: CachedBlobsParts;
  /** Sizes of what lies near, the one that was used last at the end. */
  readonly #sizes = new Map<string, number>();
  readonly #filling = new Map<string, Promise<boolean>>();
  #totalBytes = 0;

  private constructor(parts: CachedBlobsParts) {
    this.#parts = parts;
  }

  /** Takes what lies near from an earlier process, oldest first, as far as there is room for it. */
  static async open(parts: CachedBlobsParts): Promise<CachedBlobs> {
    const blobs = new CachedBlobs(parts);
    const found = await Array.fromAsync(parts.near.list());
    for (const { digest, sizeBytes } of found.toSorted((a, b) => a.storedAt - b.storedAt))
      blobs.#note(digest, sizeBytes);
    await blobs.#trim();
    return blobs;
  }

  put(bytes: Readable | Uint8Array, options?: { readonly limitBytes?: number }): Promise<BlobStat> {
    return this.#parts.far.put(bytes, options);
  }

  stat(digest: string): Promise<BlobStat | undefined> {
    return this.#parts.far.stat(digest);
  }

  async open(digest: string, range?: { readonly start: number; readonly end?: number }): Promise<Readable> {
    return this.#nearest(digest, (blobs) => blobs.open(digest, range));
  }

  async read(digest: string): Promise<Buffer> {
    return this.#nearest(digest, (blobs) => blobs.read(digest));
  }

  async delete(digest: string, options?: DeleteOptions): Promise<void> {
    await this.#parts.far.delete(digest, options);
    await this.#forget(digest);
  }

  discard(digest: string): Promise<void> {
    return this.#parts.far.discard(digest);
  }

  collectLeftovers(now: number): Promise<number> {
    return this.#parts.far.collectLeftovers(now);
  }

  list(): AsyncIterable<BlobStat & { readonly storedAt: number }> {
    return this.#parts.far.list();
  }

  async #nearest<T>(digest: string, act: (blobs: Blobs) => Promise<T>): Promise<T> {
    const { near, far } = this.#parts;
    if (!(await this.#isNear(digest))) return act(far);
    try {
      return await act(near);
    } catch (error) {
      if (!isMissing(error)) throw error;
      // It was driven out in this moment.
      return act(far);
    }
  }

  /** Whether a blob lies near; what does not is fetched, once for all who ask meanwhile. */
  async #isNear(digest: string): Promise<boolean> {
    const sizeBytes = this.#sizes.get(digest);
    if (sizeBytes !== undefined) {
      this.#note(digest, sizeBytes);
      return true;
    }
    const filling = this.#filling.get(digest) ?? this.#fill(digest).finally(() => this.#filling.delete(digest));
    this.#filling.set(digest, filling);
    return filling;
  }

  // Whatever keeps a copy from being made, the blob itself may still be read.
  async #fill(digest: string): Promise<boolean> {
    const { near, far, mostBytes, log } = this.#parts;
    const stat = await far.stat(digest);
    if (!stat || stat.sizeBytes > mostBytes * LARGEST_PART) return false;
    try {
      const copied = await near.put(await far.open(digest));
      if (copied.digest !== digest) return false;
      this.#note(digest, copied.sizeBytes);
      await this.#trim();
      return true;
    } catch (error) {
      log.warn('A blob could not be kept near', { digest, error });
      return false;
    }
  }

  #note(digest: string, sizeBytes: number): void {
    if (this.#sizes.delete(digest)) this.#totalBytes -= sizeBytes;
    this.#sizes.set(digest, sizeBytes);
    this.#totalBytes += sizeBytes;
  }

  async #trim(): Promise<void> {
    for (const digest of this.#sizes.keys()) {
      if (this.#totalBytes <= this.#parts.mostBytes) return;
      await this.#forget(digest);
    }
  }

  async #forget(digest: string): Promise<void> {
    this.#totalBytes -= this.#sizes.get(digest) ?? 0;
    this.#sizes.delete(digest);
    await this.#parts.near.delete(digest);
  }
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'platform.blob-missing';
}

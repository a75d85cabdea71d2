// Blobs with a place before and after each that is put or deleted.
import type { Readable } from 'node:stream';
import type { BlobStat, Blobs, DeleteOptions } from '../../ports/blobs.ts';
import { between, type Point } from './point.ts';

/** Wraps blobs. */
export class FaultBlobs implements Blobs {
  readonly #blobs: Blobs;
  readonly #point: Point;

  constructor(blobs: Blobs, point: Point) {
    this.#blobs = blobs;
    this.#point = point;
  }

  put(bytes: Readable | Uint8Array, options?: { readonly limitBytes?: number }): Promise<BlobStat> {
    return between(this.#point, 'put blob', () => this.#blobs.put(bytes, options));
  }

  stat(digest: string): Promise<BlobStat | undefined> {
    return this.#blobs.stat(digest);
  }

  open(digest: string, range?: { readonly start: number; readonly end?: number }): Promise<Readable> {
    return this.#blobs.open(digest, range);
  }

  read(digest: string): Promise<Buffer> {
    return this.#blobs.read(digest);
  }

  delete(digest: string, options?: DeleteOptions): Promise<void> {
    return between(this.#point, 'delete blob', () => this.#blobs.delete(digest, options));
  }

  discard(digest: string): Promise<void> {
    return between(this.#point, 'discard blob', () => this.#blobs.discard(digest));
  }

  collectLeftovers(now: number): Promise<number> {
    return this.#blobs.collectLeftovers(now);
  }

  list(): AsyncIterable<BlobStat & { readonly storedAt: number }> {
    return this.#blobs.list();
  }
}

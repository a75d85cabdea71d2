// Cuts bytes into chunks and writes them while more come; memory is bounded by the chunks that are under way.
import { createHash } from 'node:crypto';
import type { BlobChunk } from '../../model/kept-bytes.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Store } from '../../ports/store.ts';
import { chunkId } from './chunk-ids.ts';

/** Chunks that are written at a time: they share the wait for the database's disk. */
const MOST_UNDER_WAY = 4;

/** Where and as what chunks are written. */
export interface ChunkWriterParts {
  readonly store: Pick<Store, 'create'>;
  readonly clock: Clock;
  /** Begins the ids of the chunks. */
  readonly put: string;
  readonly chunkBytes: number;
}

/** What was put, when all of it has come. */
export interface WrittenChunks {
  readonly digest: string;
  readonly sizeBytes: number;
  readonly chunks: number;
  /** Not written yet, so that it can go together with the head; undefined: there are no bytes. */
  readonly last: BlobChunk | undefined;
}

/** Writes the chunks of one put. */
export class ChunkWriter {
  readonly #parts: ChunkWriterParts;
  readonly #hash = createHash('sha256');
  readonly #underWay = new Set<Promise<void>>();
  #pieces: Uint8Array[] = [];
  #gatheredBytes = 0;
  #sizeBytes = 0;
  #chunks = 0;
  #failure: { readonly error: unknown } | undefined;

  constructor(parts: ChunkWriterParts) {
    this.#parts = parts;
  }

  get sizeBytes(): number {
    return this.#sizeBytes + this.#gatheredBytes;
  }

  /** Takes more bytes; waits while too many chunks are under way. @throws the store's error */
  async add(bytes: Uint8Array): Promise<void> {
    this.#hash.update(bytes);
    for (let rest = bytes; rest.length > 0; ) {
      // Only when more follows: the last chunk is kept for the head.
      if (this.#gatheredBytes === this.#parts.chunkBytes) await this.#send();
      const piece = rest.subarray(0, this.#parts.chunkBytes - this.#gatheredBytes);
      this.#pieces.push(piece);
      this.#gatheredBytes += piece.length;
      rest = rest.subarray(piece.length);
    }
  }

  /** All bytes have come: waits for the chunks that are under way. @throws the store's error */
  async finish(): Promise<WrittenChunks> {
    const last = this.#gatheredBytes > 0 ? this.#chunk() : undefined;
    await this.settled();
    if (this.#failure) throw this.#failure.error;
    const digest = `sha256:${this.#hash.digest('hex')}`;
    return { digest, sizeBytes: this.#sizeBytes, chunks: this.#chunks, last };
  }

  /** Resolves when no chunk is under way any more, whatever became of it. */
  async settled(): Promise<void> {
    await Promise.all(this.#underWay);
  }

  async #send(): Promise<void> {
    while (this.#underWay.size >= MOST_UNDER_WAY) await Promise.race(this.#underWay);
    if (this.#failure) throw this.#failure.error;
    const writing: Promise<void> = this.#parts.store
      .create('blobChunk', this.#chunk())
      .then(
        () => undefined,
        (error: unknown) => {
          this.#failure ??= { error };
        },
      )
      .finally(() => this.#underWay.delete(writing));
    this.#underWay.add(writing);
  }

  #chunk(): BlobChunk {
    const { put, clock } = this.#parts;
    const bytes = Buffer.concat(this.#pieces);
    this.#pieces = [];
    this.#gatheredBytes = 0;
    this.#sizeBytes += bytes.length;
    return { id: chunkId(put, this.#chunks++), put, base64: bytes.toString('base64'), storedAt: clock.now() };
  }
}

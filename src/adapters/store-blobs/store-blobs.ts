// Blobs in the platform's database, so that all of its machines have them: the bytes in chunks, and a head that names the digest, the size
// and the put that the chunks belong to.
//
// INVARIANTS:
// - The head is written after every chunk of it. What has no head is no blob, and its chunks are collected when they are some hours old.
// - Each put has chunks of its own: one that fails, or finds the blob there already, deletes its own and nobody else's.
// - A put of bytes that are there makes their head newer; a deletion is of the head that was judged, so one of the two comes too late.
import { Readable } from 'node:stream';
import { BerthError } from '../../model/errors.ts';
import type { Instant } from '../../model/instant.ts';
import type { BlobHead } from '../../model/kept-bytes.ts';
import type { BlobStat, Blobs, DeleteOptions } from '../../ports/blobs.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Log } from '../../ports/log.ts';
import type { Random } from '../../ports/random.ts';
import { type Store, StoreConflict, type Write } from '../../ports/store.ts';
import { readChunks } from './chunk-reader.ts';
import { ChunkWriter, type WrittenChunks } from './chunk-writer.ts';
import { dropChunks } from './drop-chunks.ts';
import { collectLeftoverChunks } from './leftover-chunks.ts';

/** Raw bytes of a chunk: docs/stores.md has what was measured. */
const CHUNK_BYTES = 512 * 1024;

const PUT_LENGTH = 20;
const PAGE = 1000;

/** Putting and deleting the same bytes at the same time meet again at most so often. */
const TRIES = 20;

const DIGEST = /^sha256:[0-9a-f]{64}$/;

/** What blobs in a database need. */
export interface StoreBlobsParts {
  /** Not one that tells of what is written: chunks are nobody's news. */
  readonly store: Store;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
}

/** Content-addressed bytes in a database that all machines of a platform share. */
export class StoreBlobs implements Blobs {
  readonly #parts: StoreBlobsParts;

  constructor(parts: StoreBlobsParts) {
    this.#parts = parts;
  }

  async put(
    bytes: Readable | Uint8Array,
    { limitBytes = Infinity }: { readonly limitBytes?: number } = {},
  ): Promise<BlobStat> {
    // A stream may fail before it is read from; it keeps its error for the reading, but without a listener it would end the process.
    if (bytes instanceof Readable) bytes.on('error', () => undefined);
    const { store, clock, random } = this.#parts;
    const put = random.id(PUT_LENGTH);
    const writer = new ChunkWriter({ store, clock, put, chunkBytes: CHUNK_BYTES });
    try {
      await copy(bytes instanceof Readable ? bytes : [bytes], writer, limitBytes);
    } catch (error) {
      if (bytes instanceof Readable) bytes.destroy();
      await this.#abandon(put, writer);
      throw error;
    }
    // What fails from here on may have written the head though nobody heard of it: the chunks are left to who collects leftovers.
    return this.#keep(put, await writer.finish());
  }

  async stat(digest: string): Promise<BlobStat | undefined> {
    const head = await this.#head(digest);
    return head && { digest, sizeBytes: head.sizeBytes };
  }

  async open(
    digest: string,
    range: { readonly start: number; readonly end?: number } = { start: 0 },
  ): Promise<Readable> {
    const { start, end = Infinity } = range;
    if (!(start >= 0 && end >= start)) throw new RangeError(`There are no bytes from ${start} to ${end}`);
    const head = present(digest, await this.#head(digest));
    const within = { start, end: Math.min(end, head.sizeBytes) };
    return Readable.from(readChunks(this.#parts.store, head, within), { objectMode: false });
  }

  async read(digest: string): Promise<Buffer> {
    const head = present(digest, await this.#head(digest));
    const whole = { start: 0, end: head.sizeBytes };
    return Buffer.concat(await Array.fromAsync(readChunks(this.#parts.store, head, whole)));
  }

  async delete(digest: string, { storedBefore = Infinity }: DeleteOptions = {}): Promise<void> {
    const { store } = this.#parts;
    if (!DIGEST.test(digest)) return;
    for (let tries = 0; tries < TRIES; tries++) {
      const stored = await store.get('blobHead', digest);
      if (!stored || stored.doc.storedAt >= storedBefore) return;
      if (!(await unlessConflict(store.delete('blobHead', digest, stored.version)))) continue;
      await dropChunks(store, stored.doc.put);
      return;
    }
    throw new BerthError('platform.store-conflict', { kind: 'blobHead', id: digest });
  }

  /** Leaves it alone: another process may have put the same meanwhile and be about to name it. */
  async discard(_digest: string): Promise<void> {}

  async *list(): AsyncIterable<BlobStat & { readonly storedAt: number }> {
    for (let after: string | undefined; ; ) {
      const query = { limit: PAGE, ...(after === undefined ? {} : { after }) };
      const { items, next } = await this.#parts.store.list('blobHead', query);
      for (const { doc } of items) yield { digest: doc.id, sizeBytes: doc.sizeBytes, storedAt: doc.storedAt };
      if (next === undefined) return;
      after = next;
    }
  }

  /** Those of deletions that died on the way as well, some hours after. */
  collectLeftovers(now: Instant): Promise<number> {
    return collectLeftoverChunks(this.#parts.store, now);
  }

  async #head(digest: string): Promise<BlobHead | undefined> {
    return DIGEST.test(digest) ? (await this.#parts.store.get('blobHead', digest))?.doc : undefined;
  }

  async #keep(put: string, { digest, sizeBytes, chunks, last }: WrittenChunks): Promise<BlobStat> {
    const { store, clock } = this.#parts;
    const head: BlobHead = { id: digest, sizeBytes, chunks, chunkBytes: CHUNK_BYTES, put, storedAt: clock.now() };
    const writes: Write[] = last ? [{ do: 'create', kind: 'blobChunk', doc: last }] : [];
    const results = await store.apply([...writes, { do: 'create', kind: 'blobHead', doc: head }]);
    const isOwn = results.at(-1)?.ok === true || (await this.#renew(head));
    if (!isOwn) await dropChunks(store, put);
    return { digest, sizeBytes };
  }

  /** Makes the head that is there newer, or puts the own one in the place of one that went away: then it gives true. */
  async #renew(own: BlobHead): Promise<boolean> {
    const { store } = this.#parts;
    for (let tries = 0; tries < TRIES; tries++) {
      const there = await store.get('blobHead', own.id);
      // Somebody else has put the same in this very moment.
      if (there && there.doc.storedAt >= own.storedAt) return false;
      const renewing = there
        ? store.update('blobHead', { ...there.doc, storedAt: own.storedAt }, there.version)
        : store.create('blobHead', own);
      if (await unlessConflict(renewing)) return there === undefined;
    }
    throw new BerthError('platform.store-conflict', { kind: 'blobHead', id: own.id });
  }

  async #abandon(put: string, writer: ChunkWriter): Promise<void> {
    const { store, log } = this.#parts;
    try {
      await writer.settled();
      await dropChunks(store, put);
    } catch (error) {
      log.warn('What a failed upload left in the database is collected later', { put, error });
    }
  }
}

async function copy(
  bytes: Iterable<unknown> | AsyncIterable<unknown>,
  writer: ChunkWriter,
  limitBytes: number,
): Promise<void> {
  for await (const piece of bytes) {
    if (!(piece instanceof Uint8Array)) throw new TypeError('A blob is made of bytes');
    if (writer.sizeBytes + piece.length > limitBytes) throw new RangeError(`More than ${limitBytes} bytes`);
    await writer.add(piece);
  }
}

/** Whether a write was done; false when what it was decided on was no longer true. */
async function unlessConflict(writing: Promise<unknown>): Promise<boolean> {
  try {
    await writing;
    return true;
  } catch (error) {
    if (error instanceof StoreConflict) return false;
    throw error;
  }
}

function present(digest: string, head: BlobHead | undefined): BlobHead {
  if (head === undefined) throw new BerthError('platform.blob-missing', { digest });
  return head;
}

// Content-addressed bytes, shared by all machines of a distributed platform.
import type { Readable } from 'node:stream';

/** What is known of a blob. */
export interface BlobStat {
  /** `sha256:` and 64 hex digits. */
  readonly digest: string;
  readonly sizeBytes: number;
}

/** Which blob a deletion spares. */
export interface DeleteOptions {
  /** Only one that was stored, or put again, before this. It is judged together with the deletion: a put that comes in between wins. */
  readonly storedBefore?: number;
}

/**
 * Immutable bytes under their own digest. A blob that was answered is durable; putting the same bytes again is no error, and counts as storing
 * them now, so that nobody collects them under whoever put them last.
 */
export interface Blobs {
  /**
   * Stores a stream, with memory bounded whatever its length. Nothing is left behind when the stream fails.
   * @throws the stream's own error; RangeError when it is longer than `limitBytes`.
   */
  put(bytes: Readable | Uint8Array, options?: { readonly limitBytes?: number }): Promise<BlobStat>;
  /** Undefined when there is no such blob. */
  stat(digest: string): Promise<BlobStat | undefined>;
  /** Bytes from `start` (inclusive) to `end` (exclusive); rejects when there is no such blob. */
  open(digest: string, range?: { readonly start: number; readonly end?: number }): Promise<Readable>;
  /** Whole contents; for small blobs only. */
  read(digest: string): Promise<Buffer>;
  /** Deletes if it is there. */
  delete(digest: string, options?: DeleteOptions): Promise<void>;
  /**
   * Nobody in this process needs what was just put. It is deleted where only this process puts; where others may have put the same meanwhile it
   * is left to whoever collects what nothing names.
   */
  discard(digest: string): Promise<void>;
  /** Deletes what puts left that died on the way, when it is surely dead; gives how many pieces. For one process at a time. */
  collectLeftovers(now: number): Promise<number>;
  /** Every blob with when it was stored, in no order: for collecting what nothing names. */
  list(): AsyncIterable<BlobStat & { readonly storedAt: number }>;
}

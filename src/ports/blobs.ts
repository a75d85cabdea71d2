// Content-addressed bytes, shared by all machines of a distributed platform.
import type { Readable } from 'node:stream';

/** What is known of a blob. */
export interface BlobStat {
  /** `sha256:` and 64 hex digits. */
  readonly digest: string;
  readonly sizeBytes: number;
}

/** Immutable bytes under their own digest. A blob that was answered is durable; putting the same bytes again is no error. */
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
  delete(digest: string): Promise<void>;
  /** Every blob with when it was stored, in no order: for collecting what nothing names. */
  list(): AsyncIterable<BlobStat & { readonly storedAt: number }>;
}

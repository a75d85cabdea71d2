// Reading the zips that people upload, entry by entry, without trusting what they say of themselves.
import type { Readable } from 'node:stream';

/** One entry as the archive's directory declares it; nothing here is verified. */
export interface ArchiveEntry {
  /** The raw name, exactly as it stands. */
  readonly name: string;
  readonly kind: 'file' | 'directory' | 'symlink' | 'other';
  readonly encrypted: boolean;
  readonly compressedBytes: number;
  readonly declaredBytes: number;
  readonly executable: boolean;
  /** The entry's contents; fails when the archive lies about them. */
  open(): Promise<Readable>;
}

/** An opened archive. */
export interface Archive {
  readonly entryCount: number;
  /** In the order of the archive's directory, to be listed once; each entry may be opened until `close`. */
  entries(): AsyncIterable<ArchiveEntry>;
  close(): Promise<void>;
}

/** Opens zips that lie in Blobs. */
export interface Archives {
  /** @throws package.not-a-zip, package.truncated */
  open(digest: string): Promise<Archive>;
}

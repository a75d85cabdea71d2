// A file that holds named parts of any length.
import type { Readable } from 'node:stream';

/** One part, read once. */
export interface BackupPart {
  readonly name: string;
  readonly contents: AsyncIterable<Uint8Array>;
}

/** A file that was opened for reading. */
export interface OpenedBackup {
  readonly names: readonly string[];
  /** A part's bytes. @throws backup.damaged when it is not there, or not what the file says of it */
  read(name: string): AsyncIterable<Uint8Array>;
  close(): Promise<void>;
}

/** Writes and reads such files. */
export interface BackupFiles {
  /** The file's bytes; each part is asked for when the one before it is written. */
  write(parts: AsyncIterable<BackupPart>): Readable;
  /** @throws backup.unreadable */
  open(path: string): Promise<OpenedBackup>;
}

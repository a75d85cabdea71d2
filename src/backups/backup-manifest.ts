// What a backup says of itself: its last part, written when everything else is known.
import { BerthError } from '../model/errors.ts';

/** How backups are laid out; counts up when an older program could not read a newer backup. */
export const BACKUP_FORMAT = 1;

/** The part that describes the others. */
export const MANIFEST = 'manifest.json';
/** All documents, one JSON object `{kind, doc}` a line. */
export const DOCUMENTS = 'documents.ndjson';
/** Contents, named by their digests. */
export const BLOBS = 'blobs/';
/** Files that adapters keep beside the store. */
export const FILES = 'files/';

/** One part, as it was written. */
export interface WrittenPart {
  readonly name: string;
  readonly sizeBytes: number;
  /** Hex. */
  readonly sha256: string;
}

/** What a backup says of itself. */
export interface BackupManifest {
  readonly format: number;
  readonly version: string;
  readonly platform: string;
  /** ISO 8601. */
  readonly createdAt: string;
  /** Tells the keys that belong to it without telling them. */
  readonly keys: string;
  /** Documents of each kind. */
  readonly documents: Readonly<Record<string, number>>;
  /** Blobs that documents name and that went away while the backup was made, as old logs and outputs do. */
  readonly missingBlobs: readonly string[];
  readonly parts: readonly WrittenPart[];
}

/** A manifest's text, read. @throws backup.damaged, backup.newer */
export function readManifest(text: string): BackupManifest {
  const manifest = parsed(text);
  if (manifest.format > BACKUP_FORMAT)
    throw new BerthError('backup.newer', { found: manifest.format, known: BACKUP_FORMAT });
  return manifest;
}

function parsed(text: string): BackupManifest {
  try {
    const manifest = JSON.parse(text) as BackupManifest;
    if (typeof manifest.format === 'number' && Array.isArray(manifest.parts)) return manifest;
  } catch (cause) {
    throw new BerthError('backup.damaged', { part: MANIFEST, detail: 'it is no JSON' }, { cause });
  }
  throw new BerthError('backup.damaged', { part: MANIFEST, detail: 'it is not a manifest' });
}

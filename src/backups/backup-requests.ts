// Making a backup of a platform that runs: its documents at one instant, the contents that they name, and the files beside them. Keys are
// not in it: what is sealed stays sealed for whoever finds the file.
import { createHash } from 'node:crypto';
import type { Readable } from 'node:stream';
import type { Instant } from '../model/instant.ts';
import type { Kind } from '../model/kinds.ts';
import type { BackupFiles, BackupPart } from '../ports/backup-file.ts';
import type { Blobs } from '../ports/blobs.ts';
import type { AnyDocument, Store } from '../ports/store.ts';
import {
  BACKUP_FORMAT,
  type BackupManifest,
  BLOBS,
  DOCUMENTS,
  FILES,
  MANIFEST,
  type WrittenPart,
} from './backup-manifest.ts';
import { LEFT_OUT } from './left-out-kinds.ts';

/** A file that an adapter keeps beside the store, copied while it is written to. */
export interface FileCopy {
  readonly name: string;
  /** Its bytes as they stand. */
  contents(): AsyncIterable<Uint8Array>;
}

/** What a backup is made of. */
export interface BackupParts {
  readonly store: Pick<Store, 'snapshot'>;
  readonly blobs: Pick<Blobs, 'stat' | 'open'>;
  readonly files: BackupFiles;
  readonly copies: readonly FileCopy[];
  /** The digests of the blobs that a document names. */
  readonly blobsOf: (kind: Kind, doc: AnyDocument) => readonly string[];
  readonly platform: { readonly uid: string; readonly version: string };
  /** Tells the platform's keys without telling them. */
  readonly keys: string;
}

/** A backup's bytes, made as they are read; only one document, or one piece of a blob, is in memory at a time. */
export function makeBackup(parts: BackupParts, now: Instant): Readable {
  return parts.files.write(partsOf(parts, now));
}

async function* partsOf(parts: BackupParts, now: Instant): AsyncGenerator<BackupPart> {
  const written: WrittenPart[] = [];
  const told = (name: string, contents: AsyncIterable<Uint8Array>): BackupPart => ({
    name,
    contents: measured(name, contents, (part) => written.push(part)),
  });
  const documents = new Map<string, number>();
  const digests = new Set<string>();
  yield told(DOCUMENTS, linesOf(parts, documents, digests));
  const missingBlobs: string[] = [];
  for (const digest of digests) {
    const isThere = (await parts.blobs.stat(digest)) !== undefined;
    if (isThere) yield told(`${BLOBS}${digest.replace(':', '-')}`, contentsOf(parts.blobs, digest));
    else missingBlobs.push(digest);
  }
  for (const { name, contents } of parts.copies) yield told(`${FILES}${name}`, contents());
  const manifest: BackupManifest = {
    ...{ format: BACKUP_FORMAT, version: parts.platform.version, platform: parts.platform.uid },
    ...{ createdAt: new Date(now).toISOString(), keys: parts.keys, documents: Object.fromEntries(documents) },
    ...{ missingBlobs, parts: written },
  };
  yield { name: MANIFEST, contents: textOf(`${JSON.stringify(manifest, null, 2)}\n`) };
}

async function* linesOf(
  { store, blobsOf }: BackupParts,
  documents: Map<string, number>,
  digests: Set<string>,
): AsyncGenerator<Uint8Array> {
  for await (const { kind, docs } of store.snapshot(LEFT_OUT)) {
    documents.set(kind, (documents.get(kind) ?? 0) + docs.length);
    for (const doc of docs) for (const digest of blobsOf(kind, doc)) digests.add(digest);
    yield Buffer.from(docs.map((doc) => `${JSON.stringify({ kind, doc })}\n`).join(''));
  }
}

async function* contentsOf(blobs: BackupParts['blobs'], digest: string): AsyncGenerator<Uint8Array> {
  yield* await blobs.open(digest);
}

async function* textOf(text: string): AsyncGenerator<Uint8Array> {
  yield Buffer.from(text);
}

async function* measured(
  name: string,
  contents: AsyncIterable<Uint8Array>,
  done: (part: WrittenPart) => void,
): AsyncGenerator<Uint8Array> {
  const hash = createHash('sha256');
  let sizeBytes = 0;
  for await (const piece of contents) {
    hash.update(piece);
    sizeBytes += piece.byteLength;
    yield piece;
  }
  done({ name, sizeBytes, sha256: hash.digest('hex') });
}

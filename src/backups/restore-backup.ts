// Bringing a backup back: every part is checked against what the manifest says of it while it is read.
import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { BerthError } from '../model/errors.ts';
import { INDEXES, type Kind } from '../model/kinds.ts';
import type { OpenedBackup } from '../ports/backup-file.ts';
import type { Blobs } from '../ports/blobs.ts';
import type { AnyDocument, Store, Write } from '../ports/store.ts';
import { type BackupManifest, BLOBS, DOCUMENTS, FILES, MANIFEST, readManifest } from './backup-manifest.ts';

/** Where a backup is brought back to. */
export interface RestorePlace {
  readonly store: Pick<Store, 'apply'>;
  readonly blobs: Pick<Blobs, 'put'>;
  /** Puts a file beside the store. */
  readonly putFile: (name: string, contents: AsyncIterable<Uint8Array>) => Promise<void>;
}

/** What was brought back. */
export interface Restored {
  readonly manifest: BackupManifest;
  readonly documents: number;
  readonly blobs: number;
  readonly files: readonly string[];
}

/** What does not outlive the platform that it was made on: who was signed in, and links that nobody has used. */
const LEFT_BEHIND: readonly Kind[] = ['session', 'invitation'];

/** Writes in one call of the store. */
const AT_ONCE = 200;

/** The manifest of an opened backup. @throws backup.damaged, backup.newer */
export async function manifestOf(backup: OpenedBackup): Promise<BackupManifest> {
  return readManifest(await textOf(backup.read(MANIFEST)));
}

/** Brings everything back into an empty place. @throws backup.damaged, backup.newer */
export async function restoreBackup(
  backup: OpenedBackup,
  place: RestorePlace,
  line: (text: string) => void,
): Promise<Restored> {
  const manifest = await manifestOf(backup);
  const files: string[] = [];
  let blobs = 0;
  for (const { name } of manifest.parts.filter((part) => part.name !== DOCUMENTS)) {
    const contents = checked(backup, manifest, name);
    if (name.startsWith(BLOBS)) {
      await putBlob(place, name, contents);
      blobs++;
    } else {
      const file = name.slice(FILES.length);
      await place.putFile(file, contents);
      files.push(file);
    }
    line(name);
  }
  // Last: documents that name contents are there only when the contents are.
  const documents = await putDocuments(place, checked(backup, manifest, DOCUMENTS));
  requireCounts(manifest, documents);
  return { manifest, documents: sumOf(documents), blobs, files };
}

async function putBlob({ blobs }: RestorePlace, name: string, contents: AsyncIterable<Uint8Array>): Promise<void> {
  const { digest } = await blobs.put(Readable.from(contents, { objectMode: false }));
  const expected = name.slice(BLOBS.length).replace('-', ':');
  if (digest !== expected) throw new BerthError('backup.damaged', { part: name, detail: `its digest is ${digest}` });
}

async function putDocuments(
  { store }: RestorePlace,
  contents: AsyncIterable<Uint8Array>,
): Promise<ReadonlyMap<string, number>> {
  const found = new Map<string, number>();
  let writes: Write[] = [];
  const flush = async () => {
    const results = await store.apply(writes);
    if (results.some(({ ok }) => !ok))
      throw new BerthError('backup.damaged', { part: DOCUMENTS, detail: 'an id twice' });
    writes = [];
  };
  for await (const text of linesIn(contents)) {
    const { kind, doc } = documentIn(text);
    found.set(kind, (found.get(kind) ?? 0) + 1);
    if (!LEFT_BEHIND.includes(kind)) writes.push({ do: 'create', kind, doc } as Write);
    if (writes.length >= AT_ONCE) await flush();
  }
  await flush();
  return found;
}

function documentIn(text: string): { readonly kind: Kind; readonly doc: AnyDocument } {
  const { kind, doc } = parsedLine(text);
  if (Object.hasOwn(INDEXES, kind) && typeof doc?.id === 'string') return { kind, doc };
  throw new BerthError('backup.damaged', { part: DOCUMENTS, detail: 'a line is not a document' });
}

function parsedLine(text: string): { readonly kind: Kind; readonly doc: AnyDocument } {
  try {
    return JSON.parse(text) as { kind: Kind; doc: AnyDocument };
  } catch (cause) {
    throw new BerthError('backup.damaged', { part: DOCUMENTS, detail: 'a line is no JSON' }, { cause });
  }
}

function requireCounts({ documents }: BackupManifest, found: ReadonlyMap<string, number>): void {
  const wrong = Object.entries(documents).find(([kind, count]) => found.get(kind) !== count);
  if (!wrong) return;
  const [kind, count] = wrong;
  throw new BerthError('backup.damaged', {
    part: DOCUMENTS,
    detail: `${found.get(kind) ?? 0} of ${count} documents of the kind ${kind}`,
  });
}

/** A part's bytes; after the last of them it fails unless they were those that were written. */
async function* checked(backup: OpenedBackup, { parts }: BackupManifest, name: string): AsyncGenerator<Uint8Array> {
  const expected = parts.find((part) => part.name === name);
  if (!expected) throw new BerthError('backup.damaged', { part: name, detail: 'the manifest does not name it' });
  const hash = createHash('sha256');
  for await (const piece of backup.read(name)) {
    hash.update(piece);
    yield piece;
  }
  if (hash.digest('hex') !== expected.sha256)
    throw new BerthError('backup.damaged', { part: name, detail: 'its contents are others than were written' });
}

async function* linesIn(contents: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const piece of contents) {
    const lines = (rest + decoder.decode(piece, { stream: true })).split('\n');
    rest = lines.pop() ?? '';
    yield* lines;
  }
  if (rest !== '') yield rest;
}

async function textOf(contents: AsyncIterable<Uint8Array>): Promise<string> {
  const pieces = await Array.fromAsync(contents);
  return Buffer.concat(pieces).toString('utf8');
}

function sumOf(counts: ReadonlyMap<string, number>): number {
  return [...counts.values()].reduce((sum, count) => sum + count, 0);
}

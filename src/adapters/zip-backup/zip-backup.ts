// Backups as zip files, so that people can look into them with what they have. Parts are streamed both ways.
import { Readable } from 'node:stream';
import { finished } from 'node:stream/promises';
import yauzl, { type Entry, type ZipFile } from 'yauzl';
import { ZipFile as ZipWriter } from 'yazl';
import { BerthError } from '../../model/errors.ts';
import type { BackupFiles, BackupPart, OpenedBackup } from '../../ports/backup-file.ts';

/** What is compressed already, or by itself. */
const DENSE = /^blobs\//;

/** Zip files. */
export class ZipBackup implements BackupFiles {
  write(parts: AsyncIterable<BackupPart>): Readable {
    const zip = new ZipWriter();
    const out = zip.outputStream as Readable;
    addAll(zip, parts).catch((error: unknown) =>
      out.destroy(error instanceof Error ? error : new Error(String(error))),
    );
    return out;
  }

  async open(path: string): Promise<OpenedBackup> {
    const zip = await opened(path);
    try {
      const entries = await entriesOf(zip);
      return {
        names: [...entries.keys()],
        read: (name) => contentsOf(zip, entries.get(name), name),
        close: async () => zip.close(),
      };
    } catch (error) {
      zip.close();
      throw unreadable(path, error);
    }
  }
}

async function addAll(zip: ZipWriter, parts: AsyncIterable<BackupPart>): Promise<void> {
  for await (const { name, contents } of parts) {
    const stream = Readable.from(contents, { objectMode: false });
    // The time would make two backups of the same state differ; the manifest tells when it was made.
    zip.addReadStream(stream, name, {
      compress: !DENSE.test(name),
      mtime: new Date(0),
      mode: 0o100600,
      forceDosTimestamp: true,
    });
    await finished(stream);
  }
  zip.end();
}

async function opened(path: string): Promise<ZipFile> {
  try {
    return await yauzl.openPromise(path, { lazyEntries: true, autoClose: false });
  } catch (error) {
    throw unreadable(path, error);
  }
}

async function entriesOf(zip: ZipFile): Promise<ReadonlyMap<string, Entry>> {
  const entries = new Map<string, Entry>();
  for await (const entry of zip.eachEntry()) entries.set(String(entry.fileName), entry);
  return entries;
}

async function* contentsOf(zip: ZipFile, entry: Entry | undefined, name: string): AsyncGenerator<Uint8Array> {
  if (!entry) throw new BerthError('backup.damaged', { part: name, detail: 'it is not in the file' });
  try {
    yield* await zip.openReadStreamPromise(entry);
  } catch (error) {
    throw new BerthError('backup.damaged', { part: name, detail: detailOf(error) }, { cause: error });
  }
}

function unreadable(path: string, cause: unknown): BerthError {
  return cause instanceof BerthError
    ? cause
    : new BerthError('backup.unreadable', { path, detail: detailOf(cause) }, { cause });
}

function detailOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

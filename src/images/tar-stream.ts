// Writes tars whose bytes depend on nothing but names and contents: no times, no owners of this machine, no order of a directory.
import { Readable } from 'node:stream';
import { pack } from 'tar-stream';

/** One entry of a tar; a directory has no contents. */
export interface TarEntry {
  /** Relative path without a trailing slash. */
  readonly path: string;
  readonly kind: 'file' | 'directory';
  readonly mode: number;
  /** Owner, as user and group id alike. */
  readonly owner: number;
  readonly sizeBytes: number;
  open(): Promise<Readable>;
}

/** An uncompressed tar of the entries in the order given, made as it is read; it fails when an entry's length is not what it said. */
export function tarStream(entries: Iterable<TarEntry>): Readable {
  const tar = pack();
  writeEntries(tar, entries).catch((error: Error) => tar.destroy(error));
  return Readable.from(tar, { objectMode: false });
}

/** A directory entry. */
export function directoryEntry(path: string, mode: number, owner: number): TarEntry {
  return { path, kind: 'directory', mode, owner, sizeBytes: 0, open: async () => Readable.from([]) };
}

/** A file entry of the super-user's with bytes that are at hand. */
export function fileEntry(path: string, mode: number, bytes: Buffer): TarEntry {
  return { path, kind: 'file', mode, owner: 0, sizeBytes: bytes.length, open: async () => Readable.from([bytes]) };
}

async function writeEntries(tar: ReturnType<typeof pack>, entries: Iterable<TarEntry>): Promise<void> {
  for (const entry of entries) {
    if (entry.kind === 'directory') tar.entry(headerOf(entry));
    else await writeFile(tar, headerOf(entry), await entry.open());
  }
  tar.finalize();
}

function writeFile(tar: ReturnType<typeof pack>, header: ReturnType<typeof headerOf>, bytes: Readable): Promise<void> {
  return new Promise((resolve, reject) => {
    const sink = tar.entry(header, (error) => (error ? reject(error) : resolve()));
    bytes.on('error', (error) => sink.destroy(error));
    bytes.pipe(sink);
  });
}

function headerOf(entry: TarEntry) {
  return {
    name: entry.kind === 'directory' ? `${entry.path}/` : entry.path,
    type: entry.kind,
    mode: entry.mode,
    uid: entry.owner,
    gid: entry.owner,
    size: entry.sizeBytes,
    mtime: new Date(0),
  };
}

// The layer with a package's own files, made straight from its zip. The same files give the same bytes, whatever the zip's order.

import { BerthError } from '../model/errors.ts';
import type { Layer } from '../model/image.ts';
import type { Package } from '../model/package.ts';
import type { Archive, ArchiveEntry, Archives } from '../ports/archives.ts';
import type { Blobs } from '../ports/blobs.ts';
import { directoryEntry, type TarEntry, tarStream } from './tar-stream.ts';

/** Where a package's files lie in its image. */
const ROOT = 'app';

/** Stores the code layer of a package. @throws image.package-unreadable, and what the archive throws */
export async function storeCodeLayer(archives: Archives, blobs: Blobs, pkg: Package): Promise<Layer> {
  const archive = await archives.open(pkg.blob);
  try {
    const entries = codeEntries(await filesOf(archive, pkg));
    const { digest, sizeBytes } = await blobs.put(tarStream(entries));
    return { digest, sizeBytes, role: 'code' };
  } finally {
    await archive.close();
  }
}

/** The entries of the code layer: the files by path, each directory before what is in it, all owned by the super-user. */
function codeEntries(files: ReadonlyMap<string, ArchiveEntry>): readonly TarEntry[] {
  const directories = new Set([ROOT]);
  for (const path of files.keys()) for (const parent of parentsOf(path)) directories.add(`${ROOT}/${parent}`);
  const entries = [...directories].map((path) => directoryEntry(path, 0o755, 0));
  for (const [path, file] of files) entries.push(fileOf(path, file));
  return entries.sort((a, b) => (a.path < b.path ? -1 : 1));
}

/** The package's own files; what the intake left out of it (litter of other systems) stays out. */
async function filesOf(
  archive: Archive,
  { application, files: own }: Package,
): Promise<ReadonlyMap<string, ArchiveEntry>> {
  const wanted = new Set(own.map(({ path }) => path));
  const files = new Map<string, ArchiveEntry>();
  for await (const entry of archive.entries()) {
    if (entry.kind === 'directory') continue;
    const refused = whyRefused(entry, files);
    if (refused) throw new BerthError('image.package-unreadable', { application, detail: `${entry.name} ${refused}` });
    if (wanted.has(entry.name)) files.set(entry.name, entry);
  }
  return files;
}

// The intake has checked all this; a layer is written as root on every node, so it is checked where it is written as well.
function whyRefused(entry: ArchiveEntry, files: ReadonlyMap<string, ArchiveEntry>): string | undefined {
  if (entry.kind !== 'file') return 'is not a plain file';
  if (files.has(entry.name)) return 'is there twice';
  if (entry.name.split('/').some((part) => part === '' || part === '.' || part === '..')) return 'is not a plain path';
  return undefined;
}

function fileOf(path: string, file: ArchiveEntry): TarEntry {
  const mode = file.executable ? 0o755 : 0o644;
  return {
    path: `${ROOT}/${path}`,
    kind: 'file',
    mode,
    owner: 0,
    sizeBytes: file.declaredBytes,
    open: () => file.open(),
  };
}

function parentsOf(path: string): readonly string[] {
  const parts = path.split('/').slice(0, -1);
  return parts.map((_, index) => parts.slice(0, index + 1).join('/'));
}

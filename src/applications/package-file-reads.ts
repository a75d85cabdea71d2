// The files of a package, read from its zip.
import type { Readable } from 'node:stream';
import { BerthError } from '../model/errors.ts';
import type { Package } from '../model/package.ts';
import type { ArchiveEntry, Archives } from '../ports/archives.ts';
import type { Store } from '../ports/store.ts';

/** Where packages are. */
export interface PackageReading {
  readonly store: Store;
  readonly archives: Archives;
}

/** The contents of a file, and how long they are. */
export interface PackageFile {
  readonly sizeBytes: number;
  readonly contents: Readable;
}

/** A package by its id. @throws request.not-found */
export async function readPackage(store: Store, id: string): Promise<Package> {
  const stored = await store.get('package', id);
  if (!stored) throw new BerthError('request.not-found', { what: 'package', id });
  return stored.doc;
}

/** One file of a package; the zip is closed when its contents were read or given up. @throws request.not-found */
export async function openPackageFile(reading: PackageReading, id: string, path: string): Promise<PackageFile> {
  const pkg = await readPackage(reading.store, id);
  const isThere = pkg.files.some((file) => file.path === path);
  if (!isThere) throw new BerthError('request.not-found', { what: 'file', id: path });
  const archive = await reading.archives.open(pkg.blob);
  try {
    for await (const entry of archive.entries()) {
      if (entry.name !== path || entry.kind !== 'file') continue;
      const contents = await entry.open();
      contents.once('close', () => void archive.close());
      return { sizeBytes: entry.declaredBytes, contents };
    }
  } catch (error) {
    await archive.close();
    throw error;
  }
  await archive.close();
  throw new BerthError('request.not-found', { what: 'file', id: path });
}

/** The entries of a package's own files, by path, for as long as `use` takes. */
export async function withPackageFiles<T>(
  { archives }: Pick<PackageReading, 'archives'>,
  pkg: Package,
  use: (files: ReadonlyMap<string, ArchiveEntry>) => Promise<T>,
): Promise<T> {
  const archive = await archives.open(pkg.blob);
  try {
    const own = new Set(pkg.files.map(({ path }) => path));
    const files = new Map<string, ArchiveEntry>();
    for await (const entry of archive.entries())
      if (entry.kind === 'file' && own.has(entry.name)) files.set(entry.name, entry);
    return await use(files);
  } finally {
    await archive.close();
  }
}

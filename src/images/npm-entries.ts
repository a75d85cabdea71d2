// The npm that installs an application's npm packages: Berth's own, put into the installing container as it lies on the platform's machine.
import { readdir, readFile } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { BerthError } from '../model/errors.ts';
import { directoryEntry, fileEntry, type TarEntry } from './tar-stream.ts';

/** Pages for people, half of its size. */
const LEFT_OUT = new Set(['docs', 'man']);

/** npm's files below a path of a tar. @throws image.npm-missing */
export async function npmEntries(directory: string, below: string): Promise<readonly TarEntry[]> {
  const entries: TarEntry[] = [directoryEntry(below, 0o755, 0)];
  for (const { path, isDirectory } of await filesOf(directory)) {
    const full = `${below}/${path}`;
    if (isDirectory) entries.push(directoryEntry(full, 0o755, 0));
    else entries.push(fileEntry(full, 0o644, await readFile(join(directory, path))));
  }
  return entries.sort((a, b) => (a.path < b.path ? -1 : 1));
}

async function filesOf(directory: string): Promise<readonly { path: string; isDirectory: boolean }[]> {
  const found = await readdir(directory, { recursive: true, withFileTypes: true }).catch((error: unknown) => {
    throw new BerthError('image.npm-missing', {
      directory,
      detail: error instanceof Error ? error.message : 'unknown',
    });
  });
  return found
    .filter((item) => item.isDirectory() || item.isFile())
    .map((item) => ({ path: relative(directory, join(item.parentPath, item.name)), isDirectory: item.isDirectory() }))
    .filter(({ path }) => !LEFT_OUT.has(path.split(sep)[0] ?? ''));
}

// Makes the zip of a directory: the same files give the same bytes, so that the same application is the same package.
import { readdir, stat } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import type { Readable } from 'node:stream';
import yazl from 'yazl';
import { BerthError } from '../model/errors.ts';

const LEFT_OUT = new Set(['.git', 'node_modules', '__pycache__', '.venv', '.DS_Store']);
/** Zips cannot say earlier (APPNOTE 4.4.6). */
const EPOCH = new Date(1980, 0, 1);

/** The files that go into a directory's zip, in order; version control, caches and virtual environments stay out. */
export async function filesOf(directory: string): Promise<string[]> {
  const entries = await readdir(directory, { withFileTypes: true });
  const found = await Promise.all(
    entries
      .filter(({ name }) => !LEFT_OUT.has(name))
      .map((entry) => (entry.isDirectory() ? filesOf(join(directory, entry.name)) : [join(directory, entry.name)])),
  );
  return found.flat().toSorted();
}

/** Streams a directory as a zip. @throws cli.file-unreadable */
export async function zipDirectory(directory: string): Promise<Readable> {
  const zip = new yazl.ZipFile();
  for (const path of await readableFiles(directory)) {
    const { mode } = await stat(path);
    const name = relative(directory, path).split(sep).join('/');
    zip.addFile(path, name, {
      mtime: EPOCH,
      mode: (mode & 0o111) === 0 ? 0o100644 : 0o100755,
      forceDosTimestamp: true,
    });
  }
  zip.end();
  return zip.outputStream as Readable;
}

async function readableFiles(directory: string): Promise<string[]> {
  try {
    return await filesOf(directory);
  } catch (cause) {
    throw new BerthError(
      'cli.file-unreadable',
      { path: directory, detail: cause instanceof Error ? cause.message : String(cause) },
      { cause },
    );
  }
}

// Makes the zip of a directory: the same files give the same bytes, so that the same application is the same package.
import type { Stats } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import type { PassThrough, Readable } from 'node:stream';
import yazl from 'yazl';
import { BerthError } from '../model/errors.ts';

const LEFT_OUT = new Set(['.git', 'node_modules', '__pycache__', '.venv', '.DS_Store']);
/** Zips cannot say earlier (APPNOTE 4.4.6). */
const EPOCH = new Date(1980, 0, 1);

/** The files that go into a directory's zip, in order; version control, caches and virtual environments stay out. */
async function filesOf(directory: string): Promise<string[]> {
  const entries = await readdir(directory, { withFileTypes: true });
  const found = await Promise.all(
    entries
      .filter(({ name }) => !LEFT_OUT.has(name))
      .map((entry) => (entry.isDirectory() ? filesOf(join(directory, entry.name)) : [join(directory, entry.name)])),
  );
  return found.flat().toSorted();
}

/** Streams a directory as a zip. Links to files are followed. @throws cli.file-unreadable, also while the zip is read */
export async function zipDirectory(directory: string): Promise<Readable> {
  const zip = new yazl.ZipFile();
  // Files are opened while the zip is read: what goes wrong then is told by the zip alone, not by its stream.
  const output = zip.outputStream as PassThrough;
  zip.on('error', (error: unknown) => output.destroy(unreadable(directory, error)));
  for (const path of await reading(directory, () => filesOf(directory))) {
    const { mode } = await reading(path, () => fileStats(path));
    const name = relative(directory, path).split(sep).join('/');
    const kind = (mode & 0o111) === 0 ? 0o100644 : 0o100755;
    zip.addFile(path, name, { mtime: EPOCH, mode: kind, forceDosTimestamp: true });
  }
  zip.end();
  return output;
}

async function fileStats(path: string): Promise<Stats> {
  const stats = await stat(path);
  if (!stats.isFile()) throw new Error('only files and directories can be packed, and links to files');
  return stats;
}

async function reading<T>(path: string, read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    throw unreadable(path, error);
  }
}

function unreadable(path: string, cause: unknown): BerthError {
  const detail = cause instanceof Error ? cause.message : String(cause);
  return new BerthError('cli.file-unreadable', { path, detail }, { cause });
}

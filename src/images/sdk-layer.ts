// The layer with the SDK and the directories that a hardened container needs: its root is read-only, so they must be there before.
import { readdir, readFile } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import type { Layer } from '../model/image.ts';
import type { Blobs } from '../ports/blobs.ts';
import { directoryEntry, fileEntry, type TarEntry, tarStream } from './tar-stream.ts';

const SDK = 'opt/berth/sdk';
const NOBODY = 65534;
const LEFT_OUT = new Set(['__pycache__', 'tests', 'test', '.pytest_cache', '.mypy_cache']);

const DIRECTORIES: readonly TarEntry[] = [
  directoryEntry('app', 0o755, 0),
  directoryEntry('opt/berth', 0o755, 0),
  directoryEntry('opt/berth/dependencies', 0o755, 0),
  directoryEntry(SDK, 0o755, 0),
  directoryEntry('run/berth', 0o755, 0),
  directoryEntry('scratch', 0o700, NOBODY),
  directoryEntry('scratch/.berth', 0o700, NOBODY),
];

/** Stores the SDK layer made of a directory's Python files, without tests and caches. */
export async function storeSdkLayer(blobs: Blobs, directory: string): Promise<Layer> {
  const { digest, sizeBytes } = await blobs.put(tarStream([...DIRECTORIES, ...(await sdkEntries(directory))]));
  return { digest, sizeBytes, role: 'sdk' };
}

async function sdkEntries(directory: string): Promise<readonly TarEntry[]> {
  const found = await readdir(directory, { recursive: true, withFileTypes: true });
  const entries: TarEntry[] = [];
  for (const item of found) {
    const full = join(item.parentPath, item.name);
    const path = relative(directory, full).split(sep);
    if (path.some((part) => LEFT_OUT.has(part))) continue;
    if (item.isDirectory()) entries.push(directoryEntry(`${SDK}/${path.join('/')}`, 0o755, 0));
    else if (isSource(item.name)) entries.push(fileEntry(`${SDK}/${path.join('/')}`, 0o644, await readFile(full)));
  }
  return entries.sort((a, b) => (a.path < b.path ? -1 : 1));
}

function isSource(name: string): boolean {
  return name.endsWith('.py') || name === 'py.typed';
}

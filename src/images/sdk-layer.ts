// The layer with the SDKs and the directories that a hardened container needs: its root is read-only, so they must be there before. Both
// SDKs are in every image: the launcher is Python's for both runtimes, and what Node loads is small.
import { readdir, readFile } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import type { Layer } from '../model/image.ts';
import type { Blobs } from '../ports/blobs.ts';
import { directoryEntry, fileEntry, type TarEntry, tarStream } from './tar-stream.ts';

/** Where the SDKs lie on the platform's machine. */
export interface SdkDirectories {
  /** What `import berth` finds below, and the launcher. */
  readonly python: string;
  /** What `import 'berth'` finds below. */
  readonly node: string;
}

const PYTHON = 'opt/berth/sdk';
/** Above `/app`, where both ways of Node to load a module look for it. */
const NODE = 'node_modules';
const NOBODY = 65534;
const LEFT_OUT = new Set(['__pycache__', 'tests', 'test', '.pytest_cache', '.mypy_cache']);
const PYTHON_SOURCES = ['.py', 'py.typed', '.cjs'];
const NODE_SOURCES = ['.js', '.d.ts', 'package.json'];

const DIRECTORIES: readonly TarEntry[] = [
  directoryEntry('app', 0o755, 0),
  directoryEntry(NODE, 0o755, 0),
  directoryEntry('opt/berth', 0o755, 0),
  directoryEntry('opt/berth/dependencies', 0o755, 0),
  directoryEntry(PYTHON, 0o755, 0),
  directoryEntry('run/berth', 0o755, 0),
  directoryEntry('run/secrets', 0o700, NOBODY),
  directoryEntry('scratch', 0o700, NOBODY),
  directoryEntry('scratch/.berth', 0o700, NOBODY),
];

/** Stores the SDK layer made of the sources in both directories, without tests and caches. */
export async function storeSdkLayer(blobs: Blobs, { python, node }: SdkDirectories): Promise<Layer> {
  const entries = [
    ...(await sourcesBelow(python, PYTHON, PYTHON_SOURCES)),
    ...(await sourcesBelow(node, NODE, NODE_SOURCES)),
  ];
  const { digest, sizeBytes } = await blobs.put(tarStream([...DIRECTORIES, ...entries]));
  return { digest, sizeBytes, role: 'sdk' };
}

async function sourcesBelow(
  directory: string,
  below: string,
  endings: readonly string[],
): Promise<readonly TarEntry[]> {
  const found = await readdir(directory, { recursive: true, withFileTypes: true });
  const entries: TarEntry[] = [];
  for (const item of found) {
    const full = join(item.parentPath, item.name);
    const path = relative(directory, full).split(sep);
    if (path.some((part) => LEFT_OUT.has(part))) continue;
    const target = `${below}/${path.join('/')}`;
    if (item.isDirectory()) entries.push(directoryEntry(target, 0o755, 0));
    else if (endings.some((ending) => item.name.endsWith(ending)))
      entries.push(fileEntry(target, 0o644, await readFile(full)));
  }
  return entries.sort((a, b) => (a.path < b.path ? -1 : 1));
}

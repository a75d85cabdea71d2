// Where the tests' world keeps what is worth keeping between runs, and what is running now.
import { createHash } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

const root = join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'berth-test');
mkdirSync(root, { recursive: true });

/** The directory of everything. */
export const cacheDirectory = root;

/** A few letters that tell this world's network devices from those of another one on the same machine. */
export const worldMark = createHash('sha256').update(root).digest('hex').slice(0, 6);

/** A directory below the cache directory, made if absent. */
export function cachePath(...names: readonly string[]): string {
  const directory = join(root, ...names);
  mkdirSync(directory, { recursive: true });
  return directory;
}

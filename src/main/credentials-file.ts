// Where the command line finds the address of a platform and the token for it: for the user who started it on this machine.
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

/** What is kept for the user. */
export interface SavedCredentials {
  readonly url: string;
  readonly token: string;
}

/** The file, below the user's configuration directory (XDG Base Directory Specification). */
export function credentialsPath(environment: Readonly<Record<string, string | undefined>>): string {
  const home = environment.HOME ?? '/root';
  return join(environment.XDG_CONFIG_HOME || join(home, '.config'), 'berth', 'credentials.json');
}

/** What was kept, if anything was. */
export async function readCredentials(path: string): Promise<SavedCredentials | undefined> {
  try {
    return JSON.parse(await readFile(path, 'utf8')) as SavedCredentials;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}

/** Keeps credentials, readable for their owner alone. */
export async function saveCredentials(path: string, credentials: SavedCredentials): Promise<void> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  const fresh = `${path}.${process.pid}`;
  await writeFile(fresh, `${JSON.stringify(credentials, null, 2)}\n`, { mode: 0o600 });
  await rename(fresh, path);
}

// The secrets of a trial: read from files that the person names, and kept for the trial as the platform keeps them.
import { readFile } from 'node:fs/promises';
import { SecretRequests } from '../accounts/secret-requests.ts';
import { BerthError } from '../model/errors.ts';
import { DEVELOPER } from './dev-actions.ts';
import type { DevFoundations } from './dev-foundations.ts';

/** Keeps the contents of files as secrets of the application. @throws cli.file-unreadable, secret.name-invalid, secret.value-invalid */
export async function keepDevSecrets(
  foundations: DevFoundations,
  application: string,
  files: Readonly<Record<string, string>>,
): Promise<void> {
  const requests = new SecretRequests(foundations);
  for (const [name, path] of Object.entries(files))
    await requests.put({ application, name, value: await contentsOf(path), by: DEVELOPER });
}

async function contentsOf(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (cause) {
    const detail = cause instanceof Error ? cause.message : String(cause);
    throw new BerthError('cli.file-unreadable', { path, detail }, { cause });
  }
}

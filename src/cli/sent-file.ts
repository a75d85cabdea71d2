// Files that people give to commands, as they are sent: the platform reads them, and tells of what is wrong with them.
import { readFile } from 'node:fs/promises';
import { BerthError } from '../model/errors.ts';
import type { Call } from './api-client.ts';

/** What an instance file is sent as: JSON is a part of YAML, and the platform tells them apart. */
export const INSTANCE_FILE_TYPE = 'application/yaml';

/** A file's bytes under a media type. @throws cli.file-unreadable */
export async function sentFile(path: string, type: string): Promise<NonNullable<Call['file']>> {
  try {
    return { type, contents: new Uint8Array(await readFile(path)) };
  } catch (cause) {
    const detail = cause instanceof Error ? cause.message : String(cause);
    throw new BerthError('cli.file-unreadable', { path, detail }, { cause });
  }
}

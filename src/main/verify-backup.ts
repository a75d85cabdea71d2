// The rehearsal of a restoration: everything is brought back to a place that is thrown away, opened, and looked through.
import { createReadStream } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { FileBlobs } from '../adapters/file-blobs/file-blobs.ts';
import { FileKeyring } from '../adapters/file-keyring/file-keyring.ts';
import { PinoLog } from '../adapters/pino-log/pino-log.ts';
import { databaseFaults } from '../adapters/sqlite-copy/database-faults.ts';
import { SystemClock } from '../adapters/system-clock/system-clock.ts';
import { SystemRandom } from '../adapters/system-random/system-random.ts';
import type { Restored } from '../backups/restore-backup.ts';
import { pages } from '../engine/shard-sweep.ts';
import { namedBlobs } from '../images/named-blobs.ts';
import type { Store } from '../ports/store.ts';
import { openStore } from './open-store.ts';
import { rehearse } from './restore.ts';

/** What a rehearsal found. */
export interface Verified {
  readonly createdAt: string;
  readonly version: string;
  readonly documents: number;
  readonly blobs: number;
  readonly files: readonly string[];
  /** Secrets that open with the keys; null: no keys were given. */
  readonly secrets: number | null;
  /** What would be amiss; empty: nothing. */
  readonly problems: readonly string[];
}

/** Brings a backup back in a temporary directory and looks through it. @throws backup.damaged, backup.newer, backup.keys-differ */
export function verifyBackup(file: string, keys: string | undefined, line: (text: string) => void): Promise<Verified> {
  const order = keys === undefined ? { file } : { file, keys };
  return rehearse(order, line, (directory, restored) => examine(directory, restored, keys !== undefined));
}

async function examine(directory: string, restored: Restored, hasKeys: boolean): Promise<Verified> {
  const clock = new SystemClock();
  const random = new SystemRandom();
  const log = new PinoLog({ level: 'warn', destination: { write: () => undefined }, clock });
  const data = { path: (...names: readonly string[]) => join(directory, ...names), release: async () => undefined };
  const store = await openStore('', data, { clock, random, log });
  try {
    const lost = await lostBlobs(store, directory, restored);
    const sealed = hasKeys ? await openSecrets(store, directory) : { opened: null, problems: [] };
    const { createdAt, version } = restored.manifest;
    return {
      ...{ createdAt, version, documents: restored.documents, blobs: restored.blobs, files: restored.files },
      secrets: sealed.opened,
      problems: [
        ...lost,
        ...sealed.problems,
        ...restored.files.flatMap((name) => databaseFaults(join(directory, name))),
      ],
    };
  } finally {
    await store.close();
  }
}

async function lostBlobs(store: Store, directory: string, { manifest }: Restored): Promise<string[]> {
  const blobs = await FileBlobs.open({ directory: join(directory, 'blobs'), clock: new SystemClock() });
  const lost: string[] = [];
  for (const digest of await namedBlobs(store)) {
    const isKnown = manifest.missingBlobs.includes(digest) || (await blobs.stat(digest)) !== undefined;
    if (!isKnown) lost.push(`The contents ${digest} are named and not there.`);
  }
  return lost;
}

async function openSecrets(store: Store, directory: string): Promise<{ opened: number; problems: string[] }> {
  const path = join(directory, 'keys', 'secrets');
  const keyring = await FileKeyring.open({ path, clock: new SystemClock(), random: new SystemRandom() });
  const problems: string[] = [];
  let opened = 0;
  for await (const { id, key, sealed } of pages(store, 'secret', { limit: 500 })) {
    try {
      await keyring.open(id, { key, sealed });
      opened++;
    } catch (error) {
      problems.push(`The secret ${id} does not open: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  return { opened, problems };
}

/** The files of a directory of keys, by name below it. */
export async function keyFiles(
  directory: string,
): Promise<readonly { name: string; contents: AsyncIterable<Uint8Array> }[]> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  const paths = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  return paths.sort().map((path) => ({ name: path.slice(directory.length + 1), contents: createReadStream(path) }));
}

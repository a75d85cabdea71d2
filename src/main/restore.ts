// Bringing a platform back from its backup and its keys, and rehearsing that.
import { createWriteStream } from 'node:fs';
import { chmod, mkdir, mkdtemp, readdir, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { FileBlobs } from '../adapters/file-blobs/file-blobs.ts';
import { PinoLog } from '../adapters/pino-log/pino-log.ts';
import { StoreBlobs } from '../adapters/store-blobs/store-blobs.ts';
import { SystemClock } from '../adapters/system-clock/system-clock.ts';
import { SystemRandom } from '../adapters/system-random/system-random.ts';
import { ZipBackup } from '../adapters/zip-backup/zip-backup.ts';
import { type BackupManifest, MANIFEST } from '../backups/backup-manifest.ts';
import { manifestOf, type Restored, restoreBackup } from '../backups/restore-backup.ts';
import { BerthError } from '../model/errors.ts';
import type { Store } from '../ports/store.ts';
import { openStore } from './open-store.ts';
import { fingerprintOf } from './platform-keys.ts';

/** What is brought back to where. */
export interface RestoreOrder {
  readonly file: string;
  /** The file of keys; without it, what is sealed stays so, and nobody's task tokens count. Only a rehearsal goes without. */
  readonly keys?: string;
  readonly directory: string;
  /** Address of the database; empty: SQLite in the directory. */
  readonly store: string;
  /** What BERTH_BLOBS says: `store` brings contents back into the database, everything else into the directory. */
  readonly blobs: string;
}

/** Makes the data directory, and fills the database, as they were. @throws backup.place-taken, backup.keys-differ, backup.damaged */
export async function restore(order: RestoreOrder, line: (text: string) => void): Promise<Restored> {
  await requireEmpty(order.directory);
  await mkdir(dirname(order.directory), { recursive: true });
  const making = `${order.directory}.restoring`;
  await rm(making, { recursive: true, force: true });
  await mkdir(making, { mode: 0o700 });
  try {
    const restored = await restoreInto(making, order, line);
    await rm(order.directory, { recursive: true, force: true });
    await rename(making, order.directory);
    return restored;
  } catch (error) {
    await rm(making, { recursive: true, force: true });
    throw error;
  }
}

/** The same in a directory that is removed again, whatever the database is; `look` sees it before. */
export async function rehearse<T>(
  order: Pick<RestoreOrder, 'file' | 'keys'>,
  line: (text: string) => void,
  look: (directory: string, restored: Restored) => Promise<T>,
): Promise<T> {
  const directory = await mkdtemp(join(tmpdir(), 'berth-rehearsal-'));
  try {
    return await look(
      directory,
      await restoreInto(directory, { ...order, directory, store: '', blobs: 'files' }, line),
    );
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

async function restoreInto(directory: string, order: RestoreOrder, line: (text: string) => void): Promise<Restored> {
  const backup = await new ZipBackup().open(order.file);
  try {
    if (order.keys !== undefined) await unpackKeys(directory, order.keys, await manifestOf(backup));
    const clock = new SystemClock();
    const log = new PinoLog({ level: 'warn', destination: { write: () => undefined }, clock });
    const data = { path: (...names: readonly string[]) => join(directory, ...names), release: async () => undefined };
    const around = { clock, random: new SystemRandom(), log };
    const store = await openStore(order.store, data, around);
    try {
      await requireNoPlatform(store, order.store);
      const blobs =
        order.blobs === 'store'
          ? new StoreBlobs({ store, ...around })
          : await FileBlobs.open({ directory: join(directory, 'blobs'), clock });
      const putFile = (name: string, contents: AsyncIterable<Uint8Array>) => write(join(directory, name), contents);
      return await restoreBackup(backup, { store, blobs, putFile }, line);
    } finally {
      await store.close();
    }
  } finally {
    await backup.close();
  }
}

async function requireEmpty(directory: string): Promise<void> {
  const names = await readdir(directory).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw error;
  });
  if (names.length > 0) throw new BerthError('backup.place-taken', { place: directory });
}

async function requireNoPlatform(store: Store, address: string): Promise<void> {
  const { items } = await store.list('platform', { limit: 1 });
  if (items.length > 0)
    throw new BerthError('backup.place-taken', {
      place: address === '' ? 'The database' : 'The database of BERTH_STORE',
    });
}

async function unpackKeys(directory: string, path: string, manifest: BackupManifest): Promise<void> {
  const file = await new ZipBackup().open(path);
  try {
    for (const name of file.names.filter((each) => each !== MANIFEST)) {
      const target = join(directory, 'keys', name);
      if (!target.startsWith(join(directory, 'keys', '/')))
        throw new BerthError('backup.unreadable', { path, detail: name });
      await mkdir(dirname(target), { recursive: true, mode: 0o700 });
      await write(target, file.read(name));
    }
  } finally {
    await file.close();
  }
  const found = await fingerprintOf(join(directory, 'keys', 'secret'));
  if (found !== manifest.keys) throw new BerthError('backup.keys-differ');
}

async function write(path: string, contents: AsyncIterable<Uint8Array>): Promise<void> {
  await pipeline(contents, createWriteStream(path, { flags: 'wx', mode: 0o600, flush: true }));
  await chmod(path, 0o600);
}

// What a platform's backup is made of, and the files in the data directory that belong to it.
import { createReadStream } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { copyDatabase } from '../adapters/sqlite-copy/copy-database.ts';
import { ZipBackup } from '../adapters/zip-backup/zip-backup.ts';
import { type FileCopy, makeBackup } from '../backups/backup-requests.ts';
import { blobsNamedBy } from '../images/named-blobs.ts';
import type { Instant } from '../model/instant.ts';
import type { Foundations } from './foundations.ts';
import { VERSION } from './version.ts';

/** Files of the data directory that lie beside the store; keys and logs are not among them. */
const BACKED_UP_FILES: readonly string[] = ['series.sqlite', 'readings.sqlite'];

/** Makes a backup of the platform that stands on these foundations. */
export function backupOf(foundations: Foundations): (now: Instant) => Readable {
  const { store, blobs, keys, platform, settings, random } = foundations;
  // In the database they are documents like others.
  const files = settings.blobs === 'store' ? [] : BACKED_UP_FILES;
  const copies = files.map((name) => copyOf(settings.data, name, () => random.id(8)));
  const own = { uid: platform.uid, version: VERSION };
  const parts = { store, blobs, copies, files: new ZipBackup(), keys: keys.fingerprint, platform: own };
  return (now) => makeBackup({ ...parts, blobsOf: blobsNamedBy }, now);
}

function copyOf(directory: string, name: string, word: () => string): FileCopy {
  return {
    name,
    contents: async function* () {
      const place = join(directory, 'tmp');
      await mkdir(place, { recursive: true, mode: 0o700 });
      const copy = join(place, `${name}.${word()}`);
      try {
        await copyDatabase(join(directory, name), copy);
        yield* createReadStream(copy);
      } finally {
        await rm(copy, { force: true });
      }
    },
  };
}

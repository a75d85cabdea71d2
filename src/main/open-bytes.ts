// Where packages, layers, logs and readings lie: in files of this machine, or in the database that all machines of a platform share.
import { FileBlobs } from '../adapters/file-blobs/file-blobs.ts';
import { SqliteReadings } from '../adapters/sqlite-readings/sqlite-readings.ts';
import { SqliteSeries } from '../adapters/sqlite-series/sqlite-series.ts';
import type { Settings } from '../config/settings.ts';
import { BerthError } from '../model/errors.ts';
import type { Blobs } from '../ports/blobs.ts';
import type { Clock } from '../ports/clock.ts';
import type { Log } from '../ports/log.ts';
import type { Random } from '../ports/random.ts';
import type { Readings } from '../ports/readings.ts';
import type { Series } from '../ports/series.ts';
import type { Store } from '../ports/store.ts';
import type { DataDirectory } from './data-directory.ts';

/** What is kept beside documents. */
export interface Bytes {
  readonly blobs: Blobs;
  readonly series: Series;
  readonly readings: Readings;
}

/** What it is opened with; the store is one that tells nobody of what is written. */
interface Around {
  readonly store: Store;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
}

/** Copies of what was read lately, on this machine's disk. */
const CACHE_BYTES = 4 * 1024 ** 3;

/** Opens what the settings ask for. @throws platform.setting-invalid */
export async function openBytes(settings: Settings, data: DataDirectory, around: Around): Promise<Bytes> {
  if (settings.blobs === 'files') return inFiles(settings, data, around);
  if (settings.blobs !== 'store') throw unfit(`BERTH_BLOBS is ${settings.blobs} instead of files or store`);
  return inStore(data, around);
}

/** What this takes is loaded only when it is the chosen one. */
async function inStore(data: DataDirectory, around: Around): Promise<Bytes> {
  const [{ CachedBlobs }, { StoreBlobs }, { StoreReadings }, { StoreSeries }] = await Promise.all([
    import('../adapters/cached-blobs/cached-blobs.ts'),
    import('../adapters/store-blobs/store-blobs.ts'),
    import('../adapters/store-readings/store-readings.ts'),
    import('../adapters/store-series/store-series.ts'),
  ]);
  const near = await FileBlobs.open({ directory: data.path('blob-cache'), clock: around.clock });
  const far = new StoreBlobs(around);
  return {
    blobs: await CachedBlobs.open({ far, near, mostBytes: CACHE_BYTES, log: around.log }),
    series: new StoreSeries(around),
    readings: new StoreReadings(around),
  };
}

async function inFiles({ bus }: Settings, data: DataDirectory, { clock, log }: Around): Promise<Bytes> {
  if (bus !== '')
    throw unfit('BERTH_BUS is set, so BERTH_BLOBS must be store: files of one machine are not on the others');
  return {
    blobs: await FileBlobs.open({ directory: data.path('blobs'), clock }),
    series: SqliteSeries.open({ path: data.path('series.sqlite'), clock }),
    readings: SqliteReadings.open({ path: data.path('readings.sqlite'), clock, log }),
  };
}

function unfit(detail: string): BerthError {
  return new BerthError('platform.setting-invalid', { detail });
}

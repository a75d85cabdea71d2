// The adapters that everything stands on, for a platform that is one process on one machine.
import { mkdir, readFile } from 'node:fs/promises';
import { Debootstrap } from '../adapters/debootstrap/debootstrap.ts';
import { DockerMachines } from '../adapters/docker-machine/docker-machines.ts';
import { ORDINARY_TIMEOUTS } from '../adapters/docker-machine/timeouts.ts';
import { FileBlobs } from '../adapters/file-blobs/file-blobs.ts';
import { FileKeyring } from '../adapters/file-keyring/file-keyring.ts';
import { MemoryBus } from '../adapters/memory-bus/memory-bus.ts';
import { PinoLog } from '../adapters/pino-log/pino-log.ts';
import { SqliteReadings } from '../adapters/sqlite-readings/sqlite-readings.ts';
import { SqliteSeries } from '../adapters/sqlite-series/sqlite-series.ts';
import { SystemClock } from '../adapters/system-clock/system-clock.ts';
import { SystemRandom } from '../adapters/system-random/system-random.ts';
import { TarRoot } from '../adapters/tar-root/tar-root.ts';
import { ZipArchives } from '../adapters/zip-archives/zip-archives.ts';
import type { Settings } from '../config/settings.ts';
import { WatchedStore } from '../engine/watched-store.ts';
import type { Platform } from '../model/account.ts';
import type { Blobs } from '../ports/blobs.ts';
import type { Bus } from '../ports/bus.ts';
import type { Clock } from '../ports/clock.ts';
import type { Keyring } from '../ports/keyring.ts';
import type { Machines } from '../ports/machine.ts';
import type { Random } from '../ports/random.ts';
import type { Readings } from '../ports/readings.ts';
import type { RootFilesystems } from '../ports/root-filesystems.ts';
import type { Series } from '../ports/series.ts';
import { type Store, StoreConflict } from '../ports/store.ts';
import type { DataDirectory } from './data-directory.ts';
import { openStore } from './open-store.ts';
import { loadPlatformKeys, type PlatformKeys } from './platform-keys.ts';

/** What the rooms are built on. */
export interface Foundations {
  readonly settings: Settings;
  readonly clock: SystemClock;
  readonly random: SystemRandom;
  readonly log: PinoLog;
  readonly store: WatchedStore;
  readonly blobs: Blobs;
  readonly series: Series;
  readonly readings: Readings;
  readonly bus: Bus;
  /** Messages that wait in the process. */
  readonly busBacklog: () => number;
  readonly archives: ZipArchives;
  readonly machines: Machines;
  readonly rootFilesystems: RootFilesystems;
  /** Of machines that are containers: always made of packages, whatever the base image is made from. */
  readonly machineRoots: RootFilesystems;
  readonly keys: PlatformKeys;
  /** Seals secrets. */
  readonly keyring: Keyring;
  readonly platform: Platform;
  /** PEM certificates to trust while installing; empty for none. */
  readonly caCertificates: string;
}

/** Messages that wait in the process, at most. */
const BUS_LIMIT = 100_000;

/** Opens everything below a data directory. */
export async function openFoundations(
  settings: Settings,
  data: DataDirectory,
  logTo: { write(line: string): void },
): Promise<Foundations> {
  const clock = new SystemClock();
  const random = new SystemRandom();
  const log = new PinoLog({ level: settings.logLevel, destination: logTo, clock });
  await mkdir(data.path('keys'), { recursive: true, mode: 0o700 });
  const store = new WatchedStore(await openStore(settings.store, data, { clock, random, log }));
  const blobs = await FileBlobs.open({ directory: data.path('blobs'), clock });
  const bus = new MemoryBus({ clock, log, limit: BUS_LIMIT, backoff: { firstMs: 100, maxMs: 10_000 } });
  return {
    ...{ settings, clock, random, log, store, blobs },
    series: SqliteSeries.open({ path: data.path('series.sqlite'), clock }),
    readings: SqliteReadings.open({ path: data.path('readings.sqlite'), clock, log }),
    bus,
    busBacklog: () => bus.waiting,
    archives: new ZipArchives(blobs),
    machines: new DockerMachines({
      platformKeyDirectory: data.path('keys'),
      clock,
      random,
      log,
      timeouts: ORDINARY_TIMEOUTS,
    }),
    rootFilesystems: settings.baseTar === '' ? new Debootstrap(data.path('tmp')) : new TarRoot(settings.baseTar),
    machineRoots: new Debootstrap(data.path('tmp')),
    keys: await loadPlatformKeys(data.path('keys', 'secret'), random),
    keyring: await FileKeyring.open({ path: data.path('keys', 'secrets'), clock, random }),
    platform: await ensurePlatform(store, clock, random),
    caCertificates: settings.caCertificates === '' ? '' : await readFile(settings.caCertificates, 'utf8'),
  };
}

async function ensurePlatform(store: Store, clock: Clock, random: Random): Promise<Platform> {
  const present = await store.get('platform', 'platform');
  if (present) return present.doc;
  const made: Platform = { id: 'platform', uid: random.id(10), createdAt: clock.now() };
  try {
    return (await store.create('platform', made)).doc;
  } catch (error) {
    const theirs = error instanceof StoreConflict ? await store.get('platform', 'platform') : undefined;
    if (!theirs) throw error;
    return theirs.doc;
  }
}

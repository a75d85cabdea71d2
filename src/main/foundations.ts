// The adapters that everything stands on, as the settings choose them.
import { mkdir, readFile } from 'node:fs/promises';
import { Debootstrap } from '../adapters/debootstrap/debootstrap.ts';
import { DockerMachines } from '../adapters/docker-machine/docker-machines.ts';
import { ORDINARY_TIMEOUTS } from '../adapters/docker-machine/timeouts.ts';
import { FileKeyring } from '../adapters/file-keyring/file-keyring.ts';
import { PinoLog } from '../adapters/pino-log/pino-log.ts';
import { SystemClock } from '../adapters/system-clock/system-clock.ts';
import { SystemRandom } from '../adapters/system-random/system-random.ts';
import { TarRoot } from '../adapters/tar-root/tar-root.ts';
import { ZipArchives } from '../adapters/zip-archives/zip-archives.ts';
import type { Settings } from '../config/settings.ts';
import { WatchedStore } from '../engine/watched-store.ts';
import type { Platform } from '../model/account.ts';
import { ComponentLogKeeper } from '../monitoring/component-log-keeper.ts';
import type { Blobs } from '../ports/blobs.ts';
import type { Bus } from '../ports/bus.ts';
import type { Keyring } from '../ports/keyring.ts';
import type { Machines } from '../ports/machine.ts';
import type { Readings } from '../ports/readings.ts';
import type { RootFilesystems } from '../ports/root-filesystems.ts';
import type { Series } from '../ports/series.ts';
import type { DataDirectory } from './data-directory.ts';
import { ensurePlatform } from './ensure-platform.ts';
import { openBus } from './open-bus.ts';
import { openBytes } from './open-bytes.ts';
import { measuredStore, openMetrics } from './open-metrics.ts';
import { openStore } from './open-store.ts';
import { loadPlatformKeys, type PlatformKeys } from './platform-keys.ts';
import { type ProcessIdentity, processIdentity } from './process-identity.ts';

/** What the rooms are built on. */
export interface Foundations {
  readonly settings: Settings;
  readonly identity: ProcessIdentity;
  readonly clock: SystemClock;
  readonly random: SystemRandom;
  readonly log: PinoLog;
  /** Keeps what `log` is told, for whoever searches it. */
  readonly ownLog: ComponentLogKeeper;
  readonly metrics: ReturnType<typeof openMetrics>;
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

/** Takes lines of the log. */
interface LineSink {
  write(line: string): void;
}

/** Opens everything below a data directory. */
export async function openFoundations(settings: Settings, data: DataDirectory, logTo: LineSink): Promise<Foundations> {
  const clock = new SystemClock();
  const random = new SystemRandom();
  const identity = processIdentity(settings, random);
  const ownLog = new ComponentLogKeeper({ clock, component: identity.component, run: identity.run });
  const log = new PinoLog({ level: settings.logLevel, destination: bothOf(logTo, ownLog), clock });
  const metrics = openMetrics();
  await mkdir(data.path('keys'), { recursive: true, mode: 0o700 });
  const plain = measuredStore(await openStore(settings.store, data, { clock, random, log }), clock, metrics);
  ownLog.attach(plain);
  const store = new WatchedStore(plain);
  const bytes = await openBytes(settings, data, { store: plain, clock, random, log });
  const { blobs } = bytes;
  return {
    ...{ settings, identity, clock, random, log, ownLog, metrics, store, ...bytes },
    ...(await openBus(settings, { clock, random, log, identity })),
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

/** Closes what a platform that did not come up would leave open, and that would keep its process from ending. */
export async function closeFoundations({ bus, ownLog, series, readings, store }: Foundations): Promise<void> {
  await Promise.allSettled([bus.close(), ownLog.close(), series.close(), readings.close()]);
  await store.close();
}

function bothOf(first: LineSink, second: LineSink): LineSink {
  return {
    write: (line) => {
      first.write(line);
      second.write(line);
    },
  };
}

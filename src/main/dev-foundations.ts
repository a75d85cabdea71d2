// What an algorithm that is tried stands on: the platform's own adapters, in a directory that goes with the trial.
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FileBlobs } from '../adapters/file-blobs/file-blobs.ts';
import { FileKeyring } from '../adapters/file-keyring/file-keyring.ts';
import { PinoLog } from '../adapters/pino-log/pino-log.ts';
import { SqliteReadings } from '../adapters/sqlite-readings/sqlite-readings.ts';
import { SqliteSeries } from '../adapters/sqlite-series/sqlite-series.ts';
import { SqliteStore } from '../adapters/sqlite-store/sqlite-store.ts';
import { SystemClock } from '../adapters/system-clock/system-clock.ts';
import { SystemRandom } from '../adapters/system-random/system-random.ts';
import { eventRecorder, type RecordEvent } from '../engine/event-recorder.ts';
import { WatchedStore } from '../engine/watched-store.ts';
import type { Blobs } from '../ports/blobs.ts';
import type { Keyring } from '../ports/keyring.ts';
import type { Log } from '../ports/log.ts';
import type { Readings } from '../ports/readings.ts';
import type { Series } from '../ports/series.ts';

/** What the rooms of a trial are built on. */
export interface DevFoundations {
  readonly directory: string;
  readonly clock: SystemClock;
  readonly random: SystemRandom;
  readonly log: Log;
  readonly store: WatchedStore;
  readonly blobs: Blobs;
  readonly series: Series;
  readonly readings: Readings;
  readonly recordEvent: RecordEvent;
  readonly keyring: Keyring;
  /** Closes everything and removes the directory. */
  close(): Promise<void>;
}

/** Opens them in a fresh directory; what the platform would log as a warning is written to `warnings`. */
export async function openDevFoundations(warnings: { write(line: string): void }): Promise<DevFoundations> {
  const directory = await mkdtemp(join(tmpdir(), 'berth-dev-'));
  const clock = new SystemClock();
  const random = new SystemRandom();
  const log = new PinoLog({ level: 'warn', destination: warnings, clock });
  await mkdir(join(directory, 'scratch', '.berth'), { recursive: true, mode: 0o700 });
  await mkdir(join(directory, 'secrets'), { mode: 0o700 });
  const store = new WatchedStore(SqliteStore.open({ path: join(directory, 'berth.sqlite'), clock, log }));
  const series = SqliteSeries.open({ path: join(directory, 'series.sqlite'), clock });
  const readings = SqliteReadings.open({ path: join(directory, 'readings.sqlite'), clock, log });
  const close = async () => {
    await readings.close();
    await series.close();
    await store.close();
    await rm(directory, { recursive: true, force: true });
  };
  return {
    ...{ directory, clock, random, log, store, series, readings, close },
    keyring: await FileKeyring.open({ path: join(directory, 'keys'), clock, random }),
    blobs: await FileBlobs.open({ directory: join(directory, 'blobs'), clock }),
    recordEvent: eventRecorder({ store, clock, random, log }),
  };
}

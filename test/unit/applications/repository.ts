// The application manager over the real database and the real blobs, in a directory of its own.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { FileBlobs } from '../../../src/adapters/file-blobs/file-blobs.ts';
import { SqliteStore } from '../../../src/adapters/sqlite-store/sqlite-store.ts';
import { SystemClock } from '../../../src/adapters/system-clock/system-clock.ts';
import { SystemRandom } from '../../../src/adapters/system-random/system-random.ts';
import { ZipArchives } from '../../../src/adapters/zip-archives/zip-archives.ts';
import type { InstanceParts } from '../../../src/applications/instance-requests.ts';
import { DEFAULT_PACKAGE_LIMITS, type PackageLimits } from '../../../src/applications/package-limits.ts';
import type { ApplicationParts } from '../../../src/applications/package-requests.ts';
import { UploadHolds } from '../../../src/applications/upload-holds.ts';
import { eventRecorder } from '../../../src/engine/event-recorder.ts';
import { BerthError } from '../../../src/model/errors.ts';
import type { Log } from '../../../src/ports/log.ts';
import { scheduleFaults } from '../../../src/scheduler/schedule-faults.ts';
import { type RawEntry, rawZip } from './raw-zip.ts';

/** A test's own repository. */
export interface Repository {
  readonly parts: ApplicationParts & InstanceParts;
  /** What was logged as warning or error. */
  readonly complaints: string[];
  /** Blobs, packages and applications that are stored: nothing is left behind when all are zero. */
  stored(): Promise<{ blobs: number; packages: number; applications: number }>;
  end(): Promise<void>;
}

/** Opens an empty repository. */
export async function openRepository(limits: Partial<PackageLimits> = {}): Promise<Repository> {
  const directory = await mkdtemp(join(tmpdir(), 'berth-applications-'));
  const complaints: string[] = [];
  const log = complainingLog(complaints);
  const clock = new SystemClock();
  const random = new SystemRandom();
  const store = SqliteStore.open({ path: join(directory, 'berth.db'), clock, log });
  const blobs = await FileBlobs.open({ directory: join(directory, 'blobs'), clock });
  const holds = new UploadHolds({ blobs, store });
  const record = eventRecorder({ store, clock, random, log });
  const archives = new ZipArchives(blobs);
  return {
    parts: {
      store,
      blobs,
      archives,
      clock,
      random,
      log,
      record,
      holds,
      scheduleFaults,
      limits: { ...DEFAULT_PACKAGE_LIMITS, ...limits },
    },
    complaints,
    stored: async () => ({
      blobs: (await Array.fromAsync(blobs.list())).length,
      packages: await store.count('package', {}),
      applications: await store.count('application', {}),
    }),
    end: async () => {
      await store.close();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

function complainingLog(complaints: string[]): Log {
  const complain = (message: string) => void complaints.push(message);
  return { debug: () => undefined, info: () => undefined, warn: complain, error: complain };
}

/** An app_config.json that is accepted, with what is given in place of its fields. */
export function appConfig(fields: Readonly<Record<string, unknown>> = {}): string {
  return JSON.stringify({
    name: 'weather',
    version: '1.0.0',
    algorithms: [{ id: 'report', name: 'Report', script: 'report.py' }],
    ...fields,
  });
}

/** The entries of a package that is accepted. */
export const SOUND: readonly RawEntry[] = [
  { name: 'app_config.json', contents: appConfig() },
  { name: 'report.py', contents: 'print("hello")\n' },
];

/** A stream of a zip with the sound entries and others, in pieces as a network would bring them. */
export function zipStream(...others: readonly RawEntry[]): Readable {
  return inPieces(rawZip([...SOUND, ...others]));
}

/** Bytes in pieces of 1000. */
export function inPieces(bytes: Buffer): Readable {
  const pieces = Array.from({ length: Math.ceil(bytes.length / 1000) }, (_, index) =>
    bytes.subarray(index * 1000, (index + 1) * 1000),
  );
  return Readable.from(pieces, { objectMode: false });
}

/** The error that an act ends in. */
export async function refusal(act: Promise<unknown>): Promise<BerthError> {
  try {
    await act;
  } catch (error) {
    if (error instanceof BerthError) return error;
    throw error;
  }
  throw new Error('It was accepted');
}

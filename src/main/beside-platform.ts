// Work beside a running platform, on one of its machines: through its database, with the settings of one of its components.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PinoLog } from '../adapters/pino-log/pino-log.ts';
import { SystemClock } from '../adapters/system-clock/system-clock.ts';
import { SystemRandom } from '../adapters/system-random/system-random.ts';
import type { Settings } from '../config/settings.ts';
import type { Clock } from '../ports/clock.ts';
import type { Random } from '../ports/random.ts';
import type { Store } from '../ports/store.ts';
import { openStore } from './open-store.ts';
import { upSettings } from './up-settings.ts';

/** Where the settings are, and what stands in for those that are not there. */
export interface BesideWhat {
  /** The file of a component's settings, as the initializer writes it. */
  readonly settingsPath: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/** What the work is given. */
export interface BesidePlatform {
  readonly settings: Settings;
  readonly store: Store;
  readonly clock: Clock;
  readonly random: Random;
}

/** Does it, and closes the database. */
export async function besidePlatform<T>(
  { settingsPath, environment }: BesideWhat,
  work: (beside: BesidePlatform) => Promise<T>,
): Promise<T> {
  const lines = (await readFile(settingsPath, 'utf8')).matchAll(/^([A-Z_]+)="([^"\n]*)"$/gm);
  const given = Object.fromEntries([...lines].map(([, name = '', value = '']) => [name, value]));
  const settings = upSettings({}, { ...environment, ...given });
  const [clock, random] = [new SystemClock(), new SystemRandom()];
  const log = new PinoLog({ level: 'error', destination: process.stderr, clock });
  // The component that runs holds the directory; the database takes several.
  const data = { path: (...names: readonly string[]) => join(settings.data, ...names), release: async () => {} };
  const store = await openStore(settings.store, data, { clock, random, log });
  try {
    return await work({ settings, store, clock, random });
  } finally {
    await store.close();
  }
}

// One process of a platform of several, as `berth serve` starts it, with what passes through it noted.
import { createWriteStream } from 'node:fs';
import { readSettings } from '../src/config/read-settings.ts';
import { takeDataDirectory } from '../src/main/data-directory.ts';
import { openFoundations } from '../src/main/foundations.ts';
import { startPlatform } from '../src/main/platform.ts';
import type { AssignRooms } from './assign-embedded.ts';
import type { HopTrace } from './hop-trace.ts';

/** Starts the process with its settings. */
export async function openSpread(variables: Readonly<Record<string, string>>, trace: HopTrace): Promise<AssignRooms> {
  const settings = readSettings(variables);
  const data = await takeDataDirectory(settings.data);
  const log = createWriteStream(data.path('berth.log'), { flags: 'a', mode: 0o600 });
  const foundations = await openFoundations(settings, data, { write: (line) => void log.write(line) });
  trace.watch(foundations.store);
  const platform = await startPlatform({ ...foundations, bus: trace.bus(foundations.bus) });
  const close = async () => {
    await platform.stop();
    await data.release();
  };
  return { store: foundations.store, close };
}

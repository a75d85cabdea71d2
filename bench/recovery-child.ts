// A process of its own that starts the whole platform over a database, and measures itself. Its one argument is the data directory; it
// prints one line of JSON.
import { join } from 'node:path';
import { ApiClient } from '../src/cli/api-client.ts';
import { readSettings } from '../src/config/read-settings.ts';
import { takeDataDirectory } from '../src/main/data-directory.ts';
import { firstToken } from '../src/main/first-token.ts';
import { openFoundations } from '../src/main/foundations.ts';
import { startPlatform } from '../src/main/platform.ts';

/** What the child found. */
export interface Recovered {
  /** From opening the database to an API that answers, everything swept. */
  readonly seconds: number;
  readonly cpuSeconds: number;
  readonly alarms: number;
  /** Resident memory before, at its highest, and at the end. */
  readonly beforeBytes: number;
  readonly peakBytes: number;
  readonly afterBytes: number;
}

const [, , directory = ''] = process.argv;
const settings = readSettings({ BERTH_DATA: directory, BERTH_DOCKER: '', BERTH_PORT: '0', BERTH_MQTT_HOST: '' });
const data = await takeDataDirectory(settings.data);
const beforeBytes = process.memoryUsage.rss();
const startedAt = performance.now();
const cpuBefore = process.cpuUsage();
const foundations = await openFoundations(settings, data, { write: () => {} });
const platform = await startPlatform(foundations);
const seconds = (performance.now() - startedAt) / 1000;
const cpu = process.cpuUsage(cpuBefore);
const cpuSeconds = (cpu.user + cpu.system) / 1e6;
// The kernel counts the highest in KiB since the process began, which is before what is measured.
const peakBytes = process.resourceUsage().maxRSS * 1024;
const afterBytes = process.memoryUsage.rss();
const alarms = await alarmsOf(platform.url);
await platform.stop();
await data.release();
const recovered: Recovered = { seconds, cpuSeconds, alarms, beforeBytes, peakBytes, afterBytes };
process.stdout.write(`${JSON.stringify(recovered)}\n`);

async function alarmsOf(url: string): Promise<number> {
  const token = await firstToken(foundations, url, join(directory, 'credentials.json'), () => {});
  const { backlog } = await new ApiClient({ url, token: token ?? '' }).call('status');
  return backlog.alarms;
}

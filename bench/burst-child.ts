// A process of its own that runs the whole platform over a database of schedules which are all due at one instant; it has no nodes. Its
// arguments are the data directory and how many there are. It prints a line of JSON when it is ready to be asked, and one when all is stored; it stops at the
// end of its standard input.
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { readSettings } from '../src/config/read-settings.ts';
import { takeDataDirectory } from '../src/main/data-directory.ts';
import { firstToken } from '../src/main/first-token.ts';
import { openFoundations } from '../src/main/foundations.ts';
import { startPlatform } from '../src/main/platform.ts';
import type { RootFilesystemRequest } from '../src/ports/root-filesystems.ts';
import { addApplication, makeDue } from './make-due.ts';
import { documentsOf } from './recovery-store.ts';

/** Whom to ask, about what, and when all are due. */
export interface BurstReady {
  readonly url: string;
  readonly token: string;
  readonly instance: string;
  readonly firstAt: number;
}

/** What became of them, in seconds after they were due. */
export interface BurstStored {
  readonly jobs: number;
  readonly storedSeconds: number;
  /** Until deployment had taken each of them in and decided about it: that it waits, for there are no nodes. */
  readonly decidedSeconds: number;
  readonly cpuSeconds: number;
}

const SET_PER_SECOND = 2500;
const REST_MS = 10_000;
const WITHIN_MS = 180_000;
const HOUR_MS = 3_600_000;

const [, , directory = '', count = ''] = process.argv;
const schedules = Number(count);
const settings = readSettings({ BERTH_DATA: directory, BERTH_DOCKER: '', BERTH_PORT: '0', BERTH_MQTT_HOST: '' });
const data = await takeDataDirectory(settings.data);
const foundations = await openFoundations(settings, data, { write: () => {} });
const { store } = foundations;
const firstAt = Math.ceil((Date.now() + (schedules / SET_PER_SECOND) * 1000 + REST_MS) / 1000) * 1000;
const ids = Array.from({ length: schedules }, (_, index) => documentsOf(index)[0].id);
await addApplication(store);
await makeDue(store, { firstAt, everyMs: HOUR_MS, dueAts: new Map(ids.map((id) => [id, firstAt])) });
const stored = { jobs: new Set<string>(), decided: new Set<string>(), jobsAt: 0, decidedAt: 0 };
store.onWritten((kind, id) => {
  if (kind === 'job' && !stored.jobs.has(id)) stored.jobsAt = Date.now();
  if (kind === 'job') stored.jobs.add(id);
  if (kind === 'jobStatus' && !stored.decided.has(id)) stored.decidedAt = Date.now();
  if (kind === 'jobStatus') stored.decided.add(id);
});
const platform = await startPlatform({ ...foundations, rootFilesystems: { build: neverBuilt } });
const token = await firstToken(foundations, platform.url, join(directory, 'credentials.json'), () => {});
if (Date.now() > firstAt - 1000) throw new Error('the platform was started too late to be measured');
tell({ url: platform.url, token: token ?? '', instance: ids[0] ?? '', firstAt } satisfies BurstReady);
await pause(firstAt - Date.now() - 100);
const before = process.cpuUsage();
while (stored.decided.size < schedules && Date.now() < firstAt + WITHIN_MS) await pause(100);
const { user, system } = process.cpuUsage(before);
tell({
  jobs: stored.jobs.size,
  storedSeconds: (stored.jobsAt - firstAt) / 1000,
  decidedSeconds: stored.decided.size < schedules ? Number.POSITIVE_INFINITY : (stored.decidedAt - firstAt) / 1000,
  cpuSeconds: (user + system) / 1e6,
} satisfies BurstStored);
// Whoever asks says so when all answers have come, by ending the standard input.
for await (const _ of process.stdin);
await platform.stop();
await data.release();

/** Making images would take the processor from what is measured. */
function neverBuilt({ signal }: RootFilesystemRequest): Promise<never> {
  return new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
}

function tell(found: BurstReady | BurstStored): void {
  process.stdout.write(`${JSON.stringify(found)}\n`);
}

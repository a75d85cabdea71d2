// A process of its own in which the scheduler starts over a database of very many schedules, and measures itself. Its one argument is the
// database's path; it prints one line of JSON. Node must let it collect its garbage (`--expose-gc`), so that what is held is told from what lies about.
import { openLoneScheduler } from './lone-scheduler.ts';

/** What the child found. */
export interface StandingSchedules {
  /** From opening the database until every alarm is set. */
  readonly seconds: number;
  readonly cpuSeconds: number;
  readonly alarms: number;
  /** What V8 and its buffers hold more than before, nothing that could be collected counted. */
  readonly heldBytes: number;
  /** Resident memory more than before, once what could be collected was. */
  readonly residentBytes: number;
  /** Resident memory at its highest, more than before. */
  readonly peakBytes: number;
}

const [, , path = ''] = process.argv;
const collect = globalThis.gc;
if (!collect) throw new Error('run with --expose-gc');
const before = memory();
const startedAt = performance.now();
const cpuBefore = process.cpuUsage();
const scheduler = await openLoneScheduler(path);
await scheduler.engine.start();
const seconds = (performance.now() - startedAt) / 1000;
const { user, system } = process.cpuUsage(cpuBefore);
// The kernel counts the highest in KiB since the process began.
const peakBytes = process.resourceUsage().maxRSS * 1024 - before.rss;
const after = memory();
const { alarms } = scheduler.engine.backlog();
await scheduler.close();
const found: StandingSchedules = {
  ...{ seconds, cpuSeconds: (user + system) / 1e6, alarms, peakBytes },
  heldBytes: held(after) - held(before),
  residentBytes: after.rss - before.rss,
};
process.stdout.write(`${JSON.stringify(found)}\n`);

function memory(): NodeJS.MemoryUsage {
  collect?.();
  collect?.();
  return process.memoryUsage();
}

function held({ heapUsed, external }: NodeJS.MemoryUsage): number {
  return heapUsed + external;
}

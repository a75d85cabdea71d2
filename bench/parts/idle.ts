// What the platform uses while applications run and nothing is due.
import { setTimeout as pause } from 'node:timers/promises';
import { until } from '../../test/world/until.ts';
import { below, type Measure, type Part, type PartContext } from '../measure.ts';
import { processUse } from '../platform-process.ts';
import { Site } from '../site.ts';
import { median } from '../statistics.ts';

const TASKS = 50;
const SETTLE_MS = 20_000;
const WINDOW_MS = 20_000;
const RUNNING_WITHIN_MS = 300_000;
const MOST_CPU_PERCENT = 1;
const MOST_RESIDENT_MB = 150;
/** Fifty of them must fit on a small machine. */
const TINY = { cpus: 0.05, memoryMiB: 32, diskMiB: 1 };

/** 50 tasks running, nothing due: CPU and memory of the platform's process. */
export const idlePart: Part = {
  name: 'idle',
  run: async (context) => {
    const site = await Site.open('local');
    try {
      return await measures(site, context);
    } finally {
      await site.close();
    }
  },
};

async function measures(site: Site, { rounds, say }: PartContext): Promise<Measure[]> {
  await site.instance('idle', 'stay', { copies: TASKS, resources: TINY });
  await site.story.client.call('runInstance', { params: { instance: 'idle' } });
  await until(
    `${TASKS} tasks to run`,
    RUNNING_WITHIN_MS,
    async () => (await runningTasks(site)) === TASKS || undefined,
  );
  say(`${TASKS} tasks run; waiting until all is quiet`);
  await pause(SETTLE_MS);
  const pid = await site.pid();
  const cpu: number[] = [];
  const resident: number[] = [];
  const own: number[] = [];
  for (let round = 1; round <= rounds; round++) {
    const before = await processUse(pid);
    const startedAt = performance.now();
    await pause(WINDOW_MS);
    const after = await processUse(pid);
    cpu.push((100 * (after.cpuSeconds - before.cpuSeconds)) / ((performance.now() - startedAt) / 1000));
    resident.push(after.residentBytes / 2 ** 20);
    own.push(after.ownBytes / 2 ** 20);
    say(`${round}/${rounds}: ${cpu.at(-1)?.toFixed(2)} % of a core, ${resident.at(-1)?.toFixed(0)} MB resident`);
  }
  const name = `${TASKS} tasks running, nothing due`;
  return [
    below(
      { name: `${name}: CPU`, unit: '% of a core', samples: cpu, note: `over ${WINDOW_MS / 1000} s` },
      MOST_CPU_PERCENT,
    ),
    below({ name: `${name}: resident`, unit: 'MB', samples: resident, note: inWords(median(own)) }, MOST_RESIDENT_MB),
  ];
}

function inWords(ownMb: number): string {
  return `${ownMb.toFixed(0)} MB of it the process's own, the rest pages of files: Node's program and libraries`;
}

async function runningTasks(site: Site): Promise<number> {
  const { tasks } = await site.story.jobOf('idle', () => true);
  return tasks.filter(({ state }) => state === 'running').length;
}

// What a firing costs the more schedules there are: of a thousand, and of a million.
import { constants } from 'node:fs';
import { copyFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BERTH_FLAGS } from '../berth-flags.ts';
import type { Growth, GrowthPlan } from '../growth-child.ts';
import { jsonOf } from '../json-child.ts';
import { below, type Measure, type Part, type PartContext, told } from '../measure.ts';
import { recoveryStore } from '../recovery-store.ts';
import { median } from '../statistics.ts';

const SCHEDULES = [1000, 10_000, 100_000, 1_000_000] as const;
const [FEWEST] = SCHEDULES;
const PASSES = 20;
const WITHIN_MS = 600_000;
const CHILD = join(import.meta.dirname, '..', 'growth-child.ts');

/** The cost of a firing from 1,000 to 1,000,000 schedules grows no faster than their logarithm. */
export const growthPart: Part = { name: 'growth', run: measures };

async function measures({ say }: PartContext): Promise<Measure[]> {
  const found: { readonly schedules: number; readonly cpuMsEach: readonly number[] }[] = [];
  for (const schedules of SCHEDULES) {
    const { cpuMsEach, startSeconds } = await grown(schedules, await recoveryStore(schedules, say));
    found.push({ schedules, cpuMsEach });
    say(
      `${schedules}: ${median(cpuMsEach).toFixed(3)} ms each, ${(1000 * perLog(schedules, cpuMsEach)).toFixed(1)} µs for each log2 n; started in ${startSeconds.toFixed(1)} s`,
    );
  }
  const least = median(found[0]?.cpuMsEach ?? []);
  return found.flatMap(({ schedules, cpuMsEach }): Measure[] => {
    const name = `a firing of ${schedules} schedules`;
    const note = `${PASSES} passes of 1,000 in a second; ${(1000 * perLog(schedules, cpuMsEach)).toFixed(1)} µs for each log2 n`;
    const cost = told({ name: `${name}: CPU`, unit: 'ms', samples: cpuMsEach, note });
    if (schedules === FEWEST) return [cost];
    const against = `${name}, against ${FEWEST}`;
    return [cost, below({ name: against, unit: '×', samples: [median(cpuMsEach) / least] }, logRatio(schedules))];
  });
}

function perLog(schedules: number, cpuMsEach: readonly number[]): number {
  return median(cpuMsEach) / Math.log2(schedules);
}

/** How many times the logarithm grows; to two digits, as it is told. */
function logRatio(schedules: number): number {
  return Math.round((100 * Math.log(schedules)) / Math.log(FEWEST)) / 100;
}

/** On a copy, so that the database is kept as it is. */
async function grown(schedules: number, from: string): Promise<Growth> {
  const directory = await mkdtemp(join(tmpdir(), 'berth-bench-growth-'));
  try {
    const path = join(directory, 'berth.sqlite');
    await copyFile(from, path, constants.COPYFILE_FICLONE);
    const plan: GrowthPlan = { path, schedules, passes: PASSES };
    return await jsonOf<Growth>({
      script: CHILD,
      argument: JSON.stringify(plan),
      flags: BERTH_FLAGS,
      withinMs: WITHIN_MS,
    });
  } finally {
    await rm(directory, { recursive: true });
  }
}

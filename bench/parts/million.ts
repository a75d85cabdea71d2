// A million schedules: how long the scheduler takes to start over them, and how much memory each takes.
import { join } from 'node:path';
import { BERTH_FLAGS } from '../berth-flags.ts';
import { jsonOf } from '../json-child.ts';
import { below, type Measure, type Part, type PartContext, told } from '../measure.ts';
import type { StandingSchedules } from '../million-child.ts';
import { recoveryStore } from '../recovery-store.ts';
import { median } from '../statistics.ts';

const SCHEDULES = 1_000_000;
const MOST_S = 15;
const MOST_BYTES = 400;
const WITHIN_MS = 300_000;
const CHILD = join(import.meta.dirname, '..', 'million-child.ts');

/** It collects when it is told to. */
const FLAGS = [...BERTH_FLAGS, '--expose-gc'];

/** 1,000,000 schedules recovered in under 15 s and 400 bytes each. */
export const millionPart: Part = { name: 'million', run: measures };

async function measures({ rounds, say }: PartContext): Promise<Measure[]> {
  const path = await recoveryStore(SCHEDULES, say);
  const found: StandingSchedules[] = [];
  for (let round = 1; round <= rounds; round++) {
    const standing = await jsonOf<StandingSchedules>({
      script: CHILD,
      argument: path,
      flags: FLAGS,
      withinMs: WITHIN_MS,
    });
    if (standing.alarms !== SCHEDULES) throw new Error(`${standing.alarms} alarms are set`);
    found.push(standing);
    const each = [standing.heldBytes, standing.residentBytes].map((bytes) => (bytes / SCHEDULES).toFixed(0));
    say(`${round}/${rounds}: ${standing.seconds.toFixed(1)} s, ${each[0]} bytes held and ${each[1]} resident for each`);
  }
  const name = `${SCHEDULES} schedules recovered`;
  const bytes = (of: (found: StandingSchedules) => number) => found.map((each) => of(each) / SCHEDULES);
  const cpu = median(found.map(({ cpuSeconds }) => cpuSeconds)).toFixed(1);
  const start = `the scheduler alone, from opening the database until every alarm is set; ${cpu} s of CPU`;
  const resident = "the database's cache included, garbage not";
  return [
    below({ name: `${name}: time`, unit: 's', samples: found.map(({ seconds }) => seconds), note: start }, MOST_S),
    below(
      { name: `${name}: live memory for each`, unit: 'bytes', samples: bytes(({ heldBytes }) => heldBytes) },
      MOST_BYTES,
    ),
    below(
      {
        name: `${name}: resident memory for each`,
        unit: 'bytes',
        samples: bytes((each) => each.residentBytes),
        note: resident,
      },
      MOST_BYTES,
    ),
    told({
      name: `${name}: resident memory for each at its highest`,
      unit: 'bytes',
      samples: bytes(({ peakBytes }) => peakBytes),
    }),
  ];
}

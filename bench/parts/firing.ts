// Very many schedules: how late their occurrences are stored when a thousand are due each second, and when all are due at once.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import type { Fired, FiringPlan } from '../firing-child.ts';
import { below, type Measure, type Part, type PartContext, told } from '../measure.ts';
import { median } from '../statistics.ts';

const CHILD = join(import.meta.dirname, '..', 'firing-child.ts');
const WITHIN_MS = 300_000;
const STEADY = { schedules: 100_000, perSecond: 1000, seconds: 60 };
const BURST = { schedules: 50_000, perSecond: 0, seconds: 1 };
const BURSTS = 3;

/** Lateness from due to durable; SQLite with full durability, nothing lost, nothing doubled. */
export const firingPart: Part = { name: 'firing', run: measures };

async function measures({ say }: PartContext): Promise<Measure[]> {
  const steady = await fired(STEADY, say);
  const bursts: Fired[] = [];
  for (let round = 0; round < BURSTS; round++) bursts.push(await fired(BURST, say));
  const name = `${STEADY.perSecond} of ${STEADY.schedules} schedules due each second for ${STEADY.seconds} s`;
  const note = `from due to durable; ${steady.jobs} of ${steady.due} stored, ${steady.doubled} doubled; ${steady.cpuMsEach.toFixed(2)} ms of CPU each`;
  const whole = bursts.map(({ mostMs }) => mostMs / 1000);
  const rates = bursts.map(({ jobs, mostMs }) => jobs / (mostMs / 1000));
  return [
    below({ name: `${name}: lateness, median`, unit: 'ms', samples: [steady.p50Ms], note }, 2),
    below({ name: `${name}: lateness, p99`, unit: 'ms', samples: [steady.p99Ms] }, 10),
    below({ name: `${BURST.schedules} schedules due at the same instant: all stored`, unit: 's', samples: whole }, 5),
    atLeast(
      { name: 'durable occurrences, stored once and published', samples: rates, note: eachInWords(bursts) },
      10_000,
    ),
    below({ name: 'meanwhile the loop was held up', unit: 'ms', samples: bursts.map(({ heldUpMs }) => heldUpMs) }, 100),
  ];
}

function atLeast(of: { name: string; samples: readonly number[]; note: string }, least: number): Measure {
  const measure = told({ ...of, unit: 'changes/s' });
  return { ...measure, goal: { words: `≥ ${least} changes/s`, met: measure.ours.value >= least } };
}

function eachInWords(bursts: readonly Fired[]): string {
  return `${median(bursts.map(({ cpuMsEach }) => cpuMsEach)).toFixed(2)} ms of CPU each`;
}

async function fired(plan: FiringPlan, say: (line: string) => void): Promise<Fired> {
  const running = spawn(process.execPath, [CHILD, JSON.stringify(plan)], {
    stdio: ['ignore', 'pipe', 'inherit'],
    timeout: WITHIN_MS,
  });
  const [output, [code]] = await Promise.all([text(running.stdout), once(running, 'close')]);
  if (code !== 0) throw new Error(`the scheduler's process ended with ${code}`);
  const found = JSON.parse(output) as Fired;
  if (found.jobs !== found.due || found.doubled > 0)
    throw new Error(`${found.due} were due, ${found.jobs} are stored, ${found.doubled} twice`);
  say(
    `${found.jobs} stored: p50 ${found.p50Ms.toFixed(1)} ms, p99 ${found.p99Ms.toFixed(1)} ms, at most ${found.mostMs.toFixed(0)} ms`,
  );
  return found;
}

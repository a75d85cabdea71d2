// How long a platform with very many instances takes to start again, and how much memory.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { below, type Measure, type Part, type PartContext } from '../measure.ts';
import type { Recovered } from '../recovery-child.ts';
import { recoveryStore } from '../recovery-store.ts';
import { median } from '../statistics.ts';

const INSTANCES = 100_000;
const MOST_S = 3;
const MOST_MB = 200;
const WITHIN_MS = 120_000;
const CHILD = join(import.meta.dirname, '..', 'recovery-child.ts');

/** As `bin/berth` starts the platform. */
const HEAP = ['--max-semi-space-size=2', '--initial-old-space-size=24', '--heap-growing-percent=50'];

/** 100,000 instances recovered in under 3 s and 200 MB. */
export const recoveryPart: Part = { name: 'recovery', run: measures };

async function measures({ rounds, say }: PartContext): Promise<Measure[]> {
  const path = await recoveryStore(INSTANCES, say);
  const found: Recovered[] = [];
  for (let round = 1; round <= rounds; round++) {
    const recovered = await recover(path);
    if (recovered.alarms < INSTANCES) throw new Error(`only ${recovered.alarms} alarms are set`);
    found.push(recovered);
    say(
      `${round}/${rounds}: ${recovered.seconds.toFixed(2)} s, ${megabytes(growth(recovered)).toFixed(0)} MB more at its highest`,
    );
  }
  const name = `${INSTANCES} instances recovered`;
  const seconds = found.map((each) => each.seconds);
  const cpu = median(found.map(({ cpuSeconds }) => cpuSeconds)).toFixed(2);
  const whole = `the whole platform, from opening the database until every alarm is set and the API answers; ${cpu} s of CPU`;
  const left = `${megabytes(found[0] ? found[0].afterBytes : 0).toFixed(0)} MB resident afterwards, the program included`;
  const samples = found.map((each) => megabytes(growth(each)));
  return [
    below({ name: `${name}: time`, unit: 's', samples: seconds, note: whole }, MOST_S),
    below({ name: `${name}: growth of resident memory at its highest`, unit: 'MB', samples, note: left }, MOST_MB),
  ];
}

function growth({ peakBytes, beforeBytes }: Recovered): number {
  return peakBytes - beforeBytes;
}

function megabytes(bytes: number): number {
  return bytes / 2 ** 20;
}

/** On a copy, so that each round finds the same. */
async function recover(path: string): Promise<Recovered> {
  const directory = await mkdtemp(join(tmpdir(), 'berth-bench-recovery-'));
  try {
    await mkdir(join(directory, 'data'), { mode: 0o700 });
    await cp(path, join(directory, 'data', 'berth.sqlite'));
    return JSON.parse(await child(join(directory, 'data'))) as Recovered;
  } finally {
    await rm(directory, { recursive: true });
  }
}

async function child(directory: string): Promise<string> {
  const running = spawn(process.execPath, [...HEAP, CHILD, directory], {
    stdio: ['ignore', 'pipe', 'inherit'],
    timeout: WITHIN_MS,
  });
  const [output, [code]] = await Promise.all([text(running.stdout), once(running, 'close')]);
  if (code !== 0) throw new Error(`the recovering platform ended with ${code}`);
  return output;
}

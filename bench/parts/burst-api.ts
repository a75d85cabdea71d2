// Very many schedules due at one instant, and people who ask the API meanwhile: the whole platform, and beside it the scheduler alone.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFile, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { Asker } from '../asker.ts';
import { BERTH_FLAGS } from '../berth-flags.ts';
import type { BurstReady, BurstStored } from '../burst-child.ts';
import type { Fired, FiringPlan } from '../firing-child.ts';
import { jsonOf } from '../json-child.ts';
import { below, figure, type Measure, type Part, type PartContext, told } from '../measure.ts';
import { recoveryStore } from '../recovery-store.ts';
import { type Lateness, latenessOf, median } from '../statistics.ts';

const SCHEDULES = 50_000;
const MOST_S = 5;
const MOST_MS = 100;
const MOST_ROUNDS = 3;
const ASK_EVERY_MS = 20;
const WITHIN_MS = 300_000;
const CHILD = join(import.meta.dirname, '..', 'burst-child.ts');
const ALONE = join(import.meta.dirname, '..', 'firing-child.ts');

/** 50,000 due at the same second stored within 5 s, while the API answers in under 100 ms. */
export const burstApiPart: Part = { name: 'burst-api', run: measures };

interface Burst {
  readonly stored: BurstStored;
  /** From when they are due until all are stored. */
  readonly api: Lateness;
  readonly asked: number;
  /** From then on until deployment has decided about all. */
  readonly apiAfter: Lateness;
}

async function measures({ rounds, say }: PartContext): Promise<Measure[]> {
  const from = await recoveryStore(SCHEDULES, say);
  const [bursts, alone]: [Burst[], number[]] = [[], []];
  for (let round = 1; round <= Math.min(rounds, MOST_ROUNDS); round++) {
    const burst = await burstOf(from);
    if (burst.stored.jobs !== SCHEDULES) throw new Error(`${burst.stored.jobs} of ${SCHEDULES} are stored`);
    bursts.push(burst);
    alone.push(await aloneSeconds());
    say(`${round}/${MOST_ROUNDS}: ${inWords(burst)}; the scheduler alone ${alone.at(-1)?.toFixed(1)} s`);
  }
  return table(bursts, alone);
}

function inWords({ stored, api }: Burst): string {
  const asked = `API p50 ${api.p50Ms.toFixed(0)} ms, p99 ${api.p99Ms.toFixed(0)} ms, at most ${api.mostMs.toFixed(0)} ms`;
  return `stored after ${stored.storedSeconds.toFixed(1)} s, decided after ${stored.decidedSeconds.toFixed(1)} s; ${asked}`;
}

function table(bursts: readonly Burst[], alone: readonly number[]): Measure[] {
  const name = `${SCHEDULES} schedules due at the same instant, the whole platform`;
  const samples = (of: (burst: Burst) => number) => bursts.map(of);
  const cpu = median(samples(({ stored }) => stored.cpuSeconds)).toFixed(1);
  const stored = below(
    {
      ...{ name: `${name}: all stored`, unit: 's', samples: samples((each) => each.stored.storedSeconds) },
      note: 'deployment takes each job in meanwhile, by the same loop; the client that asks has the same processors',
    },
    MOST_S,
  );
  const decided = `there are no nodes: each job waits; ${cpu} s of CPU until then`;
  const decidedSeconds = samples((each) => each.stored.decidedSeconds);
  const asked = `a page of jobs, an instance and the platform's status in turn, one every ${ASK_EVERY_MS} ms, from when they are due until all are stored; ${bursts[0]?.asked} answers`;
  const api = (of: (api: Lateness) => number) => ({ unit: 'ms' as const, samples: samples((each) => of(each.api)) });
  return [
    { ...stored, floor: figure(alone), floorName: 'the scheduler alone' },
    told({ name: `${name}: all decided by deployment`, unit: 's', samples: decidedSeconds, note: decided }),
    told({
      ...{ name: `${name}: answers of the API until then, p99`, unit: 'ms' },
      samples: samples(({ apiAfter }) => apiAfter.p99Ms),
      note: 'from when all are stored until all are decided',
    }),
    told({ name: `${name}: answers of the API, median`, ...api(({ p50Ms }) => p50Ms), note: asked }),
    below({ name: `${name}: answers of the API, p99`, ...api(({ p99Ms }) => p99Ms) }, MOST_MS),
    below({ name: `${name}: answers of the API, the slowest`, ...api(({ mostMs }) => mostMs) }, MOST_MS),
  ];
}

async function aloneSeconds(): Promise<number> {
  const plan: FiringPlan = { schedules: SCHEDULES, perSecond: 0, seconds: 1 };
  const { mostMs } = await jsonOf<Fired>({ script: ALONE, argument: JSON.stringify(plan), withinMs: WITHIN_MS });
  return mostMs / 1000;
}

/** On a copy, so that each round finds the same. */
async function burstOf(from: string): Promise<Burst> {
  const directory = await mkdtemp(join(tmpdir(), 'berth-bench-burst-'));
  try {
    const data = join(directory, 'data');
    await mkdir(data, { mode: 0o700 });
    await copyFile(from, join(data, 'berth.sqlite'));
    return await asked(data);
  } finally {
    await rm(directory, { recursive: true });
  }
}

async function asked(data: string): Promise<Burst> {
  const words = [...BERTH_FLAGS, CHILD, data, String(SCHEDULES)];
  const child = spawn(process.execPath, words, { stdio: ['pipe', 'pipe', 'inherit'], timeout: WITHIN_MS });
  const ended = once(child, 'close');
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const next = async <Found>() => JSON.parse((await lines.next()).value ?? 'null') as Found | null;
  const ready = await next<BurstReady>();
  const asker = ready && new Asker({ ...ready, paths: pathsOf(ready), everyMs: ASK_EVERY_MS });
  const stored = await next<BurstStored>();
  const answers = (await asker?.stop()) ?? [];
  child.stdin.end();
  const [code] = await ended;
  if (code !== 0 || !ready || !stored) throw new Error(`the platform ended with ${code}`);
  const between = (from: number, to: number) =>
    answers.filter(({ askedAt }) => askedAt >= from && askedAt < to).map(({ tookMs }) => tookMs);
  const storedAt = ready.firstAt + stored.storedSeconds * 1000;
  const during = between(ready.firstAt, storedAt);
  const after = between(storedAt, ready.firstAt + stored.decidedSeconds * 1000);
  return { stored, api: latenessOf(during), asked: during.length, apiAfter: latenessOf(after) };
}

function pathsOf({ instance }: BurstReady): readonly string[] {
  return ['/api/v1/jobs', `/api/v1/instances/${instance}`, '/api/v1/status'];
}

// What others take for the same, in the same run: graphile-worker on PostgreSQL and BullMQ on Redis. They are job queues: they are handed
// jobs, where Berth decides them from schedules. What each guarantees stands beside its figure.
import { join } from 'node:path';
import type { Fired, FiringPlan } from '../firing-child.ts';
import { jsonOf } from '../json-child.ts';
import { figure, type Measure, type Part, type PartContext } from '../measure.ts';
import { installNeighbours } from '../neighbours/install.ts';
import type { NeighbourName, NeighbourPlan, StoredJobs, TakenJobs } from '../neighbours/neighbour.ts';
import { type NeighbourServer, startPostgres, startRedis } from '../neighbours/server.ts';

const OURS = join(import.meta.dirname, '..', 'firing-child.ts');
const THEIRS = join(import.meta.dirname, '..', 'neighbours', 'child.ts');
const WITHIN_MS = 300_000;

const BURST: FiringPlan = { schedules: 50_000, perSecond: 0, seconds: 1 };
const STEADY: FiringPlan = { schedules: 20_000, perSecond: 1000, seconds: 20 };
const MANY = { jobs: BURST.schedules, atOnce: 4, batch: 500 };
const SINGLE = { jobs: 10_000, atOnce: 24, batch: 1 };
const MOST_ROUNDS = 3;

/** Somebody else's scheduler, on an empty server of its own for each measurement. */
interface Contender {
  readonly name: string;
  readonly neighbour: NeighbourName;
  readonly start: () => Promise<NeighbourServer>;
  readonly guarantees: string;
}

const BERTH = `Berth: each occurrence is decided from its schedule; its job is kept under an id derived from it, so that it is made once for good, with
its event and the place of its schedule; on disk (SQLite, synchronous=FULL) before it is published; what was missed is found again and settled.`;

const BULLMQ = `at least once; a second job of the same id is none as long as the first is kept, and is one afterwards (completed jobs
are removed here, as graphile-worker does). One scheduler per id, which makes its next job when the last one is begun; what was missed is not made up.`;

const CONTENDERS: readonly Contender[] = [
  {
    name: 'graphile-worker 0.18',
    neighbour: 'graphile-worker',
    start: startPostgres,
    guarantees: `graphile-worker on PostgreSQL (fsync, synchronous_commit on): a job is committed before it is answered; at least once, again four
hours after a crash. A second job of the same key replaces the first while that waits, and is a second one afterwards. Recurring tasks: one
crontab for all workers, each minute committed once, filled up after an outage where asked for; meant for few tasks.`,
  },
  {
    name: 'BullMQ 6.7, appendfsync always',
    neighbour: 'BullMQ',
    start: () => startRedis('always'),
    guarantees: `BullMQ on Redis, on disk before it is answered: ${BULLMQ}`,
  },
  {
    name: 'BullMQ 6.7, appendfsync everysec',
    neighbour: 'BullMQ',
    start: () => startRedis('everysec'),
    guarantees: `BullMQ on Redis, on disk once a second: a crash of the machine loses what was answered in the last second; else as above.`,
  },
];

/** The rate of durable jobs and the lateness of due ones, ours beside those of two neighbours. */
export const neighboursPart: Part = { name: 'neighbours', run: measures };

async function measures({ rounds, say }: PartContext): Promise<Measure[]> {
  await installNeighbours(say);
  const rates = await storedRates(Math.min(rounds, MOST_ROUNDS), say);
  const lateness = await latenessMeasures(say);
  return [...rates, ...lateness];
}

/** Round by round in turn, so that all have the same machine. */
async function storedRates(rounds: number, say: PartContext['say']): Promise<Measure[]> {
  const ours: number[] = [];
  const theirs = CONTENDERS.map((contender) => ({ contender, many: [] as number[], single: [] as number[] }));
  for (let round = 1; round <= rounds; round++) {
    const { jobs, mostMs } = await berth(BURST);
    ours.push(jobs / (mostMs / 1000));
    say(`${round}/${rounds} Berth: ${perSecond(ours)}`);
    for (const { contender, many, single } of theirs) {
      many.push(await storedRate(contender, MANY));
      single.push(await storedRate(contender, SINGLE));
      say(`${round}/${rounds} ${contender.name}: ${perSecond(many)} in batches, ${perSecond(single)} one by one`);
    }
  }
  return theirs.flatMap(({ contender, many, single }, index) => {
    const beside = (how: string, floor: readonly number[], note: string): Measure => ({
      name: `${MANY.jobs} durable occurrences, beside ${contender.name} ${how}`,
      unit: 'changes/s',
      ...{ ours: figure(ours), floor: figure(floor), floorName: contender.name, goal: null, note },
    });
    const notes = index === 0 ? `${BERTH}\n${contender.guarantees}` : contender.guarantees;
    return [
      beside(`in batches of ${MANY.batch} by ${MANY.atOnce}`, many, notes),
      beside(`one by one by ${SINGLE.atOnce}`, single, `${SINGLE.jobs} of theirs`),
    ];
  });
}

function perSecond(rates: readonly number[]): string {
  return `${(rates.at(-1) ?? 0).toFixed(0)}/s`;
}

async function storedRate(contender: Contender, how: typeof MANY): Promise<number> {
  const { jobs, doubled, seconds } = await theirs<StoredJobs>(contender, { what: 'store', ...how });
  if (jobs !== how.jobs || doubled !== 0)
    throw new Error(`${contender.name}: ${how.jobs} were to be stored, ${jobs} are, ${doubled} twice`);
  return jobs / seconds;
}

async function latenessMeasures(say: PartContext['say']): Promise<Measure[]> {
  const ours = await berth(STEADY);
  say(`Berth: p50 ${ours.p50Ms.toFixed(1)} ms, p99 ${ours.p99Ms.toFixed(1)} ms`);
  const found: Measure[] = [];
  for (const contender of CONTENDERS) {
    const plan = { what: 'fire', perSecond: STEADY.perSecond, seconds: STEADY.seconds } as const;
    const { due, done, taken, completed } = await theirs<TakenJobs>(contender, plan);
    if (done !== due) throw new Error(`${contender.name}: ${due} were due, ${done} are done`);
    say(`${contender.name}: taken p50 ${taken.p50Ms} ms, p99 ${taken.p99Ms} ms; done p99 ${completed.p99Ms} ms`);
    const name = `${STEADY.perSecond} due each second, beside ${contender.name}: lateness`;
    const rest = { unit: 'ms', floorName: contender.name, goal: null } as const;
    const note = `theirs were stored ahead, and are late until a worker has them for itself; until their end is stored: median ${completed.p50Ms} ms, p99 ${completed.p99Ms} ms`;
    found.push(
      { name: `${name}, median`, ours: figure([ours.p50Ms]), floor: figure([taken.p50Ms]), note, ...rest },
      { name: `${name}, p99`, ours: figure([ours.p99Ms]), floor: figure([taken.p99Ms]), note: '', ...rest },
    );
  }
  return found;
}

function berth(plan: FiringPlan): Promise<Fired> {
  return jsonOf<Fired>({ script: OURS, argument: JSON.stringify(plan), withinMs: WITHIN_MS });
}

/** What a neighbour's process is to do, but for who it is and where its server listens. */
type Errand = NeighbourPlan extends infer Plan
  ? Plan extends unknown
    ? Omit<Plan, 'neighbour' | 'socket'>
    : never
  : never;

async function theirs<Found>({ neighbour, start }: Contender, errand: Errand): Promise<Found> {
  const server = await start();
  try {
    const argument = JSON.stringify({ ...errand, neighbour, socket: server.socket });
    return await jsonOf<Found>({ script: THEIRS, argument, withinMs: WITHIN_MS });
  } finally {
    await server.stop();
  }
}

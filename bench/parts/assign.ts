// From an occurrence that is due to a task that is assigned: what each hop takes, embedded in one process and spread over Kafka and MariaDB.
import { startKafka } from '../../test/world/kafka.ts';
import { startMariadb } from '../../test/world/mariadb.ts';
import { type Assigned, AssignPlatform, type SpreadServers } from '../assign-platform.ts';
import { figure, type Measure, type Part, type PartContext, told } from '../measure.ts';
import { publishes, rowInserts } from '../spread-floors.ts';
import { median, percentile } from '../statistics.ts';

const INSTANCES = 3000;
const STEADY_MS = 3000;
const LEAST_PER_SECOND = 1000;
const MOST_ROUNDS = 5;

/** At least 1,000 tasks assigned a second, embedded and spread. */
export const assignPart: Part = { name: 'assign', run: measures };

/** Milliseconds of one hop, one figure for each job. */
type HopTimes = Readonly<Record<Hop, readonly number[]>>;
type Hop = keyof typeof HOPS;

/** Each from the point before. */
const HOPS = {
  stored: 'due → job stored',
  delivered: 'job stored → deploy request delivered',
  reserved: 'heard of by deployment → room in the ledger reserved',
  assigned: 'room reserved → task assigned',
  whole: 'due → task assigned',
} as const;

interface Round {
  readonly steady: HopTimes;
  readonly perSecond: number;
  /** Of the instances that were due at once, CPU for each, in milliseconds. */
  readonly cpuMs: Assigned['cpuSeconds'];
  /** The share of jobs of which deployment was told by the change feed before the request came. */
  readonly heardFirst: number;
}

interface Floors {
  readonly row: readonly number[];
  readonly publish: readonly number[];
}

async function measures({ rounds, say }: PartContext): Promise<Measure[]> {
  const count = Math.min(rounds, MOST_ROUNDS);
  const embedded = await roundsOf('embedded', () => AssignPlatform.embedded(), { rounds: count, say });
  const [kafka, mariadb] = await Promise.all([startKafka(), startMariadb()]);
  try {
    const servers = { kafka, mariadb };
    const floors: Floors = { row: await rowFloor(servers), publish: await publishes(kafka.port) };
    say(`floors: a row ${median(floors.row).toFixed(2)} ms, a message ${median(floors.publish).toFixed(2)} ms`);
    const spread = await roundsOf('spread', () => AssignPlatform.spread(servers), { rounds: count, say });
    return [...table('embedded', embedded, null), ...table('spread', spread, floors)];
  } finally {
    await Promise.all([kafka.destroy(), mariadb.destroy()]);
  }
}

async function rowFloor({ mariadb }: SpreadServers): Promise<readonly number[]> {
  return rowInserts(mariadb.url(await mariadb.makeDatabase()));
}

/** Each on a platform of its own, so that none finds the tasks of those before it; what comes first there is for the compiler alone. */
async function roundsOf(
  kind: string,
  open: () => Promise<AssignPlatform>,
  { rounds, say }: PartContext,
): Promise<Round[]> {
  const found: Round[] = [];
  for (let number = 1; number <= rounds; number++) {
    const platform = await open();
    try {
      await platform.wave({ instances: INSTANCES, withinMs: 0 });
      const round = await roundOf(platform);
      found.push(round);
      say(`${kind} ${number}/${rounds}: ${inWords(round)}`);
    } finally {
      await platform.close();
    }
  }
  return found;
}

async function roundOf(platform: AssignPlatform): Promise<Round> {
  const steady = await platform.wave({ instances: INSTANCES, withinMs: STEADY_MS });
  const burst = await platform.wave({ instances: INSTANCES, withinMs: 0 });
  const { scheduler, deployment } = burst.cpuSeconds;
  const each = (seconds: number) => (seconds * 1000) / INSTANCES;
  return {
    steady: hopTimes(steady),
    perSecond: INSTANCES / ((Math.max(...Object.values(burst.hops.assigned)) - burst.firstAt) / 1000),
    cpuMs: { scheduler: each(scheduler), deployment: each(deployment) },
    heardFirst: heardFirst(steady),
  };
}

function hopTimes({ hops, firstAt }: Assigned): HopTimes {
  const jobs = Object.entries(hops.stored).map(([job, stored]) => {
    const [delivered = Number.NaN, reserved = Number.NaN, assigned = Number.NaN] = [
      hops.delivered[job],
      hops.reserved[job],
      hops.assigned[job],
    ];
    const known = Math.min(delivered, hops.heard[job] ?? delivered);
    const due = dueOf(job, firstAt);
    return {
      stored: stored - due,
      delivered: delivered - stored,
      reserved: reserved - known,
      assigned: assigned - reserved,
      whole: assigned - due,
    };
  });
  const of = (hop: Hop) => jobs.map((job) => job[hop]).filter((took) => !Number.isNaN(took));
  return {
    stored: of('stored'),
    delivered: of('delivered'),
    reserved: of('reserved'),
    assigned: of('assigned'),
    whole: of('whole'),
  };
}

/** Instances are named by their number, in whose order they are due. */
function dueOf(job: string, firstAt: number): number {
  const number = /^wave-\d+-(\d{6})-/.exec(job)?.[1];
  if (number === undefined) throw new Error(`${job} is not of this bench`);
  return firstAt + Math.floor((Number(number) * STEADY_MS) / INSTANCES);
}

function heardFirst({ hops }: Assigned): number {
  const jobs = Object.entries(hops.delivered);
  return (
    jobs.filter(([job, at]) => (hops.heard[job] ?? Number.POSITIVE_INFINITY) < at).length / Math.max(1, jobs.length)
  );
}

function inWords({ steady, perSecond, cpuMs }: Round): string {
  const hops = Object.entries(HOPS).map(([hop, name]) => {
    const times = steady[hop as Hop];
    return `${name} ${median(times).toFixed(1)}/${percentile(times, 0.99).toFixed(0)}`;
  });
  const cpu = `${cpuMs.scheduler.toFixed(2)} and ${cpuMs.deployment.toFixed(2)} ms of CPU each`;
  return `${perSecond.toFixed(0)} a second, ${cpu}; p50/p99 ms: ${hops.join(', ')}`;
}

function table(kind: 'embedded' | 'spread', rounds: readonly Round[], floors: Floors | null): Measure[] {
  const throughput = told({
    ...{ name: `${kind}: ${INSTANCES} due at once, tasks assigned`, unit: 'tasks/s' as const },
    samples: rounds.map(({ perSecond }) => perSecond),
    note: `CPU for each: ${cpuInWords(kind, rounds)}`,
  });
  const goal = { words: `≥ ${LEAST_PER_SECOND} tasks/s`, met: throughput.ours.value >= LEAST_PER_SECOND };
  return [
    { ...throughput, goal },
    ...(Object.keys(HOPS) as Hop[]).flatMap((hop) => hopMeasures(kind, hop, rounds, floors)),
  ];
}

function cpuInWords(kind: 'embedded' | 'spread', rounds: readonly Round[]): string {
  const of = (role: 'scheduler' | 'deployment') => `${median(rounds.map(({ cpuMs }) => cpuMs[role])).toFixed(2)} ms`;
  return kind === 'embedded'
    ? of('scheduler')
    : `${of('scheduler')} in the scheduler, ${of('deployment')} in deployment`;
}

function hopMeasures(kind: string, hop: Hop, rounds: readonly Round[], floors: Floors | null): Measure[] {
  const floor = floorOf(hop, floors);
  const first = median(rounds.map((round) => round.heardFirst)) * 100;
  const note =
    hop === 'delivered' && floors ? `of ${first.toFixed(0)} % deployment heard by the change feed before` : '';
  const shares = [
    ['p50', 0.5, note],
    ['p99', 0.99, ''],
  ] as const;
  return shares.map(([words, share, about]) => {
    const samples = rounds.map(({ steady }) => percentile(steady[hop], share));
    const name = `${kind}, ${(1000 * INSTANCES) / STEADY_MS} due a second: ${HOPS[hop]}, ${words}`;
    const measure = told({ name, unit: 'ms', samples, note: about });
    return floor ? { ...measure, floor: figure([percentile(floor.times, share)]), floorName: floor.name } : measure;
  });
}

function floorOf(hop: Hop, floors: Floors | null) {
  if (!floors) return null;
  return hop === 'delivered'
    ? { times: floors.publish, name: 'one message, acks=all, alone' }
    : { times: floors.row, name: 'one row inserted durably, alone' };
}

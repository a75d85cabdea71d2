// What happens to a simulated platform: the words of a scenario, and how a seed draws one. A scenario says when people ask for something
// and when something breaks; everything else follows from it.
import type { SimRandom } from './sim-random.ts';
import { CALM, type Weather } from './weather.ts';

/** What a person asks for. */
export type Wish =
  | { readonly do: 'create'; readonly name: string; readonly file: InstancePlan }
  | { readonly do: 'disable' | 'enable' | 'remove' | 'run'; readonly name: string }
  /** Of the jobs that are open then, the one at this share of their list. */
  | { readonly do: 'stop'; readonly share: number }
  | { readonly do: 'add-node' | 'drain' | 'undrain' | 'remove-node'; readonly host: string };

/** What breaks; `ms` is how long. */
export type Fault =
  | {
      readonly do: 'reboot' | 'freeze' | 'cut' | 'hang-engine' | 'fill-disk';
      readonly host: string;
      readonly ms: number;
    }
  | { readonly do: 'stop-engine'; readonly host: string; readonly ms: number; readonly containersLiveOn: boolean }
  | { readonly do: 'jump'; readonly host: string; readonly ms: number }
  /** Of the containers that run then, the one at this share of their list. */
  | { readonly do: 'strike'; readonly how: 'kill' | 'stop' | 'remove' | 'out-of-memory'; readonly share: number }
  | { readonly do: 'kill-platform'; readonly acts: number; readonly when: 'before' | 'after'; readonly ms: number }
  | { readonly do: 'freeze-platform'; readonly ms: number }
  | { readonly do: 'jump-platform'; readonly ms: number }
  /** The platform freezes, another is started, and the first one thaws beside it for a while. */
  | { readonly do: 'second-owner'; readonly ms: number };

/** Something that happens at a time. */
export interface ScenarioAct<A> {
  readonly atMs: number;
  readonly act: A;
}

/** How an instance is asked for, in the words of instance files. */
export interface InstancePlan {
  readonly algorithm: 'watch' | 'batch';
  readonly application: string;
  readonly schedule: {
    readonly kind: string;
    readonly inMs?: number;
    readonly every?: string;
    readonly duration?: string;
  };
  readonly copies: number;
  readonly machine: 'shared' | 'standalone';
  readonly labels: Readonly<Record<string, string>>;
  readonly parameters: Readonly<Record<string, string>>;
  readonly cpus: number;
  readonly grace: string;
}

/** A machine of a scenario. */
export interface HostPlan {
  readonly address: string;
  readonly cpus: number;
  readonly clockOffsetMs: number;
  readonly labels: Readonly<Record<string, string>>;
  /** Whether it is a node from the beginning. */
  readonly isNode: boolean;
}

/** An application of a scenario: how long its image takes, and whether it can be made. */
export interface ApplicationPlan {
  readonly name: string;
  readonly imageMs: number;
  readonly imageFails: boolean;
}

/** Everything that a seed decides beforehand. */
export interface Scenario {
  readonly chaosMs: number;
  /** Nothing breaks at all: then everything must be on time as well. */
  readonly isGentle: boolean;
  readonly sweepEveryMs: number;
  readonly cpuOvercommit: number;
  readonly weather: Weather;
  readonly hosts: readonly HostPlan[];
  readonly applications: readonly ApplicationPlan[];
  readonly wishes: readonly ScenarioAct<Wish>[];
  readonly faults: readonly ScenarioAct<Fault>[];
}

/** Draws a scenario. */
export function drawScenario(random: SimRandom): Scenario {
  const chaosMs = random.whole(120, 300) * 1000;
  const isGentle = random.chance(0.1);
  const hosts = drawHosts(random.fork('hosts'));
  const applications = drawApplications(random.fork('applications'));
  const context = { chaosMs, hosts, applications };
  return {
    ...context,
    isGentle,
    sweepEveryMs: random.pick([30_000, 60_000]),
    cpuOvercommit: random.pick([1, 2]),
    weather: isGentle ? { ...CALM } : drawWeather(random.fork('weather')),
    wishes: drawWishes(random.fork('wishes'), context),
    faults: isGentle ? [] : drawFaults(random.fork('faults'), context),
  };
}

type Context = Pick<Scenario, 'chaosMs' | 'hosts' | 'applications'>;

function drawHosts(random: SimRandom): HostPlan[] {
  const count = random.whole(1, 5);
  return Array.from({ length: count + 1 }, (_, index) => ({
    address: `host-${index + 1}`,
    cpus: random.whole(1, 4),
    clockOffsetMs: random.chance(0.3) ? random.between(-30_000, 30_000) : random.between(-20, 20),
    labels: random.chance(0.3) ? { place: 'roof' } : {},
    isNode: index < count,
  }));
}

function drawApplications(random: SimRandom): ApplicationPlan[] {
  const good = { name: 'room', imageMs: random.between(200, 15_000), imageFails: false };
  return [good, { name: 'yard', imageMs: random.between(200, 30_000), imageFails: random.chance(0.3) }];
}

/** Each kind of fault is there in half of all seeds, so that some worlds show one kind alone. */
function drawWeather(random: SimRandom): Weather {
  const rate = (most: number) => (random.chance(0.5) ? random.between(0, most) : 0);
  const isWorst = random.chance(0.05);
  return {
    ...CALM,
    storeSlow: rate(0.02),
    storeRefused: rate(0.02),
    storeLost: rate(0.03),
    machineSlow: rate(0.05),
    machineRefused: rate(0.1),
    machineLost: rate(0.1),
    eventLost: isWorst ? 1 : rate(0.5),
    wakeDropped: isWorst ? 1 : rate(0.3),
    wakeDoubled: rate(0.2),
    wakeLate: rate(0.3),
    messageDropped: rate(0.3),
    messageDoubled: rate(0.2),
    crashes: rate(0.5),
  };
}

function drawWishes(random: SimRandom, context: Context): ScenarioAct<Wish>[] {
  const names = Array.from({ length: random.whole(1, 6) }, (_, index) => `job-${index + 1}`);
  const created = names.map((name) => {
    const atMs = random.chance(0.5) ? 1000 : random.between(1000, context.chaosMs * 0.7);
    return { atMs, act: { do: 'create', name, file: drawInstance(random, context) } as const };
  });
  const later = created.flatMap(({ atMs, act: { name } }) => drawLaterWishes(random, name, atMs, context.chaosMs));
  return [...created, ...later, ...drawNodeWishes(random, context)].toSorted((a, b) => a.atMs - b.atMs);
}

function drawInstance(random: SimRandom, { applications, chaosMs }: Context): InstancePlan {
  const algorithm = random.pick(['watch', 'batch'] as const);
  return {
    algorithm,
    application: random.chance(0.85) ? 'room' : random.pick(applications).name,
    schedule: drawSchedule(random, algorithm, chaosMs),
    copies: random.pick([1, 1, 1, 2, 3]),
    machine: random.chance(0.2) ? 'standalone' : 'shared',
    labels: random.chance(0.15) ? { place: 'roof' } : {},
    parameters: {
      lifeMs: String(random.whole(100, 15_000)),
      crashes: random.pick(['never', 'sometimes', 'sometimes', 'sometimes', 'always']),
      stops: random.pick(['at-once', 'at-once', 'late', 'never']),
    },
    cpus: random.pick([0.1, 0.25, 0.5, 1]),
    grace: `${random.whole(1, 5)}s`,
  };
}

function drawSchedule(random: SimRandom, algorithm: 'watch' | 'batch', chaosMs: number): InstancePlan['schedule'] {
  const kind = random.pick(
    algorithm === 'watch' ? ['continuous', 'continuous', 'interval', 'now'] : ['interval', 'interval', 'once', 'now'],
  );
  const every = `${random.whole(5, 60)}s`;
  const isLimited = kind === 'continuous' ? random.chance(0.2) : algorithm === 'watch' || random.chance(0.3);
  const duration = isLimited ? { duration: `${random.whole(2, 40)}s` } : {};
  if (kind === 'interval') return { kind, every, ...duration };
  return kind === 'once' ? { kind, inMs: random.between(1000, chaosMs * 0.8), ...duration } : { kind, ...duration };
}

function drawLaterWishes(random: SimRandom, name: string, fromMs: number, chaosMs: number): ScenarioAct<Wish>[] {
  const wishes: ScenarioAct<Wish>[] = [];
  for (let count = random.whole(0, 4); count > 0; count--) {
    const atMs = random.between(fromMs + 500, chaosMs);
    const kind = random.pick(['disable', 'enable', 'run', 'run', 'stop', 'stop', 'remove'] as const);
    wishes.push({ atMs, act: kind === 'stop' ? { do: kind, share: random.fraction() } : { do: kind, name } });
  }
  return wishes;
}

function drawNodeWishes(random: SimRandom, { hosts, chaosMs }: Context): ScenarioAct<Wish>[] {
  const added = hosts.filter(({ isNode }) => isNode);
  const spare = hosts.filter(({ isNode }) => !isNode);
  const others = Array.from({ length: random.pick([0, 0, 1, 2, 3]) }, () => ({
    atMs: random.between(10_000, chaosMs),
    act: {
      do: random.pick(['drain', 'undrain', 'undrain', 'remove-node', 'add-node'] as const),
      host: random.pick(hosts).address,
    },
  }));
  return [
    ...added.map(({ address }) => ({ atMs: random.between(0, 800), act: { do: 'add-node' as const, host: address } })),
    ...spare.map(({ address }) => ({
      atMs: random.between(20_000, chaosMs),
      act: { do: 'add-node' as const, host: address },
    })),
    ...others,
  ];
}

function drawFaults(random: SimRandom, context: Context): ScenarioAct<Fault>[] {
  const count = random.pick([0, 1, 2, 4, 8, 12]);
  const faults = Array.from({ length: count }, () => ({
    atMs: random.between(5000, context.chaosMs * 0.95),
    act: drawFault(random, random.pick(context.hosts).address),
  }));
  return faults.toSorted((a, b) => a.atMs - b.atMs);
}

type Draw = (random: SimRandom, host: string) => Fault;

const machineFault =
  (kind: 'reboot' | 'freeze' | 'cut' | 'hang-engine' | 'fill-disk', mostMs: number): Draw =>
  (random, host) => ({ do: kind, host, ms: random.between(200, mostMs) });

const strike: Draw = (random) => ({
  do: 'strike',
  how: random.pick(['kill', 'stop', 'remove', 'out-of-memory'] as const),
  share: random.fraction(),
});

const killPlatform: Draw = (random) => ({
  do: 'kill-platform',
  acts: random.whole(0, 60),
  when: random.pick(['before', 'after'] as const),
  ms: random.between(50, random.chance(0.2) ? 60_000 : 5000),
});

/** What is there more than once is drawn more often. */
const DRAWS: readonly Draw[] = [
  machineFault('reboot', 30_000),
  machineFault('freeze', 60_000),
  machineFault('cut', 60_000),
  machineFault('hang-engine', 45_000),
  machineFault('fill-disk', 40_000),
  (random, host) => ({
    do: 'stop-engine',
    host,
    ms: random.between(200, 20_000),
    containersLiveOn: random.chance(0.6),
  }),
  (random, host) => ({ do: 'jump', host, ms: random.between(-60_000, 60_000) }),
  strike,
  strike,
  strike,
  killPlatform,
  killPlatform,
  killPlatform,
  killPlatform,
  (random) => ({ do: 'freeze-platform', ms: random.between(100, 50_000) }),
  (random) => ({ do: 'jump-platform', ms: random.between(-60_000, 60_000) }),
  (random) => ({ do: 'second-owner', ms: random.between(1000, 30_000) }),
];

function drawFault(random: SimRandom, host: string): Fault {
  return random.pick(DRAWS)(random, host);
}

// How a seed draws a scenario.
import {
  type ApplicationPlan,
  type CloudPlan,
  type Fault,
  type HostPlan,
  type InstancePlan,
  type Scenario,
  type ScenarioAct,
  SENSORS,
  type Wish,
} from './scenario.ts';
import type { SimRandom } from './sim-random.ts';
import { CALM, type Weather } from './weather.ts';

/** Draws a scenario. */
export function drawScenario(random: SimRandom): Scenario {
  const chaosMs = random.whole(120, 300) * 1000;
  const isGentle = random.chance(0.1);
  const hosts = drawHosts(random.fork('hosts'));
  const applications = drawApplications(random.fork('applications'));
  const cloud = random.chance(0.4) ? drawCloud(random.fork('cloud'), hosts) : null;
  const context = { chaosMs, hosts, applications, cloud };
  const wishes = drawWishes(random.fork('wishes'), context);
  const faults = drawFaults(random.fork('faults'), context);
  const needsOne = wishes.some(({ act }) => act.do === 'create' && act.file.algorithm.startsWith('only-'));
  return {
    ...context,
    isGentle,
    sweepEveryMs: random.pick([30_000, 60_000]),
    cpuOvercommit: random.pick([1, 2]),
    leaseMs: random.pick([6000, 15_000, 30_000]),
    weather: isGentle ? { ...CALM } : drawWeather(random.fork('weather')),
    wishes: isGentle ? wishes : [...wishes, ...drawAbandonments(random.fork('abandonments'), faults)],
    faults: isGentle ? [] : faults.map(needsOne ? withSmallJump : (each) => each),
  };
}

type Context = Pick<Scenario, 'chaosMs' | 'hosts' | 'applications' | 'cloud'>;

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

function drawCloud(random: SimRandom, hosts: readonly HostPlan[]): CloudPlan {
  return {
    machines: hosts.filter(() => random.chance(0.8)).map(({ address }) => address),
    cpus: random.whole(1, 4),
    labels: random.chance(0.3) ? { place: 'roof' } : {},
    mostAdded: random.pick([0, 0, 1, 2]),
    replacementsPerHour: random.pick([1, 2, 10]),
  };
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
    const plain = withPolicies(random.fork(`policies of ${name}`), drawInstance(random, context), names);
    const file = withSensors(random.fork(`sensors of ${name}`), plain);
    return { atMs, act: { do: 'create', name, file } as const };
  });
  const later = created.flatMap(({ atMs, act: { name } }) => drawLaterWishes(random, name, atMs, context.chaosMs));
  const schedules = drawScheduleWishes(random.fork('schedules'), created, context);
  const machines = [...drawNodeWishes(random, context), ...drawCloudWishes(random.fork('cloud'), context)];
  const others = [...schedules, ...machines, ...drawSilences(random.fork('silences'), context)];
  return [...created, ...later, ...others].toSorted((a, b) => a.atMs - b.atMs);
}

function drawInstance(random: SimRandom, { applications, chaosMs }: Context): PlainPlan {
  const algorithm = random.pick(['watch', 'batch'] as const);
  return {
    algorithm: random.chance(0.3) ? `only-${algorithm}` : algorithm,
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

type PlainPlan = Omit<InstancePlan, 'overlap' | 'missed' | 'lead'>;

/** Half of all instances are as ordinary as can be. */
/** One in five needs a sensor. */
function withSensors(random: SimRandom, plain: InstancePlan): InstancePlan {
  if (!random.chance(0.2)) return plain;
  return { ...plain, missing: random.pick(['wait', 'wait', 'run-without', 'refuse'] as const) };
}

/** Each sensor is silent now and then; when the faults are over people see to it that all are heard. */
function drawSilences(random: SimRandom, { chaosMs }: Context): ScenarioAct<Wish>[] {
  return SENSORS.flatMap((sensor) => {
    const times = Array.from({ length: random.whole(0, 3) }, () => random.between(0, chaosMs));
    return times.flatMap((atMs) => [
      { atMs, act: { do: 'silence', sensor } as const },
      { atMs: atMs + random.between(500, 60_000), act: { do: 'hear', sensor } as const },
    ]);
  });
}

function withPolicies(random: SimRandom, plain: PlainPlan, names: readonly string[]): InstancePlan {
  if (random.chance(0.5)) return { ...plain, overlap: 'skip', missed: 'run-latest', lead: '0s' };
  const max = random.whole(1, 4);
  const { kind, duration } = plain.schedule;
  const limit = duration === undefined ? {} : { duration };
  const cron = { kind: 'cron', expression: `*/${random.pick([10, 15, 20, 30])} * * * * *`, ...limit };
  const follow = {
    kind: 'after',
    instance: random.pick(names),
    on: random.pick(['success', 'failure', 'any']),
    ...limit,
  };
  const isRepeated = kind === 'interval';
  const schedule = isRepeated && random.chance(0.4) ? cron : isRepeated && random.chance(0.2) ? follow : plain.schedule;
  return {
    ...plain,
    schedule,
    overlap: random.pick(['allow', 'skip', 'replace', { policy: 'queue', max }]),
    missed: random.pick(['skip', 'run-latest', { policy: 'run-all', max, maxAge: `${random.whole(1, 90)}s` }]),
    lead: random.pick(['0s', '2s', '15s']),
  };
}

type Created = ScenarioAct<Extract<Wish, { do: 'create' }>>;

function drawScheduleWishes(random: SimRandom, created: readonly Created[], context: Context): ScenarioAct<Wish>[] {
  const names = created.map(({ act: { name } }) => name);
  const skips = created
    .filter(() => random.chance(0.3))
    .map(({ atMs, act: { name } }) => ({
      atMs: atMs + random.between(500, 30_000),
      act: { do: 'skip', name } as const,
    }));
  const changes = created
    .filter(({ act: { file } }) => file.schedule.kind === 'interval' && random.chance(0.3))
    .map(({ atMs, act: { name, file } }) => {
      const every = `${random.whole(5, 40)}s`;
      const changed = withPolicies(random, { ...file, schedule: { ...file.schedule, every } }, names);
      return { atMs: random.between(atMs, context.chaosMs), act: { do: 'change', name, file: changed } as const };
    });
  if (!random.chance(0.2)) return [...skips, ...changes];
  const pausedMs = random.between(1000, context.chaosMs * 0.8);
  const resumedMs = pausedMs + random.between(1000, 40_000);
  const pause = { atMs: pausedMs, act: { do: 'pause-schedules' } as const };
  return [...skips, ...changes, pause, { atMs: resumedMs, act: { do: 'resume-schedules' } as const }];
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

function drawCloudWishes(random: SimRandom, { cloud, hosts, chaosMs }: Context): ScenarioAct<Wish>[] {
  if (!cloud) return [];
  const adopted = cloud.machines.map((host) => {
    const isNode = hosts.some(({ address, isNode: isFirst }) => address === host && isFirst);
    return {
      atMs: isNode ? random.between(1500, 6000) : random.between(30_000, chaosMs),
      act: { do: 'adopt', host } as const,
    };
  });
  const others = Array.from({ length: random.pick([0, 0, 1, 2]) }, () => {
    const kind = random.pick(['recovery-off', 'recovery-on', 'recover', 'replace', 'grow'] as const);
    const host = random.pick(hosts).address;
    return { atMs: random.between(10_000, chaosMs), act: kind === 'grow' ? { do: kind } : { do: kind, host } };
  });
  return [...adopted, ...others];
}

function drawFaults(random: SimRandom, context: Context): ScenarioAct<Fault>[] {
  const count = random.pick([0, 1, 2, 4, 8, 12]);
  const faults = Array.from({ length: count }, () => ({
    atMs: random.between(5000, context.chaosMs * 0.95),
    act: drawFault(random, random.pick(context.hosts).address),
  }));
  const ofCloud = drawCloudFaults(random.fork('cloud'), context);
  return [...faults, ...ofCloud].toSorted((a, b) => a.atMs - b.atMs);
}

/** Leases are counted on the platform's wall clock: it may be set back at any time, but not forward by more than their margin. */
function withSmallJump({ atMs, act }: ScenarioAct<Fault>): ScenarioAct<Fault> {
  return { atMs, act: act.do === 'jump-platform' ? { ...act, ms: Math.min(act.ms, 300) } : act };
}

/** A person gives a node up while it cannot be reached, whatever may still run there. */
function drawAbandonments(random: SimRandom, faults: readonly ScenarioAct<Fault>[]): ScenarioAct<Wish>[] {
  return faults.flatMap(({ atMs, act }) => {
    const isLong = (act.do === 'cut' || act.do === 'freeze' || act.do === 'power-off') && act.ms > 10_000;
    if (!isLong || !random.chance(0.3)) return [];
    return [{ atMs: atMs + random.between(4000, 10_000), act: { do: 'abandon-node', host: act.host } }];
  });
}

/** At most one machine is wrecked: of more the platform might rightly think that the network is down, and leave them to people. */
function drawCloudFaults(random: SimRandom, { cloud, chaosMs }: Context): ScenarioAct<Fault>[] {
  if (!cloud || cloud.machines.length === 0) return [];
  const atMs = () => random.between(15_000, chaosMs * 0.95);
  const host = () => random.pick(cloud.machines);
  const done = Array.from({ length: random.pick([0, 1, 1, 2, 3]) }, () => {
    const kind = random.pick(['console-stop', 'console-stop', 'console-destroy'] as const);
    return { atMs: atMs(), act: { do: kind, host: host() } };
  });
  const cure = random.pick(['power-cycle', 'power-cycle', 'replace'] as const);
  const wreck = random.chance(0.5) ? [{ atMs: atMs(), act: { do: 'wreck', host: host(), cure } as const }] : [];
  return [...done, ...wreck];
}

type Draw = (random: SimRandom, host: string) => Fault;

/** Long enough for everything on it to be given up. */
const LONG_MS = 180_000;

const machineFault =
  (kind: 'power-off' | 'freeze' | 'cut' | 'hang-engine' | 'fill-disk', mostMs: number): Draw =>
  (random, host) => ({ do: kind, host, ms: random.between(200, random.chance(0.3) ? LONG_MS : mostMs) });

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
  machineFault('power-off', 30_000),
  machineFault('freeze', 60_000),
  machineFault('cut', 60_000),
  machineFault('hang-engine', 45_000),
  machineFault('fill-disk', 40_000),
  (random, host) => ({
    do: 'stop-engine',
    host,
    ms: random.between(200, random.chance(0.3) ? LONG_MS : 20_000),
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

// One life of the platform in a simulated world: the real engine, scheduler, deployment and nodes on simulated ports. What main does for
// the real one, without API, logs and images.

import { serveDeployRequests } from '../../src/deployment/deploy-requests.ts';
import { FleetController } from '../../src/deployment/fleet-controller.ts';
import { FleetView } from '../../src/deployment/fleet-view.ts';
import { JobController } from '../../src/deployment/job-controller.ts';
import type { PlacementRules } from '../../src/deployment/node-filters.ts';
import type { Controller } from '../../src/engine/controller.ts';
import { Engine } from '../../src/engine/engine.ts';
import { eventMaker, eventRecorder, type RecordEvent } from '../../src/engine/event-recorder.ts';
import { WatchedStore } from '../../src/engine/watched-store.ts';
import { NODE_LIMITS, ORDER_LIMITS, RECOVERY_LIMITS } from '../../src/main/ordinary-limits.ts';
import { buildServerRoom, type ServerRoom } from '../../src/main/server-room.ts';
import { LoadHistory } from '../../src/nodes/load-history.ts';
import { NodeController } from '../../src/nodes/node-controller.ts';
import { NodeRequests } from '../../src/nodes/node-requests.ts';
import { NodeSessions } from '../../src/nodes/node-sessions.ts';
import type { NodeSettings } from '../../src/nodes/node-settings.ts';
import { TaskController } from '../../src/nodes/task-controller.ts';
import type { TaskEvidence } from '../../src/nodes/task-evidence.ts';
import type { Bus } from '../../src/ports/bus.ts';
import type { Clock } from '../../src/ports/clock.ts';
import type { Log } from '../../src/ports/log.ts';
import type { Machines } from '../../src/ports/machine.ts';
import type { Store } from '../../src/ports/store.ts';
import { InstanceController } from '../../src/scheduler/instance-controller.ts';
import { PauseController } from '../../src/scheduler/pause-controller.ts';
import { BindingController } from '../../src/sensors/binding-controller.ts';
import type { Scenario } from '../../src/sim/scenario.ts';
import { SimBus } from '../../src/sim/sim-bus.ts';
import { SimClock, type WallClock } from '../../src/sim/sim-clock.ts';
import { SimCloud } from '../../src/sim/sim-cloud.ts';
import type { SimDisk } from '../../src/sim/sim-disk.ts';
import type { SimHost } from '../../src/sim/sim-host.ts';
import { SimMachines } from '../../src/sim/sim-machines.ts';
import type { SimProcess } from '../../src/sim/sim-process.ts';
import { SimProviders } from '../../src/sim/sim-provider.ts';
import type { SimRandom } from '../../src/sim/sim-random.ts';
import { SimSeries } from '../../src/sim/sim-series.ts';
import { SimStore } from '../../src/sim/sim-store.ts';
import type { Weather } from '../../src/sim/weather.ts';
import { countedController } from './counted-controller.ts';
import { ImageDouble } from './image-double.ts';
import type { Mutation } from './mutation.ts';
import { overridden } from './overridden.ts';
import { serveLeases } from './serve-leases.ts';
import { simLog } from './sim-log.ts';

/** The world around a platform. */
export interface Surroundings {
  readonly process: SimProcess;
  readonly wall: WallClock;
  readonly disk: SimDisk;
  readonly hosts: ReadonlyMap<string, SimHost>;
  readonly cloud: SimCloud | undefined;
  readonly weather: Weather;
  readonly scenario: Scenario;
  readonly mutation: Mutation;
  readonly decided: (key: string) => void;
}

/** Marks what belongs to the simulated platform. */
const PLATFORM_UID = 'simulated';

const NODE_SETTINGS: NodeSettings = { ...NODE_LIMITS, keepEndedMs: 15_000 };

/** Shorter than for real machines, whose restarts take minutes: a world lives for a few. */
const RECOVERY = {
  ...RECOVERY_LIMITS,
  steps: {
    'restart-engine': { most: 2, settleMs: 10_000 },
    'power-cycle': { most: 2, settleMs: 20_000 },
    replace: { most: 2, settleMs: 20_000 },
  },
  powerCycleAfterMs: 10_000,
  describeWellEveryMs: 10_000,
  retry: { firstMs: 3000, maxMs: 20_000 },
  forgetTriesAfterMs: 60_000,
};
const ORDERS = { ...ORDER_LIMITS, lookKeptEveryMs: 10_000, joinedWithinMs: 120_000, keptMs: 20_000 };

/** What people's requests are served with. */
export interface SimPlatform {
  readonly store: Store;
  readonly bus: Bus;
  readonly clock: Clock;
  readonly random: SimRandom;
  readonly recordEvent: RecordEvent;
  readonly nodes: NodeRequests;
  readonly servers: ServerRoom;
  readonly process: SimProcess;
}

interface Ports {
  readonly store: WatchedStore;
  readonly bus: Bus;
  readonly clock: Clock;
  readonly random: SimRandom;
  readonly log: Log;
  readonly machines: Machines;
  readonly recordEvent: RecordEvent;
}

/** Starts a platform; resolves when it runs. */
export async function startSimPlatform(around: Surroundings): Promise<SimPlatform> {
  const ports = buildPorts(around);
  const { store, bus, clock, random, log, machines, recordEvent } = ports;
  const { sweepEveryMs } = around.scenario;
  const engine = new Engine({
    clock,
    random,
    log,
    concurrency: 64,
    sweepEveryMs,
    backoff: { firstMs: 200, maxMs: 20_000 },
  });
  const wake = faulty(around, (key: string) => engine.wake(key));
  const fleet = new FleetView();
  const servers = serverRoom(around, ports, wake);
  for (const controller of [...controllers(around, ports, fleet, wake), ...servers.controllers]) {
    const mutated = around.mutation.controller?.(controller) ?? controller;
    engine.register(countedController(mutated, around.decided));
  }
  const tell = faulty(around, (write: { kind: never; doc: never }) => engine.written(write.kind, write.doc));
  store.onWritten((kind, id, doc) => {
    fleet.written(kind, id, doc);
    tell({ kind: kind as never, doc: doc as never });
  });
  await fleet.refresh(store);
  await serveDeployRequests({ store, bus, clock, log, wake });
  await engine.start();
  const nodes = new NodeRequests({ store, clock, machines, recordEvent });
  return { store, bus, clock, random, recordEvent, nodes, servers, process: around.process };
}

function buildPorts({ process, wall, disk, hosts, weather, mutation }: Surroundings): Ports {
  const random = process.world.random.fork(`platform ${process.name}`);
  const log = simLog(process);
  const ownClock = new SimClock(process, wall);
  const clock = mutation.clock?.(ownClock) ?? ownClock;
  const plain = new SimStore({ process, disk, weather });
  const store = new WatchedStore(mutation.store?.(plain, clock) ?? plain);
  const machines = reached(new SimMachines({ process, weather, hosts }), mutation);
  const bus = new SimBus(process, weather);
  return { store, bus, clock, random, log, machines, recordEvent: eventRecorder({ store, clock, random, log }) };
}

function reached(machines: Machines, { machine: wrap }: Mutation): Machines {
  if (!wrap) return machines;
  return overridden(machines, { connect: async (access) => wrap(await machines.connect(access)) });
}

/** Wake-ups as the weather lets them through: dropped, doubled or late. */
function faulty<T>({ process, weather }: Surroundings, wake: (what: T) => void): (what: T) => void {
  const random = process.world.random.fork(`wake-ups of ${process.name}`);
  return (what) => {
    if (random.chance(weather.wakeDropped)) return;
    if (random.chance(weather.wakeDoubled)) wake(what);
    if (random.chance(weather.wakeLate)) process.later(random.between(1, 3000), () => wake(what));
    else wake(what);
  };
}

function controllers(
  around: Surroundings,
  ports: Ports,
  fleet: FleetView,
  wake: (key: string) => void,
): readonly Controller[] {
  const { process, scenario, mutation } = around;
  const { store, bus, clock, random, log, recordEvent } = ports;
  const evidence = evidenceDouble(process);
  const history = new LoadHistory({ series: new SimSeries(clock), clock, log });
  const common = { ...ports, evidence, history, platformUid: PLATFORM_UID, settings: NODE_SETTINGS };
  const sessions = new NodeSessions({
    ...common,
    wake,
    sdkConnection: serveLeases(around, ports),
    imageConnection: refuse,
  });
  const secrets = {
    taskToken: (task: string) => `token of ${task}`,
    imagePassword: (node: string) => `password of ${node}`,
  };
  const ownRules = roomRules(scenario);
  const rules = mutation.rules?.(ownRules) ?? ownRules;
  return [
    new NodeController({ store, clock, sessions, recordEvent, wake, platformUid: PLATFORM_UID }),
    new TaskController({ ...common, ...secrets, sessions, isOurs: () => true }),
    new FleetController({ store, clock, fleet, wake }),
    new JobController({ store, fleet, rules, recordEvent, wake }),
    new InstanceController({ store, bus, recordEvent, newEvent: eventMaker({ clock, random }) }),
    new PauseController(store, wake),
    new BindingController({ store, recordEvent }),
    new ImageDouble(store, scenario.applications),
  ];
}

function roomRules({ cpuOvercommit }: Scenario): PlacementRules {
  return { cpuOvercommit, memoryHeadroomBytes: 0, diskHeadroomBytes: 0 };
}

/** Without a provider the room still restarts engines. */
function serverRoom(around: Surroundings, ports: Ports, wake: (key: string) => void): ServerRoom {
  const { process, weather, scenario, mutation, cloud } = around;
  const own = new SimProviders({ process, weather, cloud: cloud ?? new SimCloud(process.world, 'none') });
  const providers = mutation.provider
    ? overridden(own, { open: async () => mutation.provider?.(await own.open()) ?? own.open() })
    : own;
  const replacementsPerHour = scenario.cloud?.replacementsPerHour ?? 0;
  const limits = { recovery: { ...RECOVERY, replacementsPerHour }, orders: ORDERS };
  return buildServerRoom({ ...ports, wake, providers, rules: roomRules(scenario), limits });
}

function refuse(): never {
  throw new Error('Nothing in a simulated world connects to the platform.');
}

/** Logs and outputs are not simulated; keeping them takes a moment all the same. */
function evidenceDouble(process: SimProcess): TaskEvidence {
  return {
    follow: () => {},
    lost: () => {},
    finish: () => new Promise((resolve) => void process.later(2, () => resolve([]))),
  };
}

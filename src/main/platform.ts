// The whole platform in one process: builds every room on the foundations, starts the loop and the API, and ends them in order.
import { IcalCalendars } from '../adapters/ical-calendars/ical-calendars.ts';
import { buildServer, serve } from '../api/server.ts';
import { DEFAULT_PACKAGE_LIMITS } from '../applications/package-limits.ts';
import { UploadHolds } from '../applications/upload-holds.ts';
import { serveDeployRequests } from '../deployment/deploy-requests.ts';
import { FleetController } from '../deployment/fleet-controller.ts';
import { FleetView } from '../deployment/fleet-view.ts';
import { HistorySweepController } from '../deployment/history-sweep-controller.ts';
import { JobController } from '../deployment/job-controller.ts';
import { Engine } from '../engine/engine.ts';
import { eventMaker, eventRecorder, type RecordEvent } from '../engine/event-recorder.ts';
import { EventSweep } from '../engine/event-sweep.ts';
import { LogSweepController } from '../nodes/log-sweep-controller.ts';
import { NodeController } from '../nodes/node-controller.ts';
import { NodeRequests } from '../nodes/node-requests.ts';
import { makeTaskToken } from '../nodes/sdk-token.ts';
import { TaskController } from '../nodes/task-controller.ts';
import { CalendarController } from '../scheduler/calendar-controller.ts';
import { GapSweep } from '../scheduler/gap-sweep.ts';
import { InstanceController } from '../scheduler/instance-controller.ts';
import { PauseController } from '../scheduler/pause-controller.ts';
import { scheduleFaults } from '../scheduler/schedule-faults.ts';
import { scheduleInWords } from '../scheduler/schedule-words.ts';
import { BindingController } from '../sensors/binding-controller.ts';
import { RegistrationController } from '../sensors/registration-controller.ts';
import { type AccountRoom, accountRoomOf } from './account-room.ts';
import { type ActionRoom, buildActionRoom } from './action-room.ts';
import { backupOf } from './backup-room.ts';
import { openDeviceGate } from './device-gate.ts';
import { buildEdgeRoom, type EdgeRoom } from './edge-room.ts';
import type { Foundations } from './foundations.ts';
import type { ImageRoom } from './image-room.ts';
import {
  buildNodeRooms,
  endNodeRooms,
  type Loop,
  logLimits,
  type NodeRooms,
  nodeSettings,
  type TaskRooms,
} from './node-rooms.ts';
import { openProviders } from './open-providers.ts';
import { ENGINE_LIMITS, EVENT_LIMITS, HISTORY_LIMITS, ORDER_LIMITS, RECOVERY_LIMITS } from './ordinary-limits.ts';
import { platformLook } from './platform-look.ts';
import { openSecretRoom, type SecretRoom } from './secret-room.ts';
import { buildSensorRoom, type SensorRoom } from './sensor-room.ts';
import { buildServerRoom, type ServerRoom } from './server-room.ts';
import { VERSION } from './version.ts';

/** A platform that runs. */
export interface RunningPlatform {
  /** Address of the API. */
  readonly url: string;
  readonly images: ImageRoom;
  readonly nodes: NodeRequests;
  readonly recordEvent: RecordEvent;
  readonly accounts: AccountRoom['parts'];
  /** Ends everything of the platform in order; applications go on. */
  stop(): Promise<void>;
}

/** Starts a platform on its foundations. */
export async function startPlatform(foundations: Foundations): Promise<RunningPlatform> {
  const { clock, random, log, store, settings } = foundations;
  const engine = new Engine({ clock, random, log, ...ENGINE_LIMITS });
  const recordEvent = eventRecorder({ store, clock, random, log });
  const fleet = new FleetView();
  const secrets = await openSecretRoom({ ...foundations, recordEvent, acceptsLost: settings.lostSecrets === 'accept' });
  const sensors = sensorRoomOf(foundations, recordEvent);
  const actions = actionRoomOf(foundations, { engine, recordEvent, sensors, secrets });
  const rooms = buildNodeRooms(foundations, { engine, recordEvent, fleet, sensors, actions, secrets });
  const servers = serverRoomOf(foundations, { engine, recordEvent, secrets });
  const edge = buildEdgeRoom(foundations);
  const accounts = accountRoomOf(foundations, { recordEvent, actions });
  const own = [servers, actions, sensors, secrets, edge, accounts].flatMap(({ controllers }) => controllers);
  for (const controller of own) engine.register(controller);
  registerControllers(foundations, { engine, recordEvent, fleet, rooms });
  store.onWritten((kind, id, doc) => {
    fleet.written(kind, id, doc);
    sensors.written(kind, id, doc);
    engine.written(kind, doc);
  });
  await fleet.refresh(store);
  const wake = (key: string) => engine.wake(key);
  const stopServing = await serveDeployRequests({ store, bus: foundations.bus, clock, log, wake });
  const nodes = new NodeRequests({ store, clock, machines: foundations.machines, recordEvent });
  if (settings.dockerSocket !== '') await nodes.ensureLocalNode(settings.dockerSocket);
  const server = await buildApi(foundations, {
    engine,
    recordEvent,
    rooms,
    servers,
    nodes,
    actions,
    sensors,
    secrets,
    edge,
    accounts,
  });
  await engine.start();
  await sensors.open();
  const url = await serve(server, { host: settings.listenHost, port: settings.listenPort });
  accounts.listensAt(url);
  const stop = async () => {
    await server.close();
    await stopServing();
    await accounts.close();
    await engine.stop();
    await actions.close();
    await sensors.close();
    await servers.close();
    secrets.close();
    await endNodeRooms(foundations, rooms);
  };
  return { url, images: rooms.images, nodes, recordEvent, accounts: accounts.parts, stop };
}

function registerControllers(
  foundations: Foundations,
  { engine, recordEvent, fleet, rooms }: Loop & { readonly rooms: NodeRooms },
): void {
  const { clock, random, log, store, bus, platform, keys } = foundations;
  const wake = (key: string) => engine.wake(key);
  const rules = roomRules(foundations);
  const acts = { clock, log, recordEvent, evidence: rooms.evidence, platformUid: platform.uid };
  const secrets = {
    taskToken: (task: string) => makeTaskToken(keys.taskTokens, task),
    imagePassword: rooms.images.nodePassword,
  };
  engine.register(
    new NodeController({ store, clock, sessions: rooms.sessions, recordEvent, wake, platformUid: platform.uid }),
  );
  engine.register(
    new TaskController({
      store,
      random,
      ...acts,
      ...secrets,
      sessions: rooms.sessions,
      settings: nodeSettings(foundations),
    }),
  );
  engine.register(new FleetController({ store, clock, fleet, wake }));
  engine.register(new JobController({ store, fleet, rules, recordEvent, wake }));
  engine.register(new InstanceController({ store, bus, recordEvent, newEvent: eventMaker({ clock, random }) }));
  engine.register(new PauseController(store, wake));
  engine.register(new RegistrationController({ store, recordEvent }));
  engine.register(new BindingController({ store, recordEvent }));
  for (const controller of rooms.images.controllers) engine.register(controller);
  engine.register(new LogSweepController(store, logLimits(foundations)));
  engine.register(new EventSweep(store, EVENT_LIMITS));
  engine.register(new CalendarController({ store, calendars: new IcalCalendars(), recordEvent, wake }));
  const { historyMaxAgeMs: maxAgeMs, historyJobs } = foundations.settings;
  const limits = { maxAgeMs, jobsPerInstance: historyJobs };
  engine.register(new HistorySweepController({ store, log, limits, ...HISTORY_LIMITS }));
  engine.register(new GapSweep(store, { maxAgeMs, perInstance: historyJobs, ...HISTORY_LIMITS }));
}

function serverRoomOf(
  foundations: Foundations,
  { engine, recordEvent, secrets }: Pick<Loop, 'engine' | 'recordEvent'> & Pick<TaskRooms, 'secrets'>,
) {
  const { store, clock, random, log, machines, platform, settings, machineRoots, caCertificates } = foundations;
  const publicKey = () => machines.publicKey();
  return buildServerRoom({
    ...{ store, clock, random, log, recordEvent, machines },
    wake: (key) => engine.wake(key),
    providers: openProviders({
      ...{ clock, rootFilesystems: machineRoots, caCertificates, publicKey },
      environment: process.env,
      platformUid: platform.uid,
      secretValue: (reference) => secrets.named.value(reference),
    }),
    rules: roomRules(foundations),
    limits: {
      recovery: {
        ...RECOVERY_LIMITS,
        powerCycleAfterMs: settings.powerCycleAfterMs,
        replacementsPerHour: settings.replacementsPerHour,
      },
      orders: ORDER_LIMITS,
    },
  });
}

function actionRoomOf(
  foundations: Foundations,
  {
    engine,
    recordEvent,
    sensors,
    secrets,
  }: Pick<Loop, 'engine' | 'recordEvent'> & Pick<TaskRooms, 'sensors' | 'secrets'>,
): ActionRoom {
  const { store, blobs, clock, random, log, platform, caCertificates, settings } = foundations;
  return buildActionRoom({
    ...{ store, blobs, clock, random, log, recordEvent, caCertificates, secrets: secrets.named },
    wake: (key) => engine.wake(key),
    sendControl: (command, signal) => sensors.commands.send(command, signal),
    platformUid: platform.uid,
    maxAgeMs: settings.actionMaxAgeMs,
  });
}

function sensorRoomOf(foundations: Foundations, recordEvent: RecordEvent): SensorRoom {
  const { store, clock, log, series, readings, platform, settings } = foundations;
  return buildSensorRoom({
    ...{ store, clock, log, series, readings, recordEvent },
    readingMaxAgeMs: settings.readingMaxAgeMs,
    openGate: (listener) => openDeviceGate({ settings, clock, log, listener, platformUid: platform.uid }),
  });
}

function roomRules({ settings }: Foundations) {
  return {
    cpuOvercommit: settings.cpuOvercommit,
    memoryHeadroomBytes: settings.memoryHeadroomBytes,
    diskHeadroomBytes: settings.diskHeadroomBytes,
  };
}

interface ApiNeeds {
  readonly engine: Engine;
  readonly recordEvent: RecordEvent;
  readonly rooms: NodeRooms;
  readonly servers: ServerRoom;
  readonly nodes: NodeRequests;
  readonly edge: EdgeRoom;
  readonly accounts: AccountRoom;
  readonly actions: ActionRoom;
  readonly sensors: SensorRoom;
  readonly secrets: SecretRoom;
}

function buildApi(foundations: Foundations, needs: ApiNeeds) {
  const { engine, recordEvent, rooms, servers, nodes, actions, sensors, secrets, edge, accounts } = needs;
  const { clock, random, log, store, blobs, bus, archives, machines, platform, settings } = foundations;
  const limits = { ...DEFAULT_PACKAGE_LIMITS, zipBytes: settings.packageLimitBytes };
  const startedAt = clock.now();
  return buildServer({
    ...edge.parts,
    accounts: accounts.parts,
    ...{ store, blobs, bus, clock, random, log, recordEvent, machines, nodes, series: foundations.series },
    applications: {
      store,
      blobs,
      archives,
      clock,
      log,
      record: recordEvent,
      limits,
      holds: new UploadHolds({ blobs, store }),
    },
    images: rooms.images.requests,
    installations: rooms.images.installations,
    servers: servers.servers,
    providers: servers.providers,
    channels: actions.channels,
    secrets: secrets.requests,
    readings: { reads: sensors.reads, requests: sensors.requests },
    calendars: new IcalCalendars(),
    schedules: { faults: scheduleFaults, inWords: scheduleInWords },
    liveLogs: rooms.liveLogs,
    backup: backupOf(foundations),
    platform: { uid: platform.uid, version: VERSION, startedAt },
    ...platformLook(foundations, { engine, sdk: rooms.sdkEndpoint, liveLogs: rooms.liveLogs, sensors, startedAt }),
    backlog: () => engine.backlog(),
  });
}

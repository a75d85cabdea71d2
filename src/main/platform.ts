// The whole platform in one process: builds every room on the foundations, starts the loop and the API, and ends them in order.
import type { Duplex } from 'node:stream';
import { IcalCalendars } from '../adapters/ical-calendars/ical-calendars.ts';
import { TcpDialer } from '../adapters/tcp-dialer/tcp-dialer.ts';
import { SdkEndpoint } from '../api/sdk-endpoint.ts';
import { buildServer, serve } from '../api/server.ts';
import { DEFAULT_PACKAGE_LIMITS } from '../applications/package-limits.ts';
import { UploadHolds } from '../applications/upload-holds.ts';
import { serveDeployRequests } from '../deployment/deploy-requests.ts';
import { FleetController } from '../deployment/fleet-controller.ts';
import { FleetView } from '../deployment/fleet-view.ts';
import { HistorySweepController } from '../deployment/history-sweep-controller.ts';
import { JobController } from '../deployment/job-controller.ts';
import { Engine } from '../engine/engine.ts';
import { eventRecorder, type RecordEvent } from '../engine/event-recorder.ts';
import { EventSweep } from '../engine/event-sweep.ts';
import { TaskEvidenceKeeper } from '../nodes/evidence-keeper.ts';
import { InstanceStates } from '../nodes/instance-state-requests.ts';
import { LoadHistory } from '../nodes/load-history.ts';
import { LiveLogs } from '../nodes/log-live.ts';
import { logSweepController } from '../nodes/log-sweep-controller.ts';
import { NodeController } from '../nodes/node-controller.ts';
import { NodeRequests } from '../nodes/node-requests.ts';
import { NodeSessions } from '../nodes/node-sessions.ts';
import { SdkRequests } from '../nodes/sdk-requests.ts';
import { checkTaskToken, makeTaskToken } from '../nodes/sdk-token.ts';
import { TaskController } from '../nodes/task-controller.ts';
import { CalendarController } from '../scheduler/calendar-controller.ts';
import { GapSweep } from '../scheduler/gap-sweep.ts';
import { InstanceController } from '../scheduler/instance-controller.ts';
import { PauseController } from '../scheduler/pause-controller.ts';
import { scheduleFaults } from '../scheduler/schedule-faults.ts';
import { scheduleInWords } from '../scheduler/schedule-words.ts';
import { BindingController } from '../sensors/binding-controller.ts';
import { RegistrationController } from '../sensors/registration-controller.ts';
import { type ActionRoom, buildActionRoom } from './action-room.ts';
import { openDeviceGate } from './device-gate.ts';
import type { Foundations } from './foundations.ts';
import { buildImageRoom, type ImageRoom } from './image-room.ts';
import { openProviders } from './open-providers.ts';
import {
  ENGINE_LIMITS,
  EVENT_LIMITS,
  HISTORY_LIMITS,
  NODE_LIMITS,
  ORDER_LIMITS,
  RECORD_LIMITS,
  RECOVERY_LIMITS,
} from './ordinary-limits.ts';
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
  /** Ends everything of the platform in order; applications go on. */
  stop(): Promise<void>;
}

/** Starts a platform on its foundations. */
export async function startPlatform(foundations: Foundations): Promise<RunningPlatform> {
  const { clock, random, log, store, settings } = foundations;
  const engine = new Engine({ clock, random, log, ...ENGINE_LIMITS });
  const recordEvent = eventRecorder({ store, clock, random, log });
  const fleet = new FleetView();
  const sensors = sensorRoomOf(foundations, recordEvent);
  const actions = actionRoomOf(foundations, { engine, recordEvent, sensors });
  const rooms = buildNodeRooms(foundations, { engine, recordEvent, fleet, sensors, actions });
  const servers = serverRoomOf(foundations, { engine, recordEvent });
  for (const controller of [...servers.controllers, ...actions.controllers, ...sensors.controllers])
    engine.register(controller);
  registerControllers(foundations, { engine, recordEvent, fleet, rooms });
  store.onWritten((kind, id, doc) => {
    fleet.written(kind, id, doc);
    sensors.written(kind, id, doc);
    engine.written(kind, doc);
  });
  await fleet.refresh(store);
  const stopServing = await serveDeployRequests({
    store,
    bus: foundations.bus,
    clock,
    log,
    wake: (key) => engine.wake(key),
  });
  const nodes = new NodeRequests({ store, clock, machines: foundations.machines, recordEvent });
  if (settings.dockerSocket !== '') await nodes.ensureLocalNode(settings.dockerSocket);
  const server = await buildApi(foundations, { engine, recordEvent, rooms, servers, nodes, actions, sensors });
  await engine.start();
  await sensors.open();
  const url = await serve(server, { host: settings.listenHost, port: settings.listenPort });
  const stop = async () => {
    await server.close();
    await stopServing();
    await engine.stop();
    await actions.close();
    await sensors.close();
    await servers.close();
    await endRooms(foundations, rooms);
  };
  return { url, images: rooms.images, nodes, recordEvent, stop };
}

interface Rooms {
  readonly images: ImageRoom;
  readonly sessions: NodeSessions;
  readonly evidence: TaskEvidenceKeeper;
  readonly history: LoadHistory;
  readonly liveLogs: LiveLogs;
  readonly sdk: SdkRequests;
  readonly sdkEndpoint: SdkEndpoint;
}

interface Loop {
  readonly engine: Engine;
  readonly recordEvent: RecordEvent;
  readonly fleet: FleetView;
}

/** What tasks reach through the SDK. */
interface TaskRooms {
  readonly sensors: SensorRoom;
  readonly actions: ActionRoom;
}

function buildNodeRooms(
  foundations: Foundations,
  { engine, recordEvent, fleet, sensors, actions }: Loop & TaskRooms,
): Rooms {
  const { clock, random, log, store, blobs, machines, keys, platform, settings } = foundations;
  const history = new LoadHistory({ series: foundations.series, clock, log });
  const liveLogs = new LiveLogs();
  const keeping = { store, blobs, recordLimits: RECORD_LIMITS };
  const evidence = new TaskEvidenceKeeper({
    ...keeping,
    clock,
    log,
    live: liveLogs,
    logLimits: logLimits(foundations),
    mostPendingLogBytes: 64 * 1024 * 1024,
  });
  const dialer = new TcpDialer({ clock, refuse: [settings.listenHost], allow: settings.relayAllow });
  const sdk = new SdkRequests({
    ...keeping,
    clock,
    dialer,
    leaseMs: settings.leaseMs,
    onWritten: (listener) => store.onWritten(listener),
    checkTaskToken: (token) => checkTaskToken(keys.taskTokens, token),
  });
  const states = new InstanceStates(store, clock);
  const sdkEndpoint = new SdkEndpoint({ sdk, readings: sensors.feeds, actions: actions.requests, states, clock, log });
  const images = buildImageRoom(foundations, {
    fleet,
    live: (node) => sessions.live(node),
    wake: (key) => engine.wake(key),
    recordEvent,
  });
  const sessions: NodeSessions = new NodeSessions({
    ...{ clock, random, log, store, machines, recordEvent, evidence, history },
    wake: (key) => engine.wake(key),
    settings: nodeSettings(foundations),
    platformUid: platform.uid,
    sdkConnection: (node: string, connection: Duplex) => sdkEndpoint.accept(connection, node),
    imageConnection: (_: string, connection: Duplex) => images.endpoint.accept(connection),
  });
  return { images, sessions, evidence, history, liveLogs, sdk, sdkEndpoint };
}

function nodeSettings({ settings }: Foundations) {
  return { ...NODE_LIMITS, keepEndedMs: settings.endedContainerMs };
}

function logLimits({ settings }: Foundations) {
  return { mostAgeMs: settings.logMaxAgeMs, mostBytesPerTask: settings.logMaxBytes };
}

function registerControllers(
  foundations: Foundations,
  { engine, recordEvent, fleet, rooms }: Loop & { readonly rooms: Rooms },
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
  engine.register(new InstanceController({ store, bus, recordEvent }));
  engine.register(new PauseController(store, wake));
  engine.register(new RegistrationController({ store, recordEvent }));
  engine.register(new BindingController({ store, recordEvent }));
  for (const controller of rooms.images.controllers) engine.register(controller);
  engine.register(logSweepController(store, logLimits(foundations)));
  engine.register(new EventSweep(store, EVENT_LIMITS));
  engine.register(new CalendarController({ store, calendars: new IcalCalendars(), recordEvent, wake }));
  const { historyMaxAgeMs: maxAgeMs, historyJobs } = foundations.settings;
  const limits = { maxAgeMs, jobsPerInstance: historyJobs };
  engine.register(new HistorySweepController({ store, log, limits, ...HISTORY_LIMITS }));
  engine.register(new GapSweep(store, { maxAgeMs, perInstance: historyJobs, ...HISTORY_LIMITS }));
}

function serverRoomOf(foundations: Foundations, { engine, recordEvent }: Pick<Loop, 'engine' | 'recordEvent'>) {
  const { store, clock, random, log, machines, platform, settings, machineRoots, caCertificates } = foundations;
  const publicKey = () => machines.publicKey();
  return buildServerRoom({
    ...{ store, clock, random, log, recordEvent, machines },
    wake: (key) => engine.wake(key),
    providers: openProviders({
      ...{ clock, rootFilesystems: machineRoots, caCertificates, publicKey },
      environment: process.env,
      platformUid: platform.uid,
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
  { engine, recordEvent, sensors }: Pick<Loop, 'engine' | 'recordEvent'> & Pick<TaskRooms, 'sensors'>,
): ActionRoom {
  const { store, blobs, clock, random, log, platform, caCertificates, settings } = foundations;
  return buildActionRoom({
    ...{ store, blobs, clock, random, log, recordEvent, caCertificates },
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
  readonly rooms: Rooms;
  readonly servers: ServerRoom;
  readonly nodes: NodeRequests;
  readonly actions: ActionRoom;
  readonly sensors: SensorRoom;
}

function buildApi(foundations: Foundations, needs: ApiNeeds) {
  const { engine, recordEvent, rooms, servers, nodes, actions, sensors } = needs;
  const { clock, random, log, store, blobs, bus, archives, machines, platform, settings } = foundations;
  const limits = { ...DEFAULT_PACKAGE_LIMITS, zipBytes: settings.packageLimitBytes };
  return buildServer({
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
    readings: { reads: sensors.reads, requests: sensors.requests },
    calendars: new IcalCalendars(),
    schedules: { faults: scheduleFaults, inWords: scheduleInWords },
    liveLogs: rooms.liveLogs,
    platform: { uid: platform.uid, version: VERSION, startedAt: clock.now() },
    backlog: () => engine.backlog(),
  });
}

/** Logs are flushed while the store is open; sockets to nodes close before what answers on them. */
async function endRooms({ bus, store, series, readings }: Foundations, rooms: Rooms): Promise<void> {
  await rooms.evidence.close();
  await rooms.sessions.closeAll();
  await rooms.history.close();
  await series.close();
  rooms.sdk.close();
  rooms.sdkEndpoint.close();
  await readings.close();
  rooms.images.endpoint.close();
  await rooms.images.idle();
  await bus.close();
  await store.close();
}

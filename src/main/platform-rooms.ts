// Builds every room of the platform on its foundations, and wires them to each other and to the loop. Nothing runs yet.
import { FleetView } from '../deployment/fleet-view.ts';
import { Engine } from '../engine/engine.ts';
import { eventRecorder, type RecordEvent } from '../engine/event-recorder.ts';
import type { KeptReading } from '../model/sensor.ts';
import { NodeRequests } from '../nodes/node-requests.ts';
import { accountRoomOf } from './account-room.ts';
import { type ActionRoom, buildActionRoom } from './action-room.ts';
import { componentHost, localComponents } from './component-moves.ts';
import { openDeviceGate } from './device-gate.ts';
import { buildEdgeRoom } from './edge-room.ts';
import type { Foundations } from './foundations.ts';
import { loopControllers, ofRoles } from './loop-controllers.ts';
import { buildMonitoringRoom, type MonitoringRoom } from './monitoring-room.ts';
import { buildNodeRooms, type Loop, type TaskRooms } from './node-rooms.ts';
import { openProviders } from './open-providers.ts';
import { engineLimits, ORDER_LIMITS, RECOVERY_LIMITS, roomRules } from './ordinary-limits.ts';
import { openPeerRoom, type PeerRoom } from './peer-room.ts';
import { type ProcessShare, sharedWithOthers, wholeShare } from './process-share.ts';
import { openSecretRoom } from './secret-room.ts';
import { buildSensorRoom, type SensorRoom } from './sensor-room.ts';
import { buildServerRoom } from './server-room.ts';
import { ShareChanges } from './share-changes.ts';
import { VERSION } from './version.ts';

/** Every room of a platform, the loop, and what of it is this process's. */
export type PlatformRooms = Awaited<ReturnType<typeof buildRooms>>;

/** Builds the rooms, and registers with the loop what this process runs of them. */
export async function buildRooms(foundations: Foundations) {
  const { clock, random, log, store, settings, machines } = foundations;
  const changes = new ShareChanges(clock, log);
  const share = settings.bus === '' ? wholeShare() : sharedWithOthers(foundations, changes);
  const engine = new Engine({ clock, random, log, ...engineLimits(settings.store), ownership: share.ownership });
  const recordEvent = eventRecorder({ store, clock, random, log });
  const fleet = new FleetView();
  const secrets = await openSecretRoom({
    ...{ ...foundations, recordEvent, roles: share.roles },
    acceptsLost: settings.lostSecrets === 'accept',
  });
  const sensors = sensorRoomOf(foundations, recordEvent);
  const actions = actionRoomOf(foundations, { engine, recordEvent, sensors, secrets });
  const rooms = buildNodeRooms(foundations, {
    ...{ engine, recordEvent, fleet, sensors, actions, secrets },
    isOurs: (node) => share.isOurs(node),
  });
  const peers =
    share.ownership &&
    (await openPeerRoom({ foundations, share, live: rooms.liveLogs, components: localComponents(foundations) }));
  const servers = serverRoomOf(foundations, { engine, recordEvent, secrets });
  const edge = buildEdgeRoom(foundations);
  const accounts = accountRoomOf(foundations, { recordEvent, actions });
  const monitoring = monitoringOf(foundations, { engine, recordEvent, actions, share, peers });
  const own = [servers, actions, sensors, secrets, edge, accounts, monitoring].flatMap(
    ({ controllers }) => controllers,
  );
  const loop = loopControllers(foundations, { engine, recordEvent, fleet, rooms, share });
  for (const controller of ofRoles([...own, ...loop], share.roles)) engine.register(controller);
  const nodes = new NodeRequests({ store, clock, machines, recordEvent });
  const running = { changes, share, engine, recordEvent, fleet };
  return { ...running, secrets, sensors, actions, rooms, peers, servers, edge, accounts, monitoring, nodes };
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
    rules: roomRules(foundations.settings),
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

function monitoringOf(
  foundations: Foundations,
  {
    engine,
    recordEvent,
    actions,
    share,
    peers,
  }: Pick<Loop, 'engine' | 'recordEvent'> & {
    readonly actions: ActionRoom;
    readonly share: ProcessShare;
    readonly peers: PeerRoom | undefined;
  },
): MonitoringRoom {
  const { store, bus, clock, log, metrics, identity, settings } = foundations;
  const { component: id, run, machine, roles } = identity;
  return buildMonitoringRoom({
    ...{ store, bus, clock, log, recordEvent, metrics },
    identity: { id, run, machine, roles: [...roles], version: VERSION, pid: process.pid },
    backlog: () => engine.backlog(),
    beatAt: () => engine.beatAt,
    shards: () => share.counts(),
    sendByChannel: (message) => actions.sendByChannel(message),
    host: peers ? componentHost(foundations, peers.elsewhere.peers) : null,
    dataDirectory: settings.data,
    statusDirectory: process.env.BERTH_SUPERVISOR_STATUS ?? '',
  });
}

function sensorRoomOf(foundations: Foundations, recordEvent: RecordEvent): SensorRoom {
  const { store, clock, log, series, readings, platform, settings } = foundations;
  return buildSensorRoom({
    ...{ store, clock, log, series, readings, recordEvent },
    ...(settings.bus === '' ? {} : { tellReadings: readingTeller(foundations) }),
    readingMaxAgeMs: settings.readingMaxAgeMs,
    openGate: (listener) => openDeviceGate({ settings, clock, log, listener, platformUid: platform.uid }),
  });
}

/** Readings for tasks and people at other processes; one that is lost is read from the store by whoever goes on after it. */
function readingTeller({ bus, log }: Foundations): (readings: readonly KeptReading[]) => void {
  return (readings) => {
    for (const reading of readings) {
      bus.publish('berth.sensor.readings', reading.sensor, reading).catch((error: unknown) => {
        log.debug('A reading could not be told', { sensor: reading.sensor, error });
      });
    }
  };
}

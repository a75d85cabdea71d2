// Puts together what touches nodes: connections, logs and output, the tasks' SDK, images; and ends it in order.
import type { Duplex } from 'node:stream';
import { TcpDialer } from '../adapters/tcp-dialer/tcp-dialer.ts';
import { SdkEndpoint } from '../api/sdk-endpoint.ts';
import type { FleetView } from '../deployment/fleet-view.ts';
import type { Engine } from '../engine/engine.ts';
import type { RecordEvent } from '../engine/event-recorder.ts';
import { TaskEvidenceKeeper } from '../nodes/evidence-keeper.ts';
import { InstanceStates } from '../nodes/instance-state-requests.ts';
import { LoadHistory } from '../nodes/load-history.ts';
import { LiveLogs } from '../nodes/log-live.ts';
import { NodeSessions } from '../nodes/node-sessions.ts';
import { SdkRequests } from '../nodes/sdk-requests.ts';
import { checkTaskToken } from '../nodes/sdk-token.ts';
import type { ActionRoom } from './action-room.ts';
import type { Foundations } from './foundations.ts';
import { buildImageRoom, type ImageRoom, type ImageRoomNeeds } from './image-room.ts';
import { NODE_LIMITS, RECORD_LIMITS } from './ordinary-limits.ts';
import type { SecretRoom } from './secret-room.ts';
import type { SensorRoom } from './sensor-room.ts';

/** Everything that touches nodes, and what hangs on it. */
export interface NodeRooms {
  readonly images: ImageRoom;
  readonly sessions: NodeSessions;
  readonly evidence: TaskEvidenceKeeper;
  readonly history: LoadHistory;
  readonly liveLogs: LiveLogs;
  readonly sdk: SdkRequests;
  readonly sdkEndpoint: SdkEndpoint;
}

/** What rooms are told by and tell. */
export interface Loop {
  readonly engine: Engine;
  readonly recordEvent: RecordEvent;
  readonly fleet: FleetView;
}

/** What tasks reach through the SDK. */
export interface TaskRooms {
  readonly secrets: SecretRoom;
  readonly sensors: SensorRoom;
  readonly actions: ActionRoom;
}

/** Builds the rooms; nothing is connected yet. */
export function buildNodeRooms(
  foundations: Foundations,
  { engine, recordEvent, fleet, isOurs, sensors, actions, secrets }: Loop & TaskRooms & Pick<ImageRoomNeeds, 'isOurs'>,
): NodeRooms {
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
  const sdkEndpoint = new SdkEndpoint({
    ...{ sdk, readings: sensors.feeds, actions: actions.requests, states, secrets: secrets.tasks, clock, log },
  });
  const images = buildImageRoom(foundations, {
    fleet,
    live: (node) => sessions.live(node),
    isOurs,
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

/** How nodes are treated. */
export function nodeSettings({ settings }: Foundations) {
  return { ...NODE_LIMITS, keepEndedMs: settings.endedContainerMs };
}

/** How long logs are kept, and how much of them. */
export function logLimits({ settings }: Foundations) {
  return { mostAgeMs: settings.logMaxAgeMs, mostBytesPerTask: settings.logMaxBytes };
}

/** Logs are flushed while the store is open; sockets to nodes close before what answers on them. */
export async function endNodeRooms({ bus, store, series, readings }: Foundations, rooms: NodeRooms): Promise<void> {
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

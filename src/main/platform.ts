// A platform's process: starts the loop, its share of the work and the API on the rooms, and ends them in order.
import { serve } from '../api/server.ts';
import { serveTopicRequests } from '../api/topic-requests.ts';
import { serveDeployRequests } from '../deployment/deploy-requests.ts';
import type { Engine } from '../engine/engine.ts';
import type { RecordEvent } from '../engine/event-recorder.ts';
import type { Role } from '../model/role.ts';
import { GATE_SHARD } from '../model/shard.ts';
import type { NodeRequests } from '../nodes/node-requests.ts';
import type { Leave } from '../ports/bus.ts';
import type { AccountRoom } from './account-room.ts';
import { closeFoundations, type Foundations } from './foundations.ts';
import { IdleMemory } from './idle-memory.ts';
import type { ImageRoom } from './image-room.ts';
import { endNodeRooms } from './node-rooms.ts';
import { buildApi } from './platform-api.ts';
import { buildRooms, type PlatformRooms } from './platform-rooms.ts';
import type { ProcessShare } from './process-share.ts';

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

/** The same; what a start that failed would leave open is closed, so that its process ends. */
export async function startOrClose(foundations: Foundations): Promise<RunningPlatform> {
  try {
    return await startPlatform(foundations);
  } catch (error) {
    await closeFoundations(foundations);
    throw error;
  }
}

type ApiServer = Awaited<ReturnType<typeof buildApi>>;

/** Starts a platform on its foundations. */
export async function startPlatform(foundations: Foundations): Promise<RunningPlatform> {
  const { store, settings } = foundations;
  const built = await buildRooms(foundations);
  const { share, engine, recordEvent, fleet, sensors, rooms, peers, accounts, monitoring, nodes } = built;
  store.onWritten((kind, id, doc) => {
    fleet.written(kind, id, doc);
    sensors.written(kind, id, doc);
    engine.written(kind, doc);
  });
  if (needsFleet(share.roles)) await fleet.refresh(store);
  const stopServing = await serveDeployment(foundations, built);
  if (settings.dockerSocket !== '' && share.roles.has('nodes')) await nodes.ensureLocalNode(settings.dockerSocket);
  const server = await buildApi(foundations, built);
  const address = await peers?.listen(server);
  await engine.start();
  const stopSharing = await takeShare(foundations, built);
  const url = await listenAt(server, foundations, address);
  accounts.listensAt(url);
  await monitoring.start(address ?? null);
  const stopAnswering = await answerTopics(foundations, share, server);
  const memory = idleMemoryOf(foundations, engine);
  const stop = async () => {
    await monitoring.stopping();
    memory?.close();
    await stopAnswering?.();
    await server.close();
    await peers?.close();
    await stopServing?.();
    await endRooms(foundations, built, stopSharing);
  };
  return { url, images: rooms.images, nodes, recordEvent, accounts: accounts.parts, stop };
}

/** Who places tasks, and who looks for a machine to build images on. */
function needsFleet(roles: ReadonlySet<Role>): boolean {
  return roles.has('deployment') || roles.has('nodes');
}

/** Who still uses something ends before it. */
async function endRooms(foundations: Foundations, built: PlatformRooms, stopSharing: Leave): Promise<void> {
  const { engine, rooms, servers, sensors, actions, secrets, accounts, monitoring } = built;
  await accounts.close();
  await engine.stop();
  await actions.close();
  await stopSharing();
  await sensors.close();
  await servers.close();
  secrets.close();
  await monitoring.close();
  await foundations.ownLog.close();
  await endNodeRooms(foundations, rooms);
}

/** The scheduler's requests come in where jobs are decided on. */
async function serveDeployment(
  { store, bus, clock, log }: Foundations,
  { share, engine }: PlatformRooms,
): Promise<Leave | undefined> {
  if (!share.roles.has('deployment')) return undefined;
  return serveDeployRequests({ store, bus, clock, log, wake: (key) => engine.wake(key) });
}

/** Begins with what is this process's: all of it, or what the leases give it. Resolves to how to give it up. */
async function takeShare(foundations: Foundations, built: PlatformRooms): Promise<Leave> {
  const { share, changes, engine, rooms, sensors, fleet } = built;
  const { store, bus } = foundations;
  if (!share.ownership) {
    await sensors.open();
    return async () => {};
  }
  const ownsGate = () => share.owns('sensors', GATE_SHARD);
  const refresh = async () => (needsFleet(share.roles) ? fleet.refresh(store) : undefined);
  changes.attach({ engine, rooms, sensors, refresh, ownsGate, isOurs: (node) => share.isOurs(node) });
  const isFollowing = share.roles.has('api') || share.roles.has('nodes');
  const leave = isFollowing
    ? await bus.follow('berth.sensor.readings', async ({ message }) => {
        if (!ownsGate()) sensors.keptElsewhere([message]);
      })
    : undefined;
  await share.start();
  return async () => {
    await leave?.();
    await share.close();
    changes.close();
  };
}

/** People reach the processes with the role for it; the others answer at the address for their peers alone. */
async function listenAt(
  server: ApiServer,
  { settings, identity }: Foundations,
  address: string | undefined,
): Promise<string> {
  if (address !== undefined && !identity.roles.has('api')) return address;
  return serve(server, { host: settings.listenHost, port: settings.listenPort });
}

/** Clients outside ask over a topic what they could ask over HTTP. */
async function answerTopics(
  { store, bus, clock, log, settings }: Foundations,
  { roles }: ProcessShare,
  server: ApiServer,
): Promise<Leave | undefined> {
  if (settings.bus === '' || !roles.has('api')) return undefined;
  return serveTopicRequests({ store, bus, clock, log, server });
}

/** Only where V8 lets itself be asked to collect (`--expose-gc`). */
function idleMemoryOf({ clock }: Foundations, engine: Engine): IdleMemory | undefined {
  const { gc } = globalThis;
  if (!gc) return undefined;
  const isIdle = () => {
    const { waiting, running } = engine.backlog();
    return waiting + running === 0;
  };
  const collect = () => gc({ type: 'major', execution: 'sync', flavor: 'last-resort' });
  return new IdleMemory({ clock, isIdle, heapBytes: () => process.memoryUsage().heapTotal, collect });
}

// The API over the real database, blobs, bus, archives and machines, in a directory of its own, and a client that checks each answer
// against the contract.

import { join } from 'node:path';
import type { FastifyInstance, LightMyRequestResponse } from 'fastify';
import { onTestFinished } from 'vitest';
import type { z } from 'zod';
import { AuditRequests } from '../../../src/accounts/audit-requests.ts';
import { makeToken } from '../../../src/accounts/token-requests.ts';
import { Debootstrap } from '../../../src/adapters/debootstrap/debootstrap.ts';
import { DockerMachines } from '../../../src/adapters/docker-machine/docker-machines.ts';
import { ORDINARY_TIMEOUTS } from '../../../src/adapters/docker-machine/timeouts.ts';
import { FileBlobs } from '../../../src/adapters/file-blobs/file-blobs.ts';
import { FileKeyring } from '../../../src/adapters/file-keyring/file-keyring.ts';
import { IcalCalendars } from '../../../src/adapters/ical-calendars/ical-calendars.ts';
import { MemoryBus } from '../../../src/adapters/memory-bus/memory-bus.ts';
import { SqliteStore } from '../../../src/adapters/sqlite-store/sqlite-store.ts';
import { SystemClock } from '../../../src/adapters/system-clock/system-clock.ts';
import { SystemRandom } from '../../../src/adapters/system-random/system-random.ts';
import { ZipArchives } from '../../../src/adapters/zip-archives/zip-archives.ts';
import { ZipBackup } from '../../../src/adapters/zip-backup/zip-backup.ts';
import type { ApiParts } from '../../../src/api/api-parts.ts';
import type { RouteName } from '../../../src/api/contract/endpoints.ts';
import type { Route } from '../../../src/api/contract/route.ts';
import { ROUTES } from '../../../src/api/contract/routes.ts';
import { errorView } from '../../../src/api/contract/views.ts';
import { buildServer } from '../../../src/api/server.ts';
import { DEFAULT_PACKAGE_LIMITS } from '../../../src/applications/package-limits.ts';
import { UploadHolds } from '../../../src/applications/upload-holds.ts';
import { makeBackup } from '../../../src/backups/backup-requests.ts';
import { readSettings } from '../../../src/config/read-settings.ts';
import { shownSettings } from '../../../src/config/shown-settings.ts';
import { eventRecorder } from '../../../src/engine/event-recorder.ts';
import { WatchedStore } from '../../../src/engine/watched-store.ts';
import { imageRequests } from '../../../src/images/image-requests.ts';
import { InstallationReads } from '../../../src/images/installation-reads.ts';
import { blobsNamedBy } from '../../../src/images/named-blobs.ts';
import { buildAccountRoom } from '../../../src/main/account-room.ts';
import { buildActionRoom } from '../../../src/main/action-room.ts';
import { NO_GATE } from '../../../src/main/device-gate.ts';
import { openProviders } from '../../../src/main/open-providers.ts';
import { openSecretRoom } from '../../../src/main/secret-room.ts';
import { buildSensorRoom } from '../../../src/main/sensor-room.ts';
import { ROLES } from '../../../src/model/role.ts';
import { LiveLogs } from '../../../src/nodes/log-live.ts';
import { NodeRequests } from '../../../src/nodes/node-requests.ts';
import type { LogFields } from '../../../src/ports/log.ts';
import type { SecretFiles } from '../../../src/ports/secret-files.ts';
import { scheduleFaults } from '../../../src/scheduler/schedule-faults.ts';
import { scheduleInWords } from '../../../src/scheduler/schedule-words.ts';
import { ProviderPool } from '../../../src/servers/provider-pool.ts';
import { ProviderRequests } from '../../../src/servers/provider-requests.ts';
import { ServerRequests } from '../../../src/servers/server-requests.ts';
import { SimReadings } from '../../../src/sim/sim-readings.ts';
import { SimSeries } from '../../../src/sim/sim-series.ts';
import { temporaryDirectory } from '../../contracts/temporary-directory.ts';

const backupParts = {
  ...{ files: new ZipBackup(), copies: [], blobsOf: blobsNamedBy, keys: 'none' },
  platform: { uid: 'platform-1', version: '0.1.0' },
};

/** A line that the platform wrote to its own log as a warning or an error. */
export interface Complaint {
  readonly message: string;
  readonly fields: LogFields;
}

/** An API with what it was handed. */
export interface ApiWorld {
  readonly server: FastifyInstance;
  readonly parts: ApiParts & { readonly liveLogs: LiveLogs; readonly blobs: FileBlobs };
  readonly complaints: Complaint[];
  /** Allows everything. */
  readonly token: string;
  /** A new token that allows only this. */
  tokenFor(...permissions: readonly string[]): Promise<string>;
}

/** Everything ends with the test, or with the hook, that asked for it. */
export async function openApi(
  over: Partial<Pick<ApiParts, 'machines' | 'clock' | 'edge' | 'audit'>> = {},
): Promise<ApiWorld> {
  const complaints: Complaint[] = [];
  const parts = { ...(await apiParts(complaints)), ...over };
  const server = await buildServer(parts);
  onTestFinished(() => server.close());
  const tokenFor = async (...permissions: readonly string[]) => {
    const { token, doc } = makeToken(parts, { name: 'tester', permissions, expiresAt: null });
    await parts.store.create('token', doc);
    return token;
  };
  return { server, parts, complaints, token: await tokenFor('*'), tokenFor };
}

async function apiParts(complaints: Complaint[]): Promise<ApiWorld['parts']> {
  const directory = await temporaryDirectory();
  const complain = (message: string, fields: LogFields = {}) => void complaints.push({ message, fields });
  const log = { debug() {}, info() {}, warn: complain, error: complain };
  const clock = new SystemClock();
  const random = new SystemRandom();
  const store = new WatchedStore(SqliteStore.open({ path: join(directory, 'berth.db'), clock, log }));
  const bus = new MemoryBus({ clock, log, limit: 1000, backoff: { firstMs: 100, maxMs: 1000 } });
  onTestFinished(async () => {
    await bus.close();
    await store.close();
  });
  const blobs = await FileBlobs.open({ directory: join(directory, 'blobs'), clock });
  const recordEvent = eventRecorder({ store, clock, random, log });
  const timeouts = { ...ORDINARY_TIMEOUTS, connectMs: 2000 };
  const machines = new DockerMachines({ platformKeyDirectory: join(directory, 'key'), clock, random, log, timeouts });
  const holds = new UploadHolds({ blobs, store });
  const limits = DEFAULT_PACKAGE_LIMITS;
  const series = new SimSeries(clock);
  const keyring = await FileKeyring.open({ path: join(directory, 'secrets'), clock, random });
  const secrets = await openSecretRoom({
    store,
    clock,
    log,
    keyring,
    recordEvent,
    acceptsLost: false,
    roles: new Set(ROLES),
  });
  onTestFinished(() => secrets.close());
  const [mail, publicUrl] = [async () => false, () => 'https://berth.example.org'];
  const accounts = buildAccountRoom({ store, clock, random, log, recordEvent, mail, publicUrl });
  onTestFinished(() => accounts.close());
  return {
    ...{ store, blobs, bus, clock, random, log, recordEvent, machines },
    applications: { store, blobs, archives: new ZipArchives(blobs), clock, log, record: recordEvent, limits, holds },
    images: imageRequests(store, clock),
    installations: new InstallationReads(store, blobs),
    series,
    nodes: new NodeRequests({ store, clock, machines, recordEvent }),
    ...serverRequests({ store, clock, random, recordEvent, machines }),
    channels: channelRequests({ store, blobs, clock, random, log, recordEvent, secrets: secrets.named }),
    secrets: secrets.requests,
    accounts: accounts.parts,
    readings: readingParts({ store, series, clock, log, recordEvent }),
    calendars: new IcalCalendars(),
    schedules: { faults: scheduleFaults, inWords: scheduleInWords },
    liveLogs: new LiveLogs(),
    audit: new AuditRequests({ store, clock, random, log }),
    edge: { publicUrl: '', trustedProxies: [], webDirectory: join(directory, 'web') },
    backup: (now) => makeBackup({ ...backupParts, store, blobs }, now),
    platform: { uid: 'platform-1', version: '0.1.0', startedAt: clock.now() },
    components: async () => [],
    settings: shownSettings(readSettings({})),
    backlog: () => ({ waiting: 0, running: 0, alarms: 0 }),
  };
}

function channelRequests(
  parts: Pick<ApiParts, 'blobs' | 'clock' | 'random' | 'log' | 'recordEvent'> & {
    readonly store: WatchedStore;
    readonly secrets: SecretFiles;
  },
): ApiParts['channels'] {
  const room = buildActionRoom({
    ...parts,
    ...{ wake: () => undefined, platformUid: 'platform-1', caCertificates: '', maxAgeMs: 1000 },
    sendControl: async () => ({ outcome: 'failed', detail: 'There are no devices.' }),
  });
  onTestFinished(() => room.close());
  return room.channels;
}

function readingParts(
  parts: Pick<ApiParts, 'series' | 'clock' | 'log' | 'recordEvent'> & { readonly store: WatchedStore },
) {
  const { reads, requests, written, close } = buildSensorRoom({
    ...parts,
    ...{ readings: new SimReadings(), readingMaxAgeMs: 86_400_000 },
    openGate: async () => NO_GATE,
  });
  parts.store.onWritten(written);
  onTestFinished(close);
  return { reads, requests };
}

/** Providers are the real ones; those that are commands need no cloud. */
function serverRequests(parts: Pick<ApiParts, 'store' | 'clock' | 'random' | 'recordEvent' | 'machines'>) {
  const providers = openProviders({
    ...{ clock: parts.clock, environment: { PATH: process.env.PATH }, caCertificates: '', platformUid: 'platform-1' },
    rootFilesystems: new Debootstrap('/nonexistent'),
    publicKey: () => parts.machines.publicKey(),
    secretValue: () => Promise.reject(new Error('There are none.')),
  });
  const pool = new ProviderPool({ store: parts.store, providers });
  return { servers: new ServerRequests({ ...parts, pool }), providers: new ProviderRequests({ ...parts, providers }) };
}

/** What a call carries; without a token, `null`. */
export interface TestCall {
  readonly params?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  readonly zip?: Buffer;
  /** A file as it was written, with its media type. */
  readonly file?: { readonly type: string; readonly contents: string };
  readonly token?: string | null;
}

/** What a route answers when all is well. */
export type GoodAnswer<N extends RouteName> = (typeof ROUTES)[N]['answer'] extends z.ZodType
  ? z.output<(typeof ROUTES)[N]['answer']>
  : never;

/** Calls a route without a socket. */
export function callRaw(world: ApiWorld, name: RouteName, call: TestCall = {}): Promise<LightMyRequestResponse> {
  const { method, path }: Route = ROUTES[name];
  const { params = {}, query = {}, body, zip, file, token = world.token } = call;
  const url = path.replaceAll(/:(\w+)/g, (_, word: string) => encodeURIComponent(params[word] ?? 'unknown'));
  const authorization = token === null ? {} : { authorization: `Bearer ${token}` };
  const payload = file?.contents ?? zip ?? (body === undefined ? undefined : JSON.stringify(body));
  const type = file?.type ?? (zip ? 'application/zip' : 'application/json');
  const headers = { ...authorization, ...(payload === undefined ? {} : { 'content-type': type }) };
  return world.server.inject({
    method,
    url,
    query: { ...query },
    headers,
    ...(payload === undefined ? {} : { payload }),
  });
}

/** Calls a route that answers what its contract says; anything else fails the test. */
export async function call<N extends RouteName>(
  world: ApiWorld,
  name: N,
  asked: TestCall = {},
): Promise<GoodAnswer<N>> {
  const response = await callRaw(world, name, asked);
  if (response.statusCode !== 200) throw new Error(`${name} answered ${response.statusCode}: ${response.body}`);
  return exactly(ROUTES[name].answer as z.ZodType, response.json()) as GoodAnswer<N>;
}

/** Calls a route that refuses, with a coded error of the contract's shape. */
export async function refused(world: ApiWorld, name: RouteName, asked: TestCall = {}) {
  const response = await callRaw(world, name, asked);
  if (response.statusCode < 400) throw new Error(`${name} answered ${response.statusCode}: ${response.body}`);
  return { status: response.statusCode, ...errorView.parse(response.json()).error };
}

/** A value that fits a schema and has nothing more than the schema says. */
export function exactly(schema: z.ZodType, value: unknown): unknown {
  const parsed = schema.parse(value);
  const [more, less] = [JSON.stringify(value), JSON.stringify(parsed)];
  if (more.length !== less.length) throw new Error(`The contract says ${less}, but the answer was ${more}`);
  return parsed;
}

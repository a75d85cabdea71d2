// The tasks' SDK endpoint: HTTP/1.1 over the nodes' SDK sockets, whose connections are handed in; it listens nowhere itself.
//
//   GET /sdk/v1/desired?known=<etag>   what the launcher is to do, held until it differs from what is known (204 if it does not)
//   POST /sdk/v1/lease                 the right of an `exactlyOne` task to run for another while: { leaseMs }, or 409
//   PUT /sdk/v1/records/<id>           a record with its header `Berth-Record`; 200 when durable, again and again
//   CONNECT host:port                  a connection to a declared host
//   /sdk/v1/sensors...                 readings of the task's sensors (sdk-sensors.ts)
//   /sdk/v1/actions...                 what it asks to be done (sdk-actions.ts)
//   /sdk/v1/state...                   what its instance keeps (sdk-state.ts)
//   /sdk/v1/secrets                    the secrets that it names (sdk-secrets.ts)
//
// A refusal is JSON: { "code", "message", "remedy" }. Everything carries `Authorization: Bearer <task token>`. Nothing from a container is believed: sizes, times and numbers are bounded.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { BerthError } from '../model/errors.ts';
import type { Instant } from '../model/instant.ts';
import type { Task } from '../model/task.ts';
import type { SdkRequests } from '../nodes/sdk-requests.ts';
import type { Clock } from '../ports/clock.ts';
import type { Log } from '../ports/log.ts';
import { answerActions, type TaskActions } from './sdk-actions.ts';
import { bodyOf } from './sdk-body.ts';
import { goneSignal, noRoute, type SdkCall, sendNothing, sendValue } from './sdk-call.ts';
import { SdkConnections } from './sdk-connections.ts';
import { relayBytes } from './sdk-relay.ts';
import { answerSecrets, type TaskSecrets } from './sdk-secrets.ts';
import { answerSensors, type TaskReadings } from './sdk-sensors.ts';
import { answerState, type TaskStates } from './sdk-state.ts';

/** What the endpoint needs. */
export interface SdkEndpointParts {
  readonly sdk: SdkRequests;
  readonly readings: TaskReadings;
  readonly actions: TaskActions;
  readonly states: TaskStates;
  readonly secrets: TaskSecrets;
  readonly clock: Clock;
  readonly log: Log;
}

/** From the opening of a connection, or its last answer, to the end of the next headers. */
const HEADERS_WITHIN_MS = 60_000;

const MOST_HEADER_BYTES = 32 * 1024;

const ROOT = '/sdk/v1/';

/** Serves the connections of tasks until it is closed. */
export class SdkEndpoint {
  readonly #parts: SdkEndpointParts;
  readonly #connections = new SdkConnections();
  readonly #server: Server;
  readonly #headerTimers = new Map<Duplex, () => void>();
  #closed = false;
  #lastAt: Instant | null = null;

  constructor(parts: SdkEndpointParts) {
    this.#parts = parts;
    this.#server = createServer({ maxHeaderSize: MOST_HEADER_BYTES, keepAliveTimeout: 0 }, (request, response) => {
      void this.#answer(request, response);
    });
    this.#server.on('connect', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
      void this.#connect(request, socket, head);
    });
    this.#server.on('clientError', (_error, socket) => socket.destroy());
  }

  /** Serves a connection that came from a node's SDK socket. */
  accept(connection: Duplex, node: string): void {
    if (this.#closed) return void connection.destroy();
    // HTTP, the count of connections and both directions of a relay listen to it.
    connection.setMaxListeners(32);
    // A program behind the relay may end its half and still wait for the answer.
    connection.allowHalfOpen = true;
    // An error of a connection only ends it; its requests fail by themselves.
    connection.on('error', () => connection.destroy());
    connection.once('close', () => this.#headersCame(connection));
    this.#connections.add(connection, node);
    this.#lastAt = this.#parts.clock.now();
    this.#awaitHeaders(connection);
    this.#server.emit('connection', connection);
  }

  /** Connections that are open, and when one last came; null: none has. */
  get connections(): { readonly connections: number; readonly lastAt: Instant | null } {
    return { connections: this.#connections.open, lastAt: this.#lastAt };
  }

  /** Cuts every connection off; launchers and couriers come again. */
  close(): void {
    this.#closed = true;
    this.#connections.destroyAll();
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    this.#headersCame(request.socket);
    response.once('finish', () => this.#awaitHeaders(request.socket));
    try {
      await this.#route(request, response, await this.#authenticate(request));
    } catch (error) {
      this.#refuse(request, response, error);
    }
  }

  async #route(request: IncomingMessage, response: ServerResponse, task: Task): Promise<void> {
    // Not by URL, for which `.` and `..` are no names, percent-encoded or not.
    const [path = '', query] = (request.url ?? '').split('?', 2);
    const { method = '' } = request;
    const words = wordsOf(path);
    if (!words) throw noRoute(method, path);
    const { clock } = this.#parts;
    const call: SdkCall = { request, response, task, clock, method, words, query: new URLSearchParams(query) };
    await this.#answerCall(call);
  }

  async #answerCall(call: SdkCall): Promise<void> {
    const { method, words, task, response } = call;
    const [room = '', word, ...more] = words;
    const { sdk, readings, actions, states, secrets } = this.#parts;
    if (room === 'sensors') return answerSensors(readings, call);
    if (room === 'state') return answerState(states, call);
    if (room === 'actions') {
      await sdk.requireItsSlot(task);
      return answerActions(actions, call);
    }
    if (room === 'secrets') {
      await sdk.requireItsSlot(task);
      return answerSecrets(secrets, call);
    }
    if (room === 'records' && method === 'PUT' && word && more.length === 0) return this.#takeRecord(call, word);
    if (method === 'GET' && words.join('/') === 'desired') return this.#desired(call);
    if (method === 'POST' && words.join('/') === 'lease') {
      return sendValue(response, 200, { leaseMs: await sdk.renewLease(task) });
    }
    throw noRoute(method, ROOT + words.join('/'));
  }

  async #desired({ response, task, query }: SdkCall): Promise<void> {
    const desired = await this.#parts.sdk.desired(task, query.get('known') ?? '', goneSignal(response));
    if (desired) sendValue(response, 200, desired);
    else sendNothing(response);
  }

  async #takeRecord({ request, response, task, clock }: SdkCall, id: string): Promise<void> {
    const header = request.headers['berth-record'];
    const body = bodyOf(request, clock);
    await this.#parts.sdk.acceptRecord(task, { id, header: typeof header === 'string' ? header : '', body });
    request.unpipe(body).resume();
    sendValue(response, 200, {});
  }

  async #connect(request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> {
    this.#headersCame(socket);
    try {
      const task = await this.#authenticate(request);
      const { host, port } = target(request.url ?? '');
      const there = await this.#parts.sdk.relay(task, host, port);
      socket.write('HTTP/1.1 200 Connection Established\r\n\r\n');
      if (head.length > 0) socket.unshift(head);
      const carried = await relayBytes(socket, there, this.#parts.clock);
      this.#parts.log.debug('A relayed connection ended', { task: task.id, host, port, ...carried });
    } catch (error) {
      this.#awaitHeaders(socket);
      socket.end(refusalText(this.#errorFor(error)));
    }
  }

  async #authenticate(request: IncomingMessage): Promise<Task> {
    const [, token = ''] = /^Bearer ([\w.-]+)$/.exec(request.headers.authorization ?? '') ?? [];
    const node = this.#connections.nodeOf(request.socket);
    if (node === undefined) throw new BerthError('sdk.token-refused');
    const task = await this.#parts.sdk.authenticate(token, node);
    this.#connections.claim(request.socket, task.id);
    return task;
  }

  #refuse(request: IncomingMessage, response: ServerResponse, error: unknown): void {
    request.resume();
    if (response.headersSent || response.destroyed) return void response.destroy();
    const told = this.#errorFor(error);
    sendValue(response, told.status, refusalOf(told));
  }

  #errorFor(error: unknown): BerthError {
    if (error instanceof BerthError) return error;
    this.#parts.log.error('A request of a task failed', { error });
    const detail = error instanceof Error ? error.message : String(error);
    return new BerthError('platform.internal', { detail }, { cause: error });
  }

  #awaitHeaders(connection: Duplex): void {
    this.#headerTimers.get(connection)?.();
    this.#headerTimers.set(
      connection,
      this.#parts.clock.after(HEADERS_WITHIN_MS, () => connection.destroy()),
    );
  }

  #headersCame(connection: Duplex): void {
    this.#headerTimers.get(connection)?.();
    this.#headerTimers.delete(connection);
  }
}

function target(url: string): { readonly host: string; readonly port: number } {
  const colon = url.lastIndexOf(':');
  const port = Number(url.slice(colon + 1));
  const host = url.slice(0, Math.max(colon, 0)).replace(/^\[(.*)\]$/, '$1');
  if (host === '' || !Number.isInteger(port) || port < 1 || port > 65_535) {
    throw new BerthError('request.invalid', { detail: 'CONNECT needs host:port' });
  }
  return { host, port };
}

/** What follows the root, decoded; undefined for what is not below it, or not written as it should be. */
function wordsOf(path: string): readonly string[] | undefined {
  if (!path.startsWith(ROOT)) return undefined;
  try {
    return path.slice(ROOT.length).split('/').map(decodeURIComponent);
  } catch {
    return undefined;
  }
}

function refusalOf({ code, message, remedy }: BerthError) {
  return { code, message, remedy };
}

function refusalText(error: BerthError): string {
  const body = JSON.stringify(refusalOf(error));
  const head = `HTTP/1.1 ${error.status} Refused\r\ncontent-type: application/json\r\nconnection: close`;
  return `${head}\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;
}

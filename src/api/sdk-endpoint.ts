// The tasks' SDK endpoint: HTTP/1.1 over the nodes' SDK sockets, whose connections are handed in; it listens nowhere itself.
//
//   GET /sdk/v1/desired?known=<etag>   what the launcher is to do, held until it differs from what is known (204 if it does not)
//   POST /sdk/v1/lease                 the right of an `exactlyOne` task to run for another while: { leaseMs }, or 409
//   PUT /sdk/v1/records/<id>           a record with its header `Berth-Record`; 200 when durable, again and again
//   CONNECT host:port                  a connection to a declared host
//
// Everything carries `Authorization: Bearer <task token>`. Nothing from a container is believed: sizes, times and numbers are bounded.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { type Duplex, PassThrough } from 'node:stream';
import { BerthError } from '../model/errors.ts';
import type { Task } from '../model/task.ts';
import type { SdkRequests } from '../nodes/sdk-requests.ts';
import type { Clock } from '../ports/clock.ts';
import type { Log } from '../ports/log.ts';
import { SdkConnections } from './sdk-connections.ts';
import { relayBytes } from './sdk-relay.ts';

/** What the endpoint needs. */
export interface SdkEndpointParts {
  readonly sdk: SdkRequests;
  readonly clock: Clock;
  readonly log: Log;
}

/** From the opening of a connection, or its last answer, to the end of the next headers. */
const HEADERS_WITHIN_MS = 60_000;

/** Between two pieces of a body. */
const BODY_IDLE_MS = 30_000;

const MOST_HEADER_BYTES = 32 * 1024;

const RECORD_PATH = /^\/sdk\/v1\/records\/([^/?]+)$/;

/** Serves the connections of tasks until it is closed. */
export class SdkEndpoint {
  readonly #parts: SdkEndpointParts;
  readonly #connections = new SdkConnections();
  readonly #server: Server;
  readonly #headerTimers = new Map<Duplex, () => void>();
  #closed = false;

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
    this.#awaitHeaders(connection);
    this.#server.emit('connection', connection);
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
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://sdk');
    const record = RECORD_PATH.exec(pathname)?.[1];
    if (request.method === 'GET' && pathname === '/sdk/v1/desired') {
      return this.#desired(response, task, searchParams.get('known') ?? '');
    }
    if (request.method === 'POST' && pathname === '/sdk/v1/lease') {
      return sendJson(response, 200, { leaseMs: await this.#parts.sdk.renewLease(task) });
    }
    if (request.method === 'PUT' && record !== undefined) return this.#takeRecord(request, response, task, record);
    throw new BerthError('sdk.no-route', { method: request.method ?? '', path: pathname.slice(0, 200) });
  }

  async #desired(response: ServerResponse, task: Task, known: string): Promise<void> {
    const gone = new AbortController();
    response.once('close', () => gone.abort());
    const desired = await this.#parts.sdk.desired(task, known, gone.signal);
    if (desired) sendJson(response, 200, desired);
    else response.writeHead(204).end();
  }

  async #takeRecord(request: IncomingMessage, response: ServerResponse, task: Task, id: string): Promise<void> {
    const header = request.headers['berth-record'];
    const body = this.#bodyOf(request);
    await this.#parts.sdk.acceptRecord(task, { id, header: typeof header === 'string' ? header : '', body });
    request.unpipe(body).resume();
    sendJson(response, 200, {});
  }

  /** The body as a stream of its own: refusing it must not cut the connection before the refusal is told. */
  #bodyOf(request: IncomingMessage): PassThrough {
    const body = new PassThrough();
    let cancel = () => {};
    const wait = () => {
      cancel();
      cancel = this.#parts.clock.after(BODY_IDLE_MS, () =>
        request.destroy(new BerthError('sdk.too-slow', { seconds: BODY_IDLE_MS / 1000 })),
      );
    };
    wait();
    request.on('data', wait);
    request.once('end', () => cancel());
    request.once('close', () => cancel());
    request.once('error', (error) => body.destroy(error));
    request.pipe(body);
    return body;
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
    sendJson(response, told.status, bodyOf(told));
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
    connection.once('close', () => this.#headersCame(connection));
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

function sendJson(response: ServerResponse, status: number, value: unknown): void {
  const text = JSON.stringify(value);
  response
    .writeHead(status, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) })
    .end(text);
}

function bodyOf({ code, message, remedy }: BerthError) {
  return { code, message, remedy };
}

function refusalText(error: BerthError): string {
  const body = JSON.stringify(bodyOf(error));
  const head = `HTTP/1.1 ${error.status} Refused\r\ncontent-type: application/json\r\nconnection: close`;
  return `${head}\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;
}

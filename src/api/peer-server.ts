// What a process answers to the other processes of the platform, at an address of its own that only they need to reach:
//
//   GET /peer/v1/tails/<task>     the end of the log of a task whose node this process looks after; with ?follow=true, what comes later too
//   /peer/v1/api/<path>           a request that came to another process's API, answered by this process's API at <path>
//   …    /peer/v1/components…      the components that the supervisor of this process's machine runs (peer-components.ts)
//   GET /health/live, /health/ready   the same as at the API, for whoever watches this process
//
// All but the last must be sealed by a process of the platform (HMAC); whoever a request is handed on for is judged as at the API itself.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { pipeline } from 'node:stream/promises';
import { BerthError } from '../model/errors.ts';
import { openTail, type TailSource } from '../nodes/remote-tail-reads.ts';
import type { LocalComponents } from '../ports/component-host.ts';
import type { Log } from '../ports/log.ts';
import { PEER_CLIENT_HEADER, PEER_REFUSED_HEADER, type PeerSeals } from '../ports/peers.ts';
import { clientIn, noteHandedOn } from './client-of.ts';
import { answerComponents, COMPONENTS_PATH } from './peer-components.ts';

/** What the server needs. */
export interface PeerServerParts extends TailSource {
  readonly log: Log;
  readonly seals: Pick<PeerSeals, 'refusal'>;
  /** This process's own API: a server that is ready, whether or not it listens. */
  readonly api: (request: IncomingMessage, response: ServerResponse) => void;
  /** Of this process's machine; null: it has no supervisor. */
  readonly components: LocalComponents | null;
}

const TAILS = '/peer/v1/tails/';
const API = '/peer/v1/api/';
const STRANGER = { connection: 'close', [PEER_REFUSED_HEADER]: 'yes' } as const;
const HEALTH = new Set(['/health/live', '/health/ready']);
/** The largest upload over a slow line takes this long, as at the API. */
const LONGEST_REQUEST_MS = 3_600_000;
/** Longer than the other side keeps a connection that is idle, so that it is the one that closes it. */
const IDLE_MS = 65_000;

/** Listens for the other processes. */
export class PeerServer {
  readonly #parts: PeerServerParts;
  readonly #server: Server;
  readonly #closing = new AbortController();

  constructor(parts: PeerServerParts) {
    this.#parts = parts;
    const options = { requestTimeout: LONGEST_REQUEST_MS, keepAliveTimeout: IDLE_MS };
    this.#server = createServer(options, (request, response) => void this.#answer(request, response));
    this.#server.on('clientError', (_error, socket) => socket.destroy());
  }

  /** Begins to listen; resolves to where, as http://host:port. */
  async listen({ host, port }: { readonly host: string; readonly port: number }): Promise<string> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.#server.once('error', reject);
    this.#server.listen({ host, port }, resolve);
    await promise;
    this.#server.off('error', reject);
    const address = this.#server.address();
    const chosen = typeof address === 'object' && address ? address.port : port;
    return `http://${host.includes(':') ? `[${host}]` : host}:${chosen}`;
  }

  /** Ends streams of logs, so that who reads them looks for them elsewhere, and cuts off everything else. */
  async close(): Promise<void> {
    this.#closing.abort();
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#server.close(() => resolve());
    this.#server.closeAllConnections();
    await promise;
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      await this.#route(request, response);
    } catch (error) {
      this.#refuse(request, response, error);
    }
  }

  async #route(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { url = '', method = '' } = request;
    const { api, seals, log } = this.#parts;
    const [path = '', query = ''] = url.split('?', 2);
    if (HEALTH.has(path) && method === 'GET') return api(request, response);
    const refusal = seals.refusal({ method, path: url, headers: request.headers });
    if (refusal !== undefined) {
      log.warn('A request at the address for other processes was refused', { method, path, refusal });
      throw new BerthError('platform.peer-refused');
    }
    if (path.startsWith(API)) return this.#handToApi(request, response);
    if (path.startsWith(TAILS) && method === 'GET') {
      const task = decodeURIComponent(path.slice(TAILS.length));
      return this.#sendTail({ task, follow: query === 'follow=true' }, response);
    }
    if (path === COMPONENTS_PATH || path.startsWith(`${COMPONENTS_PATH}/`)) {
      await answerComponents(this.#parts.components, { method, path, query });
      return void response.writeHead(204).end();
    }
    throw new BerthError('request.no-route', { method, url: path });
  }

  #handToApi(request: IncomingMessage, response: ServerResponse): void {
    const client = clientIn(request.headers[PEER_CLIENT_HEADER]);
    if (!client) throw new BerthError('request.invalid', { detail: 'It does not say for whom it is handed on.' });
    noteHandedOn(request, client);
    request.url = `/${(request.url ?? '').slice(API.length)}`;
    this.#parts.api(request, response);
  }

  async #sendTail(wish: Parameters<typeof openTail>[1], response: ServerResponse): Promise<void> {
    const gone = new AbortController();
    response.once('close', () => gone.abort());
    const signal = AbortSignal.any([gone.signal, this.#closing.signal]);
    const records = await openTail(this.#parts, wish, signal);
    if (!records) throw new BerthError('request.not-found', { what: 'growing log of task', id: wish.task });
    response.writeHead(200, { 'content-type': 'application/octet-stream', 'cache-control': 'no-store' });
    await pipeline(records, response);
  }

  #refuse(request: IncomingMessage, response: ServerResponse, error: unknown): void {
    if (!(error instanceof BerthError) && !response.destroyed)
      this.#parts.log.warn('A request of another process failed', { error });
    if (response.headersSent || response.destroyed) return void response.destroy();
    const told = error instanceof BerthError ? error : new BerthError('platform.internal', { detail: 'see its log' });
    const { status, code, message, remedy } = told;
    // Of strangers nothing more is read.
    const isStranger = code === 'platform.peer-refused';
    if (!isStranger) request.resume();
    response.writeHead(status, { 'content-type': 'application/json', ...(isStranger ? STRANGER : {}) });
    response.end(JSON.stringify({ error: { code, message, remedy, details: {}, problems: [] } }));
  }
}

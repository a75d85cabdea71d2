// The other side of the SDK's wire protocol, as small as the protocol allows: what the courier sends is kept and can be looked at.
import { once } from 'node:events';
import { rename, rm } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { text } from 'node:stream/consumers';
import { setTimeout } from 'node:timers/promises';
import { onTestFinished } from 'vitest';

/** What the platform wants of the task. */
export interface Desired {
  readonly stop: { readonly reason: string; readonly killAt: number | null; readonly graceMs?: number } | null;
  readonly endsAt: number | null;
  readonly clockOffsetMs: number;
}

/** A record as it arrived. */
export interface Arrived {
  readonly id: string;
  readonly header: Readonly<Record<string, unknown>>;
  readonly body: string;
}

/** An endpoint for one task on a Unix socket. */
export class PlatformDouble {
  readonly token = 'the-token-of-this-task';
  readonly socketPath: string;
  /** Every record taken, in order, repetitions included. */
  readonly arrived: Arrived[] = [];
  /** Decides the status of a record's answer. */
  answerRecord: (record: Arrived) => number = () => 200;
  /** Takes over a connection that was asked for, or gives the status of a refusal. */
  relay: (target: string) => Duplex | number = () => 403;
  /** What a request for a lease gets: one of that many milliseconds, a refusal, or an error that may pass. */
  lease: number | 'refused' | 'busy' = 'refused';
  leaseAnswerDelayMs = 0;
  leaseRequests = 0;
  /** When the last lease was asked for that was given. */
  leaseGivenAt = 0;
  /** The task's secrets, and those that are missing; changed by `setSecrets`. */
  #secrets: { readonly values: Readonly<Record<string, string>>; readonly missing: readonly string[] } = {
    values: {},
    missing: [],
  };
  /** Answers everything else that the SDK may ask: sensors, actions, state. */
  answerCall: (call: { method: string; url: URL; request: IncomingMessage; response: ServerResponse }) => unknown = ({
    response,
  }) => response.writeHead(404).end('{}');
  refusedTokens = 0;
  polls = 0;
  #desired: Desired = { stop: null, endsAt: null, clockOffsetMs: 0 };
  #version = 0;
  #server: Server | undefined;
  readonly #held = new Set<ServerResponse>();
  #secretsVersion = 0;
  readonly #heldForSecrets = new Set<ServerResponse>();

  constructor(socketPath: string, endsAt: number | null) {
    this.socketPath = socketPath;
    this.#desired = { stop: null, endsAt, clockOffsetMs: 0 };
    onTestFinished(() => this.down());
  }

  /** Listens; also again after it was down. */
  async up(): Promise<void> {
    await rm(this.socketPath, { force: true });
    const server = createServer((request, response) => void this.#answer(request, response));
    server.on('connect', (request: IncomingMessage, socket: Duplex) => this.#connect(request, socket));
    server.listen(this.socketPath);
    this.#server = server;
    await once(server, 'listening');
  }

  /** Goes away, with all its connections. */
  async down(): Promise<void> {
    const server = this.#server;
    if (!server) return;
    this.#server = undefined;
    this.#held.clear();
    this.#heldForSecrets.clear();
    server.closeAllConnections();
    server.close();
    await rm(this.socketPath, { force: true });
  }

  /** Comes back under the same path by a new socket; what hangs on the old one stays open. */
  async moves(): Promise<void> {
    const left = this.#server;
    // Not before: closing it takes away whatever lies under the path.
    onTestFinished(() => {
      left?.closeAllConnections();
      left?.close();
    });
    await rename(this.socketPath, `${this.socketPath}.left`);
    await this.up();
  }

  /** Changes what is wanted and tells whoever waits for it. */
  want(change: Partial<Desired>): void {
    this.#desired = { ...this.#desired, ...change };
    this.#version += 1;
    for (const response of this.#held) this.#sendDesired(response);
    this.#held.clear();
  }

  /** Changes the secrets and tells whoever waits for them. */
  setSecrets(values: Readonly<Record<string, string>>, ...missing: readonly string[]): void {
    this.#secrets = { values, missing };
    this.#secretsVersion += 1;
    for (const response of this.#heldForSecrets) this.#sendSecrets(response);
    this.#heldForSecrets.clear();
  }

  /** Bodies of the records of output that arrived. */
  outputs(): readonly string[] {
    return this.arrived.filter(({ header }) => header.kind !== 'run').map(({ body }) => body);
  }

  /** Headers of the records of runs that arrived. */
  runs(): readonly Readonly<Record<string, unknown>>[] {
    return this.arrived.map(({ header }) => header).filter(({ kind }) => kind === 'run');
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (request.headers.authorization !== `Bearer ${this.token}`) {
      this.refusedTokens += 1;
      response.writeHead(401).end();
      return;
    }
    const url = new URL(request.url ?? '', 'http://platform');
    if (url.pathname === '/sdk/v1/desired') {
      this.polls += 1;
      if (url.searchParams.get('known') === this.#etag()) this.#held.add(response);
      else this.#sendDesired(response);
      return;
    }
    if (url.pathname === '/sdk/v1/secrets') {
      if (url.searchParams.get('known') === String(this.#secretsVersion)) this.#heldForSecrets.add(response);
      else this.#sendSecrets(response);
      return;
    }
    if (url.pathname === '/sdk/v1/lease') return this.#answerLease(response);
    if (/^\/sdk\/v1\/(sensors|actions|state)/.test(url.pathname)) {
      await this.answerCall({ method: request.method ?? '', url, request, response });
      return;
    }
    await this.#takeRecord(url.pathname.replace('/sdk/v1/records/', ''), request, response);
  }

  async #answerLease(response: ServerResponse): Promise<void> {
    this.leaseRequests += 1;
    const { lease } = this;
    if (typeof lease === 'number') this.leaseGivenAt = Date.now();
    await setTimeout(this.leaseAnswerDelayMs);
    if (typeof lease === 'number') response.end(JSON.stringify({ leaseMs: lease }));
    else response.writeHead(lease === 'refused' ? 409 : 503).end();
  }

  async #takeRecord(id: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const header: Record<string, unknown> = JSON.parse(String(request.headers['berth-record']));
    const record = { id, header, body: await text(request) };
    const status = this.answerRecord(record);
    if (status === 200) this.arrived.push(record);
    response.writeHead(status, { 'content-type': 'text/plain' }).end(status === 200 ? '' : 'the reason');
  }

  #connect(request: IncomingMessage, socket: Duplex): void {
    const target = this.relay(request.url ?? '');
    if (typeof target === 'number') {
      socket.end(`HTTP/1.1 ${target} No\r\n\r\nnot declared`);
      return;
    }
    socket.write('HTTP/1.1 200 OK\r\n\r\n');
    socket.pipe(target).pipe(socket);
    for (const end of [socket, target])
      end.on('error', () => [socket, target].forEach((other) => void other.destroy()));
  }

  #sendSecrets(response: ServerResponse): void {
    const { values, missing } = this.#secrets;
    const secrets = Object.entries(values).map(([name, value]) => ({ name, value }));
    response.end(JSON.stringify({ etag: String(this.#secretsVersion), secrets, missing }));
  }

  #etag(): string {
    return `"v ${this.#version}/ü"`;
  }

  #sendDesired(response: ServerResponse): void {
    const body = JSON.stringify({ etag: this.#etag(), ...this.#desired });
    response.writeHead(200, { 'content-type': 'application/json' }).end(body);
  }
}

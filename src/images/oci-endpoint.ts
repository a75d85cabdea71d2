// The registry from which nodes pull: the read-only part of the OCI distribution specification 1.1, by digest alone. It listens nowhere
// itself; nodes reach it through connections that are handed to it (a reverse forward on each node's 127.0.0.1).
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Duplex, Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Blobs } from '../ports/blobs.ts';
import type { Log } from '../ports/log.ts';
import { byteRange } from './byte-range.ts';
import type { ImageCatalog } from './image-catalog.ts';
import { MEDIA_TYPES } from './image-config.ts';

/** What the endpoint needs. */
export interface OciEndpointParts {
  readonly blobs: Blobs;
  readonly catalog: ImageCatalog;
  readonly log: Log;
  /** Whether a node's name and password belong together. */
  readonly checkPassword: (user: string, password: string) => boolean;
}

/** A request for a manifest or a blob, by a node that has shown who it is. */
interface Wanted {
  readonly node: string;
  readonly digest: string;
  readonly mediaType: string;
  readonly sizeBytes: number;
}

const PATH = /^\/v2\/(?<repository>berth\/[a-z0-9._-]+)\/(?<part>manifests|blobs)\/(?<digest>sha256:[0-9a-f]{64})$/;

/** Serves manifests, configurations and layers to nodes, and counts what each was given. */
export class OciEndpoint {
  readonly #parts: OciEndpointParts;
  readonly #server: Server;
  readonly #connections = new Set<Duplex>();
  readonly #served = new Map<string, number>();

  constructor(parts: OciEndpointParts) {
    this.#parts = parts;
    this.#server = createServer((request, response) => {
      this.#answer(request, response).catch((error: unknown) => this.#fail(request, response, error));
    });
  }

  /** Takes over a connection from a node. */
  accept(connection: Duplex): void {
    this.#connections.add(connection);
    connection.once('close', () => this.#connections.delete(connection));
    connection.on('error', (error) => this.#parts.log.debug('A connection to the image endpoint broke', { error }));
    this.#server.emit('connection', connection);
  }

  /** Bytes of manifests, configurations and layers that a node was given since this process began. */
  bytesServed(node: string): number {
    return this.#served.get(node) ?? 0;
  }

  /** Ends every connection. */
  close(): void {
    for (const connection of this.#connections) connection.destroy();
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const node = this.#nodeOf(request);
    if (node === undefined) return refuse(response, 401, 'UNAUTHORIZED', { 'www-authenticate': 'Basic realm="berth"' });
    if (request.method !== 'GET' && request.method !== 'HEAD') return refuse(response, 405, 'UNSUPPORTED');
    const path = (request.url ?? '').split('?', 1)[0] ?? '';
    if (path === '/v2/' || path === '/v2') return void response.writeHead(200, COMMON).end();
    const wanted = await this.#find(node, path);
    if (typeof wanted === 'string') return refuse(response, 404, wanted);
    await this.#send(request, response, wanted);
  }

  #nodeOf(request: IncomingMessage): string | undefined {
    const [scheme, encoded] = (request.headers.authorization ?? '').split(' ');
    if (scheme?.toLowerCase() !== 'basic' || !encoded) return undefined;
    const [user = '', ...password] = Buffer.from(encoded, 'base64').toString().split(':');
    return this.#parts.checkPassword(user, password.join(':')) ? user : undefined;
  }

  async #find(node: string, path: string): Promise<Wanted | string> {
    const { repository, part, digest } = PATH.exec(path)?.groups ?? {};
    if (!repository || !digest) return 'NAME_UNKNOWN';
    const unknown = part === 'manifests' ? 'MANIFEST_UNKNOWN' : 'BLOB_UNKNOWN';
    const mediaType = await this.#parts.catalog.find(repository, digest);
    if (!mediaType || (part === 'manifests') !== (mediaType === MEDIA_TYPES.manifest)) return unknown;
    const stat = await this.#parts.blobs.stat(digest);
    return stat ? { node, digest, mediaType, sizeBytes: stat.sizeBytes } : unknown;
  }

  async #send(request: IncomingMessage, response: ServerResponse, wanted: Wanted): Promise<void> {
    const { sizeBytes, digest } = wanted;
    const range = byteRange(request.headers.range, sizeBytes);
    if (range === 'unsatisfiable') {
      return refuse(response, 416, 'SIZE_INVALID', { 'content-range': `bytes */${sizeBytes}` });
    }
    const { start, end } = range ?? { start: 0, end: sizeBytes };
    const partial = range ? { 'content-range': `bytes ${start}-${end - 1}/${sizeBytes}` } : {};
    response.writeHead(range ? 206 : 200, { ...headersOf(wanted), 'content-length': end - start, ...partial });
    if (request.method === 'HEAD' || end === start) return void response.end();
    const bytes = await this.#parts.blobs.open(digest, { start, end });
    await pipeline(bytes, (chunks: Readable) => this.#counted(chunks, wanted.node), response);
  }

  async *#counted(chunks: Readable, node: string): AsyncGenerator<Buffer> {
    for await (const chunk of chunks as AsyncIterable<Buffer>) {
      this.#served.set(node, this.bytesServed(node) + chunk.length);
      yield chunk;
    }
  }

  #fail(request: IncomingMessage, response: ServerResponse, error: unknown): void {
    const gone = error instanceof Error && 'code' in error && error.code === 'ERR_STREAM_PREMATURE_CLOSE';
    const level = gone ? 'debug' : 'warn';
    this.#parts.log[level]('An answer of the image endpoint failed', { url: request.url, error });
    if (response.headersSent) response.destroy();
    else refuse(response, 500, 'UNKNOWN');
  }
}

const COMMON = { 'docker-distribution-api-version': 'registry/2.0' };

function headersOf({ digest, mediaType }: Wanted) {
  return {
    ...COMMON,
    'content-type': mediaType,
    'docker-content-digest': digest,
    'accept-ranges': 'bytes',
    etag: `"${digest}"`,
  };
}

function refuse(response: ServerResponse, status: number, code: string, headers: Record<string, string> = {}): void {
  const body = JSON.stringify({ errors: [{ code, message: code.toLowerCase().replaceAll('_', ' ') }] });
  response.writeHead(status, { ...COMMON, 'content-type': 'application/json', ...headers }).end(body);
}

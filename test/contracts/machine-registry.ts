// A registry of one image for the Machine contract (OCI distribution specification 1.1, pulling only), served over any stream.
import { createHash, randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { pack } from 'tar-stream';

const MANIFEST = 'application/vnd.docker.distribution.manifest.v2+json';
const CONFIG = 'application/vnd.docker.container.image.v1+json';
const LAYER = 'application/vnd.docker.image.rootfs.diff.tar';

/** Serves one image of one layer, to those who know the password unless it is open. */
export class TestRegistry {
  readonly user = 'node';
  readonly password = randomBytes(8).toString('hex');
  readonly labels: Record<string, string>;
  readonly digest: string;
  readonly layerBytes: number;
  open = false;
  readonly #blobs = new Map<string, { readonly type: string; readonly bytes: Buffer }>();
  readonly #server: Server;

  private constructor(name: string, layer: Buffer) {
    this.labels = { 'berth.test.image': name };
    this.layerBytes = layer.length;
    const config = JSON.stringify({
      architecture: process.arch === 'arm64' ? 'arm64' : 'amd64',
      os: 'linux',
      config: { Labels: this.labels },
      rootfs: { type: 'layers', diff_ids: [digestOf(layer)] },
    });
    const described = { config: this.#add(CONFIG, Buffer.from(config)), layers: [this.#add(LAYER, layer)] };
    const manifest = Buffer.from(JSON.stringify({ schemaVersion: 2, mediaType: MANIFEST, ...described }));
    this.digest = this.#add(MANIFEST, manifest).digest;
    this.#server = createServer((request, response) => this.#answer(request, response));
  }

  static async make(name: string): Promise<TestRegistry> {
    const tar = pack();
    tar.entry({ name: `layer-${name}` }, randomBytes(3_000_000));
    tar.finalize();
    return new TestRegistry(name, await buffer(tar));
  }

  serve(connection: Duplex): void {
    this.#server.emit('connection', connection);
  }

  close(): void {
    this.#server.close();
  }

  #add(type: string, bytes: Buffer) {
    const digest = digestOf(bytes);
    this.#blobs.set(digest, { type, bytes });
    return { mediaType: type, size: bytes.length, digest };
  }

  #answer(request: IncomingMessage, response: ServerResponse): void {
    const expected = `Basic ${Buffer.from(`${this.user}:${this.password}`).toString('base64')}`;
    if (!this.open && request.headers.authorization !== expected) {
      response.writeHead(401, { 'WWW-Authenticate': 'Basic realm="berth"' }).end();
      return;
    }
    const asked = request.url?.split('/').at(-1) ?? '';
    const blob = this.#blobs.get(asked === 'latest' ? this.digest : asked);
    if (request.url === '/v2/') response.end('{}');
    else if (!blob) response.writeHead(404, { 'Content-Type': 'application/json' }).end('{"errors":[]}');
    else {
      const headers = { 'Content-Type': blob.type, 'Content-Length': blob.bytes.length };
      response.writeHead(200, { ...headers, 'Docker-Content-Digest': digestOf(blob.bytes) });
      response.end(request.method === 'HEAD' ? undefined : blob.bytes);
    }
  }
}

function digestOf(bytes: Buffer): string {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
}

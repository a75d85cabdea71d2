// Real servers for tests: each a container with its own address, SSH, Docker engine and disk on the tests' own engine.
import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Docker from 'dockerode';
import { type TestEngine, testEngine } from './engine.ts';
import { runDirectory, testIdentity } from './identity.ts';
import { locked } from './lock.ts';
import { outwardMtu } from './network.ts';
import { Server } from './server.ts';
import { ADDRESS_LABEL, serverContainer } from './server-container.ts';
import { type ServerKind, serverImage } from './server-image.ts';
import { ServerLoad } from './server-load.ts';

/** What may be asked of a new server. */
export interface ServerOptions {
  /** `engine`: with Docker, ready to run tasks. `bare`: only SSH, for the platform initializer. `systemd`: the same with systemd. */
  readonly kind?: ServerKind;
  /** Labels on the server's container. */
  readonly labels?: Readonly<Record<string, string>>;
  /** The memory that it shows. */
  readonly memoryBytes?: number;
  /** A disk of this size for its engine, so that it can be filled; it lies in memory and is empty after a power cut. */
  readonly diskBytes?: number;
}

const INIT = join(import.meta.dirname, 'server-init.sh');
const GIBIBYTE = 2 ** 30;

/** Starts a server; resolves when SSH and its engine answer. The test ends it with `destroy`. */
export async function startServer(options: ServerOptions = {}): Promise<Server> {
  const server = await makeServer(options);
  await server.powerOn();
  return server;
}

/** Makes a server that is not powered on yet, but has its address. The test ends it with `destroy`. */
export async function makeServer(options: ServerOptions = {}): Promise<Server> {
  const { kind = 'engine', labels = {}, memoryBytes = 4 * GIBIBYTE, diskBytes = null } = options;
  const engine = await testEngine();
  const docker = new Docker({ socketPath: engine.socketPath });
  const [image, identity, mtu] = await Promise.all([serverImage(docker, kind), testIdentity(), outwardMtu()]);
  const name = `server-${randomBytes(4).toString('hex')}`;
  const directory = makeDirectory(name, identity.publicLine);
  const load = new ServerLoad(directory, memoryBytes);
  const address = await locked('addresses', async () => {
    const free = await freeAddress(docker, engine);
    const parts = { name, kind, image, address: free, directory, initPath: INIT, mtu, labels, diskBytes };
    await docker.createContainer(serverContainer(parts));
    return free;
  });
  return new Server({
    ...{ name, address, kind, directory, load },
    identityPath: identity.path,
    outer: docker,
    hasOwnDisk: diskBytes !== null,
  });
}

/** Starts several servers at once. */
export function fleet(size: number, options: ServerOptions = {}): Promise<Server[]> {
  return Promise.all(Array.from({ length: size }, () => startServer(options)));
}

function makeDirectory(name: string, authorizedKey: string): string {
  const directory = join(runDirectory(), name);
  mkdirSync(directory, { recursive: true });
  writeFileSync(join(directory, 'authorized_keys'), `${authorizedKey}\n`);
  writeFileSync(join(directory, 'resolv.conf'), outwardResolvers());
  return directory;
}

/** The machine's name servers, unless one is on its own loopback, where a server cannot ask it. */
function outwardResolvers(): string {
  const text = readFileSync('/etc/resolv.conf', 'utf8');
  return /^nameserver\s+(127\.|::1)/m.test(text) ? '' : text;
}

/** Powered-off servers keep theirs, so the labels decide, not what is on the network now. */
async function freeAddress(docker: Docker, { range }: TestEngine): Promise<string> {
  const servers = await docker.listContainers({ all: true, filters: { label: [ADDRESS_LABEL] } });
  const used = new Set(servers.map((each) => each.Labels[ADDRESS_LABEL]));
  const candidates = Array.from(
    { length: 4000 },
    (_, index) => `10.${range}.${16 + ((index + 10) >> 8)}.${(index + 10) & 255}`,
  );
  const free = candidates.find((address) => !used.has(address) && !/\.(0|255)$/.test(address));
  if (!free) throw new Error('the fleet has no free address');
  return free;
}

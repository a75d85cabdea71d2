// The part of a platform that makes images, over a real engine: store and blobs on disk, the loop, and the endpoint that is pulled from.
import { randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { DockerMachines } from '../../src/adapters/docker-machine/docker-machines.ts';
import { ORDINARY_TIMEOUTS } from '../../src/adapters/docker-machine/timeouts.ts';
import { SystemRandom } from '../../src/adapters/system-random/system-random.ts';
import { Engine } from '../../src/engine/engine.ts';
import { eventRecorder } from '../../src/engine/event-recorder.ts';
import { WatchedStore } from '../../src/engine/watched-store.ts';
import { BaseImages } from '../../src/images/base-images.ts';
import { BASE_REPOSITORY } from '../../src/images/base-reference.ts';
import { dependencyKey } from '../../src/images/dependency-key.ts';
import { DependencyLayers } from '../../src/images/dependency-layers.ts';
import { ImageCatalog } from '../../src/images/image-catalog.ts';
import { baseRecipe, imageDocuments } from '../../src/images/image-config.ts';
import { ImageController } from '../../src/images/image-controller.ts';
import { ImageWorks } from '../../src/images/image-works.ts';
import type { PackageSources } from '../../src/images/install-request.ts';
import { INSTALL_LABEL, installContainerName } from '../../src/images/installation.ts';
import { InstallationReads } from '../../src/images/installation-reads.ts';
import { nodePasswords } from '../../src/images/node-passwords.ts';
import { NodeRuntime } from '../../src/images/node-runtime.ts';
import { OciEndpoint } from '../../src/images/oci-endpoint.ts';
import { nodePrograms, npmDirectory } from '../../src/main/node-programs.ts';
import { type Image, imageTag, pullReference } from '../../src/model/image.ts';
import type { Dependencies, Package } from '../../src/model/package.ts';
import type { Clock } from '../../src/ports/clock.ts';
import type { ContainerSpec, Machine } from '../../src/ports/machine.ts';
import type { Random } from '../../src/ports/random.ts';
import { silentLog } from '../contracts/silent-log.ts';
import { file, imageWorld, packageOf, type ZippedFile } from '../unit/images/image-world.ts';
import { baseImageTar } from '../world/base-image.ts';
import { testEngine } from '../world/engine.ts';
import { until } from '../world/until.ts';

/** Settings that a test may want otherwise. */
export interface PlatformSettings {
  readonly sources: PackageSources;
  readonly installLimitMs: number;
  readonly baseReference: string;
}

const NODE = 'here';
const NODE_SDK = join(import.meta.dirname, '../../sdk/node');
const LAUNCHER = "import runpy\nrunpy.run_path('/app/main.py', run_name='__main__')\n";

/** A platform that makes images with the tests' engine as its only node. Everything it makes there goes with the test. */
export async function imagesPlatform({ sources, installLimitMs, baseReference }: PlatformSettings) {
  const world = await imageWorld();
  const { blobs, clock, archives, directory } = world;
  const random = new SystemRandom();
  const store = new WatchedStore(world.store);
  const uid = randomUUID();
  const machine = await connect(directory, { clock, random });
  const findBuilder = async () => ({ machine, node: NODE, close: async () => {} });
  const passwords = nodePasswords(random.bytes(32));
  const catalog = new ImageCatalog(store);
  const endpoint = new OciEndpoint({ blobs, catalog, log: silentLog, checkPassword: passwords.checkPassword });
  const accept = endpoint.accept.bind(endpoint);
  const bases = new BaseImages({
    store,
    blobs,
    clock,
    findBuilder,
    rootFilesystems: { build: async () => createReadStream(await baseImageTar()) },
    architecture: 'amd64',
    settings: {
      reference: baseReference,
      tar: '',
      pullLimitMs: 20_000,
      buildLimitMs: 600_000,
      debianMirror: '',
      caCertificates: '',
    },
  });
  const dependencyLayers = new DependencyLayers({
    store,
    blobs,
    clock,
    log: silentLog,
    findBuilder,
    registry: { accept, nodePassword: passwords.nodePassword },
    platform: uid,
    sources,
    npmDirectory: npmDirectory(),
    limits: { limitMs: installLimitMs, memoryBytes: 1024 ** 3, cpus: 2 },
    atATime: 2,
  });
  const reads = new InstallationReads(store, blobs);
  const engine = new Engine({
    clock,
    random,
    log: silentLog,
    concurrency: 8,
    sweepEveryMs: 60_000,
    backoff: { firstMs: 50, maxMs: 1000 },
  });
  const nodeRuntime = new NodeRuntime({
    ...{ store, blobs, clock },
    version: process.versions.node,
    programs: nodePrograms(),
  });
  const sdkDirectories = { python: await sdk(directory), node: NODE_SDK };
  const build = { blobs, archives, bases, nodeRuntime, dependencyLayers, sdkDirectories, platform: uid };
  const works = new ImageWorks({ build, reads, log: silentLog, onChange: (id) => engine.wake(`image:${id}`) });
  const recordEvent = eventRecorder({ store, clock, random, log: silentLog });
  engine.register(new ImageController({ store, random, works, recordEvent }));
  store.onWritten((kind, _id, doc) => engine.written(kind, doc));
  await engine.start();
  const port = await machine.listenLoopback(accept);
  onTestFinished(async () => {
    await engine.stop();
    await works.idle();
    await port.close();
    endpoint.close();
    await removeImages(machine, uid);
    await machine.close();
  });

  return { ...world, store, machine, endpoint, engine, reads, uid, upload, imageOf, pull, run, interrupted };

  async function upload(application: string, files: readonly ZippedFile[], dependencies: Partial<Dependencies> = {}) {
    const made = await packageOf(blobs, application, files);
    const config = { ...made.config, dependencies: { pip: [], debian: [], ...dependencies } };
    const pkg: Package = { ...made, id: `${made.id.slice(0, 48)}${random.id(16)}`, config };
    await store.create('package', pkg);
    return pkg;
  }

  /** The image once it is settled. */
  async function imageOf(pkg: Package, withinMs = 120_000): Promise<Image> {
    return until(`the image of ${pkg.application}`, withinMs, async () => {
      const image = (await store.get('image', pkg.id))?.doc;
      if (image?.state === 'ready' || image?.state === 'failed') return image;
      throw new Error(JSON.stringify(image?.error ?? image?.state));
    });
  }

  /** Pulls as a node does; resolves to how many bytes of images moved. */
  async function pull(image: Image): Promise<number> {
    const before = endpoint.bytesServed(NODE);
    await machine.pullImage({
      reference: pullReference(port.port, image),
      user: NODE,
      password: passwords.nodePassword(NODE),
      tag: imageTag(image),
      onProgress: () => undefined,
    });
    return endpoint.bytesServed(NODE) - before;
  }

  /** Leaves a container as a platform does that crashes while it installs; resolves to its name. */
  async function interrupted(asked: Dependencies): Promise<string> {
    const manifest = imageDocuments(baseRecipe(await bases.ensure(() => undefined))).manifestDigest;
    const name = installContainerName(uid, dependencyKey(manifest, asked));
    const image = `${BASE_REPOSITORY}:${manifest.slice(7, 19)}`;
    const spec = {
      ...hardened(name, image),
      entrypoint: ['sleep', '3600'],
      scratch: null,
      tmpfs: {},
      workingDirectory: '/',
    };
    await machine.createContainer({
      ...spec,
      labels: { [INSTALL_LABEL]: uid, 'berth.spec': 'of a process that is gone' },
    });
    await machine.startContainer(name);
    return name;
  }

  /** Runs a pulled image hardened as tasks are; resolves to what it printed. */
  async function run(image: Image): Promise<string> {
    const name = `berth-test-${random.id(10)}`;
    await machine.createContainer(hardened(name, imageTag(image)));
    try {
      await machine.startContainer(name);
      const signal = AbortSignal.timeout(30_000);
      const frames = await Array.fromAsync(machine.logs(name, { sinceNs: 0n, follow: true, signal }));
      return Buffer.concat(frames.flat().map(({ bytes }) => bytes)).toString();
    } finally {
      await machine.removeContainer(name);
    }
  }
}

/** No mirrors, no proxy, no certificates. */
export const PLAIN_SOURCES: PackageSources = {
  pipIndexUrl: '',
  npmRegistryUrl: '',
  aptMirror: '',
  proxy: '',
  caCertificates: '',
};

/** A program that prints one line. */
export function printing(text: string): readonly ZippedFile[] {
  return [file('main.py', `print(${JSON.stringify(text)})\n`)];
}

async function connect(directory: string, parts: { clock: Clock; random: Random }): Promise<Machine> {
  const { socketPath } = await testEngine();
  const machines = new DockerMachines({
    platformKeyDirectory: `${directory}/keys`,
    log: silentLog,
    timeouts: ORDINARY_TIMEOUTS,
    ...parts,
  });
  return machines.connect({ kind: 'local', socketPath });
}

async function sdk(directory: string): Promise<string> {
  await mkdir(`${directory}/sdk`);
  await writeFile(`${directory}/sdk/launch.py`, LAUNCHER);
  return `${directory}/sdk`;
}

async function removeImages(machine: Machine, uid: string): Promise<void> {
  for (const { tags } of await machine.listImages(`berth.platform=${uid}`)) {
    for (const tag of tags) await machine.removeImage(tag);
  }
}

function hardened(name: string, image: string): ContainerSpec {
  return {
    name,
    image,
    entrypoint: ['python3', '-B', '/opt/berth/sdk/launch.py'],
    command: [],
    environment: {},
    labels: {},
    workingDirectory: '/app',
    user: '65534:65534',
    hostname: 'task',
    extraHosts: {},
    network: 'none',
    readOnlyRoot: true,
    scratch: { volume: name, path: '/scratch' },
    binds: [],
    tmpfs: { '/tmp': 16 * 1024 * 1024 },
    cpus: 1,
    memoryBytes: 256 * 1024 * 1024,
    pids: 64,
    capabilities: 'none',
  };
}

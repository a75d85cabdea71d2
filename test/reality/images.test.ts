// Images computed by the platform and pulled by a real engine.
import { createServer, type Socket } from 'node:net';
import Docker from 'dockerode';
import { expect, onTestFinished, test } from 'vitest';
import { file } from '../unit/images/image-world.ts';
import { importTestImage } from '../world/base-image.ts';
import { listenForContainers } from '../world/bridge-server.ts';
import { testEngine } from '../world/engine.ts';
import { machineCertificates } from '../world/machine-certificates.ts';
import { until } from '../world/until.ts';
import { imagesPlatform, PLAIN_SOURCES, printing } from './images-platform.ts';

const SOURCES = { ...PLAIN_SOURCES, caCertificates: machineCertificates() };
const MINUTES = 60_000;

test(
  'an uploaded package runs hardened from its computed image, and a second version moves its code alone',
  async () => {
    const platform = await imagesPlatform({ sources: SOURCES, installLimitMs: MINUTES, baseReference: '' });
    const first = await platform.imageOf(await platform.upload('weather', printing('hello from one')));
    expect(first).toMatchObject({ state: 'ready' });
    await platform.pull(first);
    expect(await platform.run(first)).toBe('hello from one\n');

    const second = await platform.imageOf(await platform.upload('weather', printing('hello from two')));
    const moved = await platform.pull(second);
    expect(await platform.run(second)).toBe('hello from two\n');
    expect(moved).toBeLessThan(20_000);
  },
  2 * MINUTES,
);

test(
  'a pip dependency is installed, its text is followed and kept, and others that ask for it share its layer',
  async () => {
    const platform = await imagesPlatform({ sources: SOURCES, installLimitMs: MINUTES, baseReference: '' });
    const program = [file('main.py', 'import iniconfig\nprint(iniconfig.__name__)\n')];
    const asked = { pip: ['iniconfig==2.0.0'] };
    const image = await platform.imageOf(await platform.upload('ini', program, asked), MINUTES);
    expect(image).toMatchObject({ state: 'ready' });
    const text = await Array.fromAsync(platform.reads.follow(image.id, AbortSignal.timeout(10_000)));
    expect(text.join('\n')).toContain('Successfully installed iniconfig-2.0.0');
    await platform.pull(image);
    expect(await platform.run(image)).toBe('iniconfig\n');

    const other = await platform.imageOf(await platform.upload('other', program, asked));
    const layerOf = ({ layers }: typeof image) => layers.find(({ role }) => role === 'dependencies')?.digest;
    expect(layerOf(other)).toBe(layerOf(image));
    expect(await platform.machine.listContainers(`berth.install=${platform.uid}`)).toEqual([]);
  },
  2 * MINUTES,
);

test(
  'a Debian dependency is installed into the image',
  async () => {
    const platform = await imagesPlatform({ sources: SOURCES, installLimitMs: MINUTES, baseReference: '' });
    const program = [file('main.py', "import subprocess\nsubprocess.run(['hello'], check=True)\n")];
    const image = await platform.imageOf(await platform.upload('greeter', program, { debian: ['hello'] }), MINUTES);
    expect(image).toMatchObject({ state: 'ready' });
    await platform.pull(image);
    expect(await platform.run(image)).toBe('Hello, world!\n');
  },
  2 * MINUTES,
);

test(
  'a dependency that does not exist fails with its last lines and what to do',
  async () => {
    const platform = await imagesPlatform({ sources: SOURCES, installLimitMs: MINUTES, baseReference: '' });
    const asked = { pip: ['iniconfig==99999.0.0'] };
    const image = await platform.imageOf(await platform.upload('broken', printing('never'), asked), MINUTES);
    expect(image).toMatchObject({ state: 'failed', error: { code: 'image.install-failed' } });
    expect(image.error?.message).toContain('iniconfig==99999.0.0');
    expect(image.error?.remedy).toContain('Choose a version');
    expect(image.error?.lastLines.join('\n')).toContain('No matching distribution found');
    expect(image.error?.lastLines.length).toBeLessThanOrEqual(20);
  },
  2 * MINUTES,
);

test(
  'what a crash of the platform left of an installation is removed, and the installation done again',
  async () => {
    const platform = await imagesPlatform({ sources: SOURCES, installLimitMs: MINUTES, baseReference: '' });
    await platform.imageOf(await platform.upload('first', printing('one'), { pip: ['six==1.16.0'] }), MINUTES);
    const asked = { pip: ['iniconfig==2.0.0'], debian: [] };
    const left = [
      await platform.interrupted(asked),
      await platform.interrupted({ pip: ['nobody-asks-again'], debian: [] }),
    ];
    const again = await platform.imageOf(await platform.upload('again', printing('two'), asked), MINUTES);
    expect(again).toMatchObject({ state: 'ready' });
    for (const name of left) expect(await platform.machine.inspectContainer(name)).toBeUndefined();
  },
  2 * MINUTES,
);

test(
  'the base image is taken from an image that the node has, with its environment',
  async () => {
    const reference = `berth-test-base:${Date.now()}`;
    const docker = new Docker({ socketPath: (await testEngine()).socketPath });
    await importTestImage(docker, reference);
    onTestFinished(() => docker.getImage(reference).remove());
    const platform = await imagesPlatform({ sources: SOURCES, installLimitMs: MINUTES, baseReference: reference });
    const image = await platform.imageOf(await platform.upload('weather', printing('on a saved base')));
    await platform.pull(image);
    expect(await platform.run(image)).toBe('on a saved base\n');
    expect((await platform.store.list('baseImage', { limit: 1 })).items[0]?.doc.source).toContain(reference);
  },
  2 * MINUTES,
);

test(
  'where no registry gives the base image, it is made from Debian packages',
  async () => {
    const baseReference = '127.0.0.1:9/nobody/python:3';
    const platform = await imagesPlatform({ sources: SOURCES, installLimitMs: MINUTES, baseReference });
    const image = await platform.imageOf(await platform.upload('weather', printing('never')));
    expect(image).toMatchObject({ state: 'ready' });
    const text = await Array.fromAsync(platform.reads.follow(image.id, AbortSignal.timeout(10_000)));
    expect(text.join('\n')).toMatch(/could not be pulled .* making a base image from Debian packages instead/);
  },
  2 * MINUTES,
);

test(
  'an installation that hangs is ended at its limit, its text is seen live, and nothing of it stays',
  async () => {
    const pipIndexUrl = await silentIndex();
    const sources = { ...SOURCES, pipIndexUrl };
    const platform = await imagesPlatform({ sources, installLimitMs: 6_000, baseReference: '' });
    const pkg = await platform.upload('hanging', printing('never'), { pip: ['iniconfig'] });
    const [image, isFollowed] = await Promise.all([
      platform.imageOf(pkg, MINUTES),
      followUntil(platform, pkg.id, '+ python3 -m pip install'),
    ]);
    expect(isFollowed).toBe(true);
    expect(image).toMatchObject({ state: 'failed', error: { code: 'image.install-timeout' } });
    expect(image.error?.lastLines.at(-1)).toContain('Ended after 6 s');
    expect(await platform.machine.listContainers(`berth.install=${platform.uid}`)).toEqual([]);
  },
  2 * MINUTES,
);

/** A package index that takes connections and never answers. */
async function silentIndex(): Promise<string> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
  });
  const url = await listenForContainers(server);
  onTestFinished(async () => {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  });
  return `${url}/simple`;
}

/** Whether a line beginning like this was seen while the image was being installed. */
async function followUntil(platform: Awaited<ReturnType<typeof imagesPlatform>>, image: string, beginning: string) {
  const stateOf = async () => (await platform.store.get('image', image))?.doc.state;
  await until('the installation to begin', MINUTES, async () => (await stateOf()) === 'installing' || undefined);
  for await (const line of platform.reads.follow(image, AbortSignal.timeout(MINUTES))) {
    if (line.startsWith(beginning)) return (await stateOf()) === 'installing';
  }
  return false;
}

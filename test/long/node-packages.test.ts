// Packages whose scripts Node runs, through the whole program: pushed, built with what npm gives, run, restarted, pushed again.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { zipDirectory } from '../../src/cli/zip-directory.ts';
import { BerthProcess } from '../reality/spine/berth-process.ts';
import { QUICK, Story } from '../reality/spine/story.ts';
import { machineCertificates } from '../world/machine-certificates.ts';
import { until } from '../world/until.ts';

const LOOK = `
import { accessSync, constants } from 'node:fs';
import { output, log, state, job, type Json } from 'berth';
import ms from 'ms';

function isWritable(path: string): boolean {
  try { accessSync(path, constants.W_OK); return true; } catch { return false; }
}
if (job.run === 1) { await state.set('seen', 41); log.warning('ends early', { run: job.run }); process.exit(7); }
const found: Json = {
  run: job.run, parameters: job.parameters, ms: ms('2h'), version: process.versions.node, uid: process.getuid?.() ?? null,
  writable: ['/node_modules/ms', '/node_modules/berth', '/usr/local/bin/node', '/app', '/scratch'].filter(isWritable),
  seen: await state.get('seen'),
};
await output.json(found, { name: 'found' });
console.log('good bye');
`;
const COMMON =
  "const { job } = require('berth');\nconst ms = require('ms');\njob.wait(3600).then(() => console.log('ended', ms(1000)));\nconsole.log('waits');\n";

const certificates = join(tmpdir(), `berth-node-packages-${process.pid}.pem`);
const platform = new BerthProcess({ BERTH_CA_CERTIFICATES: certificates });
let story: Story;

beforeAll(async () => {
  await writeFile(certificates, machineCertificates());
  story = new Story(await platform.start());
}, 360_000);

afterAll(async () => {
  await platform.remove();
  await rm(certificates, { force: true });
}, 180_000);

/** Uploads the package with other files beside its scripts; resolves to the layers of its image. */
async function push(version: string): Promise<readonly { role: string; digest: string }[]> {
  const directory = await mkdtemp(join(tmpdir(), 'berth-node-package-'));
  const resources = { cpus: 0.1, memoryMiB: 128, diskMiB: 16 };
  const algorithms = [
    { id: 'look', script: 'look.ts', resources, output: 'json' },
    { id: 'wait', script: 'wait.cjs', kind: 'continuous', resources },
  ];
  const config = { name: 'noder', version, runtime: 'node', dependencies: { npm: ['ms@^2.1.3'] }, algorithms };
  const files = { 'app_config.json': JSON.stringify(config), 'look.ts': LOOK, 'wait.cjs': COMMON };
  try {
    for (const [name, text] of Object.entries(files)) await writeFile(join(directory, name), text);
    const { package: id } = await story.client.call('pushPackage', { zip: await zipDirectory(directory) });
    return await layersOf(id);
  } finally {
    await rm(directory, { recursive: true });
  }
}

function layersOf(id: string): Promise<readonly { role: string; digest: string }[]> {
  return until(`the image of ${id}`, 120_000, async () => {
    const { packages } = await story.client.call('showApplication', { params: { application: 'noder' } });
    const image = packages.find((pkg) => pkg.id === id)?.image;
    if (image?.state === 'ready' && image.layers) return image.layers;
    throw new Error(JSON.stringify(image));
  });
}

test('a package in TypeScript with an npm dependency runs, is restarted after a crash, and gives its output', async () => {
  await push('1');
  const restart = QUICK;
  await story.client.call('createInstance', {
    body: {
      name: 'looks',
      application: 'noder',
      algorithm: 'look',
      schedule: { kind: 'now' },
      restart,
      parameters: { a: 'b' },
    },
  });
  const job = await story.ended('looks');
  expect(job.state, JSON.stringify(job)).toBe('succeeded');
  expect(await story.json(job.id, 'found')).toEqual({
    ...{ run: 2, parameters: { a: 'b' }, ms: 7_200_000, version: process.versions.node, uid: 65_534 },
    ...{ writable: ['/scratch'], seen: 41 },
  });
  expect(await story.text(job.id)).toBe('good bye\n');
  expect((await story.bytes(job.id, 'stderr')).toString()).toContain(
    '"level":"warning","message":"ends early","run":1',
  );
  const runs = job.tasks[0]?.runs ?? [];
  expect(runs.map(({ exitCode }) => exitCode)).toEqual([7, 0]);
}, 720_000);

test('another version shares every layer but its code, and a stop is told to a program that waits', async () => {
  const first = await push('2');
  const second = await push('3');
  expect(first.map(({ role }) => role)).toEqual(['base', 'runtime', 'dependencies', 'sdk', 'code']);
  const differing = second.filter(({ digest }, index) => digest !== first[index]?.digest);
  expect(differing.map(({ role }) => role)).toEqual(['code']);

  await story.client.call('createInstance', {
    body: { name: 'waits', application: 'noder', algorithm: 'wait', schedule: { kind: 'now' }, restart: QUICK },
  });
  const job = await story.running('waits');
  await until('its first line', 20_000, async () => (await story.text(job.id)).includes('waits') || undefined);
  await story.stop(job.id);
  expect((await story.ended('waits')).state).toBe('stopped');
  expect(await story.text(job.id)).toBe('waits\nended 1s\n');
}, 720_000);

// A platform that is backed up while it runs, lost with its machine, and brought back elsewhere: its containers go on, its past is there,
// its secrets open, and none of them is in the backup.
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ZipBackup } from '../../../src/adapters/zip-backup/zip-backup.ts';
import { run } from '../../world/command.ts';
import { look, newSearch, plant } from '../secrets/canary.ts';
import { pushVault } from '../secrets/vault.ts';
import { BerthProcess } from '../spine/berth-process.ts';
import { pushProbe } from '../spine/probe.ts';
import { QUICK, Story } from '../spine/story.ts';

const BERTH = join(import.meta.dirname, '..', '..', '..', 'bin', 'berth');
const platform = new BerthProcess();
const canary = plant('backup');
let directory: string;
let story: Story;
let again: BerthProcess | undefined;

const berth = (...words: readonly string[]) => run(['env', ...environment(platform), BERTH, ...words]);
const environment = (of: BerthProcess) => Object.entries(of.environment).map(([name, value]) => `${name}=${value}`);
const file = (name: string) => join(directory, name);

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'berth-backups-'));
  story = new Story(await platform.start());
  await Promise.all([pushProbe(story.client, '1'), pushVault(story.client, 'vault')]);
  const params = { application: 'vault', secret: 'db-password' };
  await story.client.call('putSecret', { params, body: { value: canary.value } });
  await story.create('ticks', 'ticker', { restart: QUICK });
  await story.create('once', 'results');
  await Promise.all([story.running('ticks'), story.ended('once')]);
}, 720_000);

afterAll(async () => {
  await again?.remove();
  await platform.remove();
  await rm(directory, { recursive: true, force: true });
}, 180_000);

test('a backup and the keys are made by the command line while the platform runs; both are for their owner alone', async () => {
  const made = await berth('backup', 'create', file('b.zip'));
  expect(made, made.stderr).toMatchObject({ code: 0 });
  expect(await berth('backup', 'keys', file('keys.zip'))).toMatchObject({ code: 0 });
  for (const name of ['b.zip', 'keys.zip']) expect((await stat(file(name))).mode & 0o077).toBe(0);
  expect(await berth('backup', 'create', file('b.zip'))).toMatchObject({
    code: expect.any(Number),
    stderr: expect.stringContaining('is there already'),
  });
}, 180_000);

test('secrets in backups: none is in it, in any form', async () => {
  const search = newSearch();
  const backup = await new ZipBackup().open(file('b.zip'));
  for (const name of backup.names) {
    const contents = Buffer.concat(await Array.fromAsync(backup.read(name)));
    look(search, 'parts of the backup', name, contents, [canary]);
  }
  await backup.close();
  expect(search.found).toEqual([]);
  expect(search.looked.get('parts of the backup')).toBeGreaterThan(5);
});

test('it is rehearsed, with its keys and without', async () => {
  const whole = await berth('backup', 'verify', file('b.zip'), '--keys', file('keys.zip'), '--json');
  expect(whole, whole.stderr).toMatchObject({ code: 0 });
  expect(JSON.parse(whole.stdout)).toMatchObject({ problems: [], secrets: 1 });
  const without = await berth('backup', 'verify', file('b.zip'));
  expect(without.stdout).toContain('All of it comes back');
}, 180_000);

test('it comes back into an empty place only, and only with its own keys', async () => {
  const taken = await berth(
    'restore',
    file('b.zip'),
    '--keys',
    file('keys.zip'),
    '--data',
    join(platform.directory, 'data'),
  );
  expect(taken).toMatchObject({ code: expect.any(Number), stderr: expect.stringContaining('is not empty') });
  const wrong = await berth('restore', file('b.zip'), '--keys', file('b.zip'), '--data', file('wrong'));
  expect(wrong.code).not.toBe(0);
  await expect(stat(file('wrong'))).rejects.toThrow();
}, 180_000);

test('the platform is lost, and another one goes on from the backup: containers run on, the past and the secrets are there', async () => {
  const before = await story.running('ticks');
  const [past] = await story.jobs('once');
  await platform.kill();
  const restored = await berth('restore', file('b.zip'), '--keys', file('keys.zip'), '--data', file('data'));
  expect(restored, restored.stderr).toMatchObject({ code: 0 });
  again = new BerthProcess({ BERTH_DATA: file('data'), XDG_CONFIG_HOME: platform.directory });
  await again.start().catch(ifNoCredentials);
  const later = new Story(await platform.client());
  const after = await later.running('ticks');
  expect(after.tasks.map(({ id }) => id)).toEqual(before.tasks.map(({ id }) => id));
  expect(after.tasks[0]?.containerId).toBe(before.tasks[0]?.containerId);
  expect((await later.outputs(past?.id ?? '')).length).toBe(3);
  await later.create('keeper', 'main', {
    application: 'vault',
    secrets: ['db-password'],
    restart: QUICK,
    parameters: { hook: 'http://127.0.0.1:9/' },
  });
  await later.running('keeper');
}, 540_000);

/** Its own directory has none: they are where the first platform kept them. */
function ifNoCredentials(error: unknown): void {
  if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error;
}

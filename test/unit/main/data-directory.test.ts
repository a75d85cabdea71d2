import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { mkdir, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { SystemRandom } from '../../../src/adapters/system-random/system-random.ts';
import { takeDataDirectory } from '../../../src/main/data-directory.ts';
import { loadPlatformKeys } from '../../../src/main/platform-keys.ts';
import { upSettings } from '../../../src/main/up-settings.ts';

let home = '';

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'berth-data-'));
});

afterEach(() => rmSync(home, { recursive: true }));

test('a data directory is private, and free again after its release', async () => {
  const directory = join(home, 'data');
  const first = await takeDataDirectory(directory);
  expect(statSync(directory).mode & 0o777).toBe(0o700);
  await first.release();
  await (await takeDataDirectory(directory)).release();
});

test('a data directory of a process that lives is refused, naming it', async () => {
  const start = (await readFile(`/proc/${process.ppid}/stat`, 'utf8')).split(') ')[1]?.split(' ')[19];
  writeFileSync(join(home, 'berth.pid'), `${process.ppid} ${start}\n`);
  await expect(takeDataDirectory(home)).rejects.toMatchObject({
    code: 'platform.data-directory-in-use',
    details: { pid: String(process.ppid) },
  });
});

test.each([
  ['of a process that is gone', '999999999 12345'],
  ['of another process that got its number', `${process.ppid} 1`],
  ['that a crash left empty', ''],
])('a lock %s is taken over', async (_, text) => {
  writeFileSync(join(home, 'berth.pid'), text);
  await (await takeDataDirectory(home)).release();
});

test("the platform's keys are the same at every start, differ from each other, and their secret is for its owner alone", async () => {
  await mkdir(join(home, 'keys'));
  const path = join(home, 'keys', 'secret');
  const [one, two] = await Promise.all([
    loadPlatformKeys(path, new SystemRandom()),
    loadPlatformKeys(path, new SystemRandom()),
  ]);
  const again = await loadPlatformKeys(path, new SystemRandom());
  expect([one, two]).toEqual([again, again]);
  expect(one?.taskTokens).not.toEqual(one?.nodePasswords);
  expect(statSync(path).mode & 0o777).toBe(0o600);
});

test('a setting that does not fit is a coded error that names it', () => {
  expect(() => upSettings({}, { BERTH_PORT: 'many' })).toThrow(
    expect.objectContaining({ code: 'platform.setting-invalid', message: expect.stringContaining('BERTH_PORT') }),
  );
  expect(upSettings({ port: '7500' }, { BERTH_PORT: '1' }).listenPort).toBe(7500);
});

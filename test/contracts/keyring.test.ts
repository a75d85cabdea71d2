// The Keyring contract over each adapter, and what is special about keys in a file.
import { chmod, mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { FileKeyring } from '../../src/adapters/file-keyring/file-keyring.ts';
import { SystemClock } from '../../src/adapters/system-clock/system-clock.ts';
import { SystemRandom } from '../../src/adapters/system-random/system-random.ts';
import { keyringContract } from './keyring-contract.ts';
import { temporaryDirectory } from './temporary-directory.ts';

const open = (path: string) => FileKeyring.open({ path, clock: new SystemClock(), random: new SystemRandom() });

async function newPath(): Promise<string> {
  return join(await temporaryDirectory(), 'secrets');
}

keyringContract('a file', async () => {
  const path = await newPath();
  return { open: () => open(path) };
});

async function refusalOf(path: string): Promise<unknown> {
  return open(path).then(
    () => undefined,
    (error: unknown) => error,
  );
}

describe('a key file', () => {
  test('is for its owner alone, from the beginning and after every change', async () => {
    const path = await newPath();
    const keyring = await open(path);
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    await keyring.rotate();
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    expect(await readdir(join(path, '..'))).toEqual(['secrets']);
  });

  test.each([0o640, 0o604, 0o660, 0o644])('that others may use (mode %o) is refused with what to do', async (mode) => {
    const path = await newPath();
    await open(path);
    await chmod(path, mode);
    expect(await refusalOf(path)).toMatchObject({
      code: 'secret.key-file-unusable',
      message: expect.stringContaining('chmod 600'),
      remedy: expect.stringContaining('restore it'),
    });
  });

  test.each([
    ['', 'not a key file'],
    ['{', 'not a key file'],
    ['{"version":2,"keys":[]}', 'not a key file'],
    ['{"version":1,"keys":[]}', 'which key seals'],
    ['{"version":1,"keys":[{"id":"a"}]}', 'damaged'],
    ['{"version":1,"keys":[{"id":"a","bytes":"c2hvcnQ=","createdAt":1,"retiredAt":null}]}', 'damaged'],
  ])('that holds %j is refused, and left as it is', async (contents, reason) => {
    const path = await newPath();
    await writeFile(path, contents, { mode: 0o600 });
    expect(await refusalOf(path)).toMatchObject({
      code: 'secret.key-file-unusable',
      message: expect.stringContaining(reason),
    });
    expect(await readFile(path, 'utf8')).toBe(contents);
  });

  test('that is a directory is refused', async () => {
    const path = await newPath();
    await mkdir(path, { mode: 0o700 });
    expect(await refusalOf(path)).toMatchObject({ code: 'secret.key-file-unusable' });
  });

  test('is not harmed by a write that broke off', async () => {
    const path = await newPath();
    const before = await open(path);
    const sealed = await before.seal('room/a', Buffer.from('1'));
    await writeFile(`${path}.part`, '{"version":1,"ke', { mode: 0o600 });
    const after = await open(path);
    expect(Buffer.from(await after.open('room/a', sealed)).toString()).toBe('1');
    await after.rotate();
    expect(await readdir(join(path, '..'))).toEqual(['secrets']);
  });

  test('of another platform opens nothing, and says so', async () => {
    const [mine, theirs] = await Promise.all([newPath(), newPath()]);
    const sealed = await (await open(mine)).seal('room/a', Buffer.from('1'));
    const other = await open(theirs);
    await expect(other.open('room/a', sealed)).rejects.toMatchObject({ code: 'secret.keys-missing' });
  });
});

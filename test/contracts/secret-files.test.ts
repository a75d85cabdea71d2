// Secrets in files: read from where only the platform may look, refused everywhere else.
import { chmod, mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { FileSecrets } from '../../src/adapters/file-secrets/file-secrets.ts';
import { mustRun } from '../world/command.ts';
import { temporaryDirectory } from './temporary-directory.ts';

async function aFile(contents: string | Buffer, mode: number): Promise<string> {
  const path = join(await temporaryDirectory(), 'secret');
  await writeFile(path, contents);
  await chmod(path, mode);
  return path;
}

const refusal = (reason: string) => ({
  code: 'platform.secret-unreadable',
  message: expect.stringContaining(reason),
});

describe('SecretFiles: files', () => {
  test.each([
    ['open sesame', 'open sesame'],
    ['open sesame\n', 'open sesame'],
    ['open sesame\r\n', 'open sesame'],
    [' spaces and ünïcode ', ' spaces and ünïcode '],
  ])('%j is %j', async (contents, secret) => {
    expect(await new FileSecrets().read(await aFile(contents, 0o600))).toBe(secret);
  });

  test.each([0o400, 0o600, 0o640])('mode %o will do', async (mode) => {
    expect(await new FileSecrets().read(await aFile('x', mode))).toBe('x');
  });

  test.each([0o604, 0o644, 0o602, 0o601, 0o777])('mode %o will not: others could read or change it', async (mode) => {
    const path = await aFile('x', mode);
    await expect(new FileSecrets().read(path)).rejects.toMatchObject(refusal('everybody on the machine'));
  });

  test('a link is judged by what it leads to', async () => {
    const open = await aFile('x', 0o644);
    const link = join(await temporaryDirectory(), 'link');
    await symlink(open, link);
    await expect(new FileSecrets().read(link)).rejects.toMatchObject(refusal('everybody on the machine'));
  });

  test.each([
    ['', 'it is empty'],
    ['\n', 'it is empty'],
    ['two\nlines\n', 'more than one line'],
    [Buffer.alloc(70_000, 'x'), 'larger than'],
  ])('contents that are no secret are refused', async (contents, reason) => {
    await expect(new FileSecrets().read(await aFile(contents, 0o600))).rejects.toMatchObject(refusal(reason));
  });

  test('neither directories, nor pipes, nor what is not there, nor relative paths are read', async () => {
    const directory = join(await temporaryDirectory(), 'directory');
    await mkdir(directory, { mode: 0o700 });
    await expect(new FileSecrets().read(directory)).rejects.toMatchObject(refusal('no ordinary file'));
    const pipe = join(directory, 'pipe');
    await mustRun(['mkfifo', '-m', '600', pipe]);
    await expect(new FileSecrets().read(pipe)).rejects.toMatchObject(refusal('no ordinary file'));
    await expect(new FileSecrets().read(join(directory, 'none'))).rejects.toMatchObject(refusal('no such file'));
    await expect(new FileSecrets().read('secret')).rejects.toMatchObject(refusal('not absolute'));
  });
});

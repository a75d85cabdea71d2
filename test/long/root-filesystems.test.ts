// Two builds of the default base from the same packages are the same bytes, so that nodes that have one need not fetch the other.
import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { expect, it } from 'vitest';
import { Debootstrap } from '../../src/adapters/debootstrap/debootstrap.ts';
import { BASE_PACKAGES } from '../../src/images/base-images.ts';
import { mustRun } from '../world/command.ts';
import { cachePath } from '../world/directories.ts';
import { installPrerequisites } from '../world/prerequisites.ts';

async function digestOfBuild(): Promise<string> {
  const signal = new AbortController().signal;
  const tar = await new Debootstrap(cachePath('work')).build({
    include: BASE_PACKAGES,
    mirror: '',
    caCertificates: '',
    onLine: () => {},
    signal,
  });
  const hash = createHash('sha256');
  await pipeline(tar, hash);
  return hash.digest('hex');
}

it('an abort in the midst of the installation leaves no process, no mount and no file', async () => {
  await installPrerequisites();
  const directory = mkdtempSync(join(cachePath('work'), 'try-'));
  const controller = new AbortController();
  const onLine = (line: string) => {
    if (line.includes('Configuring')) controller.abort(new Error('not wanted any more'));
  };
  const request = { include: [], mirror: '', caCertificates: '', onLine, signal: controller.signal };
  await expect(new Debootstrap(directory).build(request)).rejects.toThrow('not wanted any more');
  expect(readdirSync(directory)).toEqual([]);
  expect(await mustRun(['ps', '-eo', 'args'])).not.toContain(directory);
  expect(readFileSync('/proc/mounts', 'utf8')).not.toContain(directory);
  rmSync(directory, { recursive: true });
});

it('the base image is the same when it is made again', async () => {
  await installPrerequisites();
  expect(await digestOfBuild()).toBe(await digestOfBuild());
});

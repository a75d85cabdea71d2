// Root file systems made with the real debootstrap.
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { Debootstrap } from '../../src/adapters/debootstrap/debootstrap.ts';
import type { RootFilesystemRequest } from '../../src/ports/root-filesystems.ts';
import { baseImageTar } from '../world/base-image.ts';
import { mustRun } from '../world/command.ts';
import { cachePath } from '../world/directories.ts';
import { installPrerequisites } from '../world/prerequisites.ts';

let directory = '';

beforeAll(installPrerequisites);

beforeEach(() => {
  directory = mkdtempSync(join(cachePath('work'), 'try-'));
});

afterEach(() => rmSync(directory, { recursive: true, force: true }));

function request(parts: Partial<RootFilesystemRequest>): RootFilesystemRequest {
  const signal = new AbortController().signal;
  return { include: [], mirror: '', caCertificates: '', onLine: () => {}, signal, ...parts };
}

it('a mirror that does not answer is told with its last lines, and nothing is left', async () => {
  const build = new Debootstrap(directory).build(request({ mirror: 'http://127.0.0.1:9/debian' }));
  await expect(build).rejects.toMatchObject({
    code: 'image.base-failed',
    message: expect.stringContaining('http://127.0.0.1:9/debian'),
  });
  expect(readdirSync(directory)).toEqual([]);
});

it('an abort ends the download at once, and nothing is left', async () => {
  const controller = new AbortController();
  const onLine = (line: string) => {
    if (line.includes('Retrieving')) controller.abort(new Error('not wanted any more'));
  };
  const build = new Debootstrap(directory).build(request({ onLine, signal: controller.signal }));
  await expect(build).rejects.toThrow('not wanted any more');
  expect(readdirSync(directory)).toEqual([]);
  expect(await mustRun(['ps', '-eo', 'args'])).not.toContain(directory);
});

it('the default base holds Python and trusts certificates, and carries no caches, manuals or names of this machine', async () => {
  const listing = await mustRun(['tar', '--list', '--file', await baseImageTar()]);
  const paths = new Set(listing.split('\n'));
  const below = (path: string) => [...paths].filter((each) => each.startsWith(path) && each !== path);
  expect(paths).toContain('./usr/bin/python3');
  expect(paths).toContain('./etc/ssl/certs/ca-certificates.crt');
  expect(paths).toContain('./usr/share/doc/libc6/copyright');
  for (const empty of ['./var/cache/apt/', './var/lib/apt/lists/', './usr/share/man/', './tmp/']) {
    expect(below(empty)).toEqual([]);
  }
  expect(paths).not.toContain('./etc/hostname');
});

// What every adapter of the Host port does.

import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Host } from '../../src/ports/host.ts';
import { testEngine } from '../world/engine.ts';

/** Runs the suite over an adapter on this machine. */
export function hostContract(name: string, open: () => Host): void {
  describe(`host: ${name}`, () => {
    test('knows its system', async () => {
      const { name: system, debian } = await open().system();
      expect([system, debian]).toEqual([expect.stringContaining('Debian'), true]);
    });

    test('tells which programs are missing', async () => {
      expect(await open().missingPrograms(['tar', 'no-such-program', 'apt-get'])).toEqual(['no-such-program']);
    });

    test('tells the version of an engine that answers, and of none that does not', async () => {
      const { socketPath } = await testEngine();
      expect(await open().engineVersion(socketPath)).toMatch(/^\d+\.\d+/);
      expect(await open().engineVersion(join(tmpdir(), 'no-such.sock'))).toBeUndefined();
    });

    test('installs packages line by line, as root', async () => {
      expect(open().mayInstall()).toBe(true);
      const lines: string[] = [];
      await open().installPackages(['hostname'], (line) => lines.push(line));
      expect(lines.join('\n')).toContain('hostname');
    }, 360_000);

    test('says why when a package cannot be installed', async () => {
      const install = open().installPackages(['no-such-package-at-all'], () => undefined);
      await expect(install).rejects.toMatchObject({
        code: 'platform.install-failed',
        message: expect.stringContaining('no-such-package-at-all'),
      });
    }, 360_000);

    test('knows the free space of a directory', async () => {
      expect(await open().freeBytes(tmpdir())).toBeGreaterThan(0);
    });
  });
}

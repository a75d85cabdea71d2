// What every adapter of the RootFilesystems port does.
import type { Readable } from 'node:stream';
import { extract } from 'tar-stream';
import { describe, expect, test } from 'vitest';
import type { RootFilesystems } from '../../src/ports/root-filesystems.ts';

/** How the suite opens an adapter: one that works, and one whose source is not there. */
export interface RootFilesystemsWays {
  working(): Promise<RootFilesystems>;
  failing(): Promise<{ readonly adapter: RootFilesystems; readonly mirror: string }>;
}

const REQUEST = { include: ['python3', 'python3-pip', 'ca-certificates'], mirror: '', caCertificates: '' };

/** Runs the suite over an adapter. */
export function rootFilesystemsContract(name: string, ways: RootFilesystemsWays): void {
  describe(`root file systems: ${name}`, () => {
    test('give an uncompressed tar with a Python and its pip, and tell what they do', async () => {
      const lines: string[] = [];
      const adapter = await ways.working();
      const tar = await adapter.build({
        ...REQUEST,
        onLine: (line) => lines.push(line),
        signal: new AbortController().signal,
      });
      const names = await namesIn(tar);
      expect(names).toContain('usr/bin/python3');
      expect(names).toContain('usr/lib/python3/dist-packages/pip/__init__.py');
      expect(lines.length).toBeGreaterThan(0);
    }, 900_000);

    test('say what is wrong when their source is not there', async () => {
      const { adapter, mirror } = await ways.failing();
      const build = adapter.build({
        ...REQUEST,
        mirror,
        onLine: () => undefined,
        signal: new AbortController().signal,
      });
      await expect(build).rejects.toMatchObject({ code: 'image.base-failed' });
    });
  });
}

async function namesIn(tar: Readable): Promise<Set<string>> {
  const names = new Set<string>();
  const entries = extract();
  tar.on('error', (error) => entries.destroy(error));
  tar.pipe(entries);
  for await (const entry of entries) {
    names.add(entry.header.name.replace(/^\.?\//, '').replace(/\/$/, ''));
    entry.resume();
  }
  return names;
}

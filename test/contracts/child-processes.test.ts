// Processes that outlive who started them, with real ones.
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';

const run = promisify(execFile);
const adapter = join(import.meta.dirname, '../../src/adapters/child-processes');

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'berth-test-children-'));
});
afterEach(() => {
  rmSync(directory, { recursive: true });
});

/** What a program prints that starts a child and does so with it. */
async function printedBy(words: readonly string[], lines: readonly string[]): Promise<string> {
  const log = join(directory, 'log');
  const program = [
    `import { startChild } from '${adapter}/child-processes.ts';`,
    `import { isAlive } from '${adapter}/process-mark.ts';`,
    `const command = { words: ${JSON.stringify(words)}, environment: {}, logPath: '${log}', beatPath: null };`,
    'const { mark, ended } = await startChild(command);',
    ...lines,
  ].join('\n');
  const { stdout } = await run(process.execPath, ['--input-type=module', '--eval', program]);
  return stdout.trim();
}

describe('processes that outlive who started them', () => {
  test('who waits for one that is gone, with nothing else to do, is told how it ended', async () => {
    const wait = ['while (isAlive(mark));', 'console.log((await ended()).code);'];
    expect(await printedBy(['/bin/sh', '-c', 'exit 3'], wait)).toBe('3');
  });

  test('who does not wait ends before it', async () => {
    const pid = Number(await printedBy(['/bin/sleep', '600'], ['console.log(mark.pid);']));
    expect(() => process.kill(pid, 'SIGKILL')).not.toThrow();
  });
});

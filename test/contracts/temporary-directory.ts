// Directories of the tests' own.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';

/** A new directory that goes away when the test that asked for it is over. */
export async function temporaryDirectory(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'berth-test-'));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  return directory;
}

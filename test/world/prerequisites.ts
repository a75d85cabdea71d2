// What the tests' world needs of the machine, installed from the machine's own package source when it is missing.
import { accessSync, constants } from 'node:fs';
import { mustRun } from './command.ts';

const PACKAGES: Readonly<Record<string, string>> = {
  dockerd: 'docker.io',
  iptables: 'iptables',
  ip: 'iproute2',
  debootstrap: 'debootstrap',
  ssh: 'openssh-client',
  'ssh-keygen': 'openssh-client',
  python3: 'python3',
  flock: 'util-linux',
  setpriv: 'util-linux',
  mariadbd: 'mariadb-server-core',
  'mariadb-install-db': 'mariadb-server-core',
  mariadb: 'mariadb-client-core',
  mosquitto: 'mosquitto',
  chromium: 'chromium',
};

const DIRECTORIES = ['/usr/local/sbin', '/usr/local/bin', '/usr/sbin', '/usr/bin', '/sbin', '/bin'];

/** Makes sure that every program is there. @throws saying what is missing when this process may not install it */
export async function installPrerequisites(): Promise<void> {
  const missing = Object.keys(PACKAGES).filter((program) => !hasProgram(program));
  const packages = [...new Set(missing.map((program) => PACKAGES[program] ?? program))];
  const root = process.getuid?.() === 0;
  if (!root) throw new Error(`the test world starts a Docker engine, which needs root${hint(packages)}`);
  if (packages.length === 0) return;
  if (!hasProgram('apt-get')) throw new Error(`the test world needs these programs: ${missing.join(', ')}`);
  process.stderr.write(`Installing what the tests need from this machine's package source: ${packages.join(' ')}\n`);
  await mustRun(['apt-get', 'update']);
  const options = ['-y', '--no-install-recommends', '-o', 'DPkg::Lock::Timeout=300'];
  await mustRun(['env', 'DEBIAN_FRONTEND=noninteractive', 'apt-get', 'install', ...options, ...packages]);
}

function hint(packages: readonly string[]): string {
  return packages.length === 0 ? '' : `; also missing: ${packages.join(', ')} (apt-get install them)`;
}

function hasProgram(program: string): boolean {
  return DIRECTORIES.some((directory) => {
    try {
      accessSync(`${directory}/${program}`, constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

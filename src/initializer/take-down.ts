// Takes a platform off one machine: what the initializer did there, by its manifest, and nothing else.
import { BerthError } from '../model/errors.ts';
import type { Clock } from '../ports/clock.ts';
import type { InstallerMachine } from '../ports/installer-machine.ts';
import { withdrawKeys } from './authorized-keys.ts';
import { leaveStatements, namesQuery } from './database-rights.ts';
import { ETC, PROGRAMS } from './machine-paths.ts';
import { MachineSupervisor } from './machine-supervisor.ts';
import { readManifest } from './manifest.ts';
import { MARIADB_PACKAGES } from './mariadb-engine.ts';

/** What is to go. */
export interface TakeDown {
  readonly machine: InstallerMachine;
  readonly platform: string;
  readonly clock: Clock;
  readonly supervisor: 'systemd' | 'own';
  /** `kept`: a later installation finds it again. */
  readonly data: 'kept' | 'removed';
}

const REMOVE_WITHIN_MS = 600_000;

/** Resolves to what was taken away, for people; nothing where nothing of the platform was. @throws initializer.other-platform, initializer.step-failed */
export async function takeDown(wish: TakeDown): Promise<readonly string[]> {
  const { machine, platform, clock, supervisor, data } = wish;
  const manifest = await readManifest(machine);
  if (!manifest) return [];
  if (manifest.platform !== platform)
    throw new BerthError('initializer.other-platform', { machine: machine.address, found: manifest.platform });
  await new MachineSupervisor(machine, clock, supervisor).end();
  await withdrawKeys(machine, manifest.authorized);
  const isOurServer = MARIADB_PACKAGES.every((each) => manifest.packages.includes(each));
  // Where no systemd runs, a server outlives its package.
  if (isOurServer) await machine.run(['service', 'mariadb', 'stop'], { withinMs: REMOVE_WITHIN_MS });
  else for (const database of manifest.databases) await leaveDatabase(machine, database, data);
  if (manifest.packages.length > 0) await removePackages(machine, manifest.packages);
  const removed = [...manifest.files, PROGRAMS, ...(data === 'removed' ? manifest.data : [])];
  for (const user of manifest.users) await removeUser(machine, user);
  // The manifest is the last to go: until then the next try knows what is left.
  for (const path of [...removed, ETC]) await must(machine, `remove ${path}`, ['rm', '-rf', '--', path]);
  if (supervisor === 'systemd') await must(machine, 'reload systemd', ['systemctl', 'daemon-reload']);
  const users = manifest.users.map((name) => `user ${name}`);
  const keys = manifest.authorized.length > 0 ? ["the platform's SSH key"] : [];
  return [...manifest.packages.map((name) => `package ${name}`), ...users, ...keys, ...removed, ETC];
}

/** A server that was there before the platform stays, without the platform's accounts; where it is gone, they are as well. */
async function leaveDatabase(machine: InstallerMachine, database: string, data: TakeDown['data']): Promise<void> {
  const words = ['mariadb', '--batch', '--skip-column-names'];
  const { status, output } = await machine.run(words, { input: `${namesQuery()};` });
  if (status !== '0') return;
  const input = leaveStatements(database, output.split('\n'), data).map((statement) => `${statement};\n`);
  const left = await machine.run(words, { input: input.join('') });
  if (left.status !== '0') throw failed(machine, `leave the database ${database}`, left.complaint);
}

async function removeUser(machine: InstallerMachine, user: string): Promise<void> {
  if ((await machine.run(['id', user])).status !== '0') return;
  await must(machine, `remove the user ${user}`, ['/usr/sbin/userdel', user]);
}

async function removePackages(machine: InstallerMachine, packages: readonly string[]): Promise<void> {
  const words = ['env', 'DEBIAN_FRONTEND=noninteractive', 'apt-get', '-y', '-o', 'DPkg::Lock::Timeout=300', 'remove'];
  const { status, complaint } = await machine.run([...words, ...packages], { withinMs: REMOVE_WITHIN_MS });
  if (status !== '0') throw failed(machine, `remove ${packages.join(', ')}`, complaint);
}

async function must(machine: InstallerMachine, act: string, words: readonly string[]): Promise<void> {
  const { status, complaint } = await machine.run(words);
  if (status !== '0') throw failed(machine, act, complaint);
}

function failed(machine: InstallerMachine, act: string, complaint: string): BerthError {
  const reason = complaint.split('\n').at(-1) || 'it gave no reason';
  return new BerthError('initializer.step-failed', { machine: machine.address, act, reason });
}

// The machines of a machines file as they were found: reached, looked at, or why not.
import { BerthError } from '../model/errors.ts';
import type { InstallerAccess, InstallerMachine, InstallerMachines, MachineFacts } from '../ports/installer-machine.ts';
import type { HostKey } from '../ports/machine.ts';
import type { Looked } from './decide-checks.ts';
import type { MachineEntry, MachinesFile } from './machines-file-schema.ts';
import { type Manifest, readManifest } from './manifest.ts';
import { missingPackages } from './observe-machine.ts';
import type { PlatformMap } from './platform-map.ts';
import type { BootWay } from './supervision-files.ts';
import { packagesOf } from './wanted-machines.ts';

/** A machine that was reached. */
export interface Site {
  readonly entry: MachineEntry;
  readonly machine: InstallerMachine;
  /** Pinned; null: it is this machine. */
  readonly hostKey: string | null;
  readonly facts: MachineFacts;
  readonly manifest: Manifest | undefined;
  /** Of the packages that it needs. */
  readonly missing: readonly string[];
  readonly hasSources: boolean;
  readonly bootWay: BootWay;
}

/** One that was not. */
export interface Unreached {
  readonly entry: MachineEntry;
  readonly failure: BerthError;
}

/** What reaching needs. */
export interface SiteParts {
  readonly machines: InstallerMachines;
  /** Whether a person holds a host key to be the machine's; undefined: nobody can be asked. */
  readonly judgeHostKey: (machine: string, key: HostKey) => Promise<boolean | undefined>;
}

/** Reaches all machines at once. Those that cannot be reached are among the answers. */
export async function reachSites(
  file: MachinesFile,
  known: PlatformMap | undefined,
  parts: SiteParts,
): Promise<readonly (Site | Unreached)[]> {
  const keys: (string | null | BerthError)[] = [];
  // One question after the other: a person can only answer one.
  for (const entry of file.machines) keys.push(await hostKeyOf(entry, known, parts).catch(onlyOurs));
  return Promise.all(
    file.machines.map(async (entry, index): Promise<Site | Unreached> => {
      const key = keys[index] ?? null;
      if (key instanceof BerthError) return { entry, failure: key };
      try {
        return await look(file, entry, key, parts.machines);
      } catch (error) {
        return { entry, failure: onlyOurs(error) };
      }
    }),
  );
}

/** What the checks are told of a machine. */
export function lookedAt(site: Site | Unreached, platform: string): Looked {
  const machine = site.entry.name;
  if ('failure' in site) return { machine, failure: { message: site.failure.message, remedy: site.failure.remedy } };
  const { facts, missing, hasSources, manifest } = site;
  return { machine, facts, missingPackages: missing, hasSources, isOurs: manifest?.platform === platform };
}

function onlyOurs(error: unknown): BerthError {
  if (error instanceof BerthError) return error;
  throw error;
}

async function hostKeyOf(
  { name, host, port, hostKey }: MachineEntry,
  known: PlatformMap | undefined,
  { machines, judgeHostKey }: SiteParts,
): Promise<string | null> {
  if (host === 'local') return null;
  if (hostKey !== undefined) return hostKey;
  const before = known?.machines.find((machine) => machine.name === name && machine.host === host);
  if (before?.hostKey) return before.hostKey;
  const key = await machines.scanHostKey(host, port);
  const { line, fingerprint } = key;
  const isRight = await judgeHostKey(name, key);
  if (isRight === undefined) throw new BerthError('initializer.host-key-unknown', { machine: name, fingerprint, line });
  if (!isRight) throw new BerthError('initializer.host-key-refused', { machine: name });
  return line;
}

async function look(
  file: MachinesFile,
  entry: MachineEntry,
  hostKey: string | null,
  machines: InstallerMachines,
): Promise<Site> {
  const { host, port, user, identity } = entry;
  const access: InstallerAccess =
    hostKey === null ? { kind: 'local' } : { kind: 'ssh', host, port, user, identity, hostKey };
  const machine = await machines.open(access);
  try {
    const facts = await machine.facts();
    const missing = facts.isDebian
      ? await missingPackages(machine, packagesOf(file, entry.name))
      : packagesOf(file, entry.name);
    return {
      ...{ entry, machine, hostKey, facts, missing },
      manifest: await readManifest(machine),
      hasSources: missing.length === 0 || (facts.isDebian && (await hasSources(machine))),
      bootWay: await bootWayOf(machine, usesSystemd(file, facts)),
    };
  } catch (error) {
    await machine.close();
    throw error;
  }
}

/** Whether systemd keeps the supervisor. */
export function usesSystemd({ supervisor }: MachinesFile, { hasSystemd }: MachineFacts): boolean {
  return supervisor === 'systemd' || (supervisor === 'auto' && hasSystemd);
}

async function hasSources(machine: InstallerMachine): Promise<boolean> {
  const words = ['apt-get', '-o', 'APT::Update::Error-Mode=any', '-o', 'DPkg::Lock::Timeout=180', 'update'];
  return (await machine.run(words, { withinMs: 300_000 })).status === '0';
}

/** A script that somebody else wrote is left alone. */
async function bootWayOf(machine: InstallerMachine, hasSystemd: boolean): Promise<BootWay> {
  if (hasSystemd) return 'systemd';
  if ((await machine.run(['test', '-x', '/usr/sbin/cron'])).status === '0') return 'cron';
  const script = await machine.readFile('/etc/rc.local');
  return script === undefined || script.includes("Written by 'berth platform'") ? 'rc.local' : 'none';
}

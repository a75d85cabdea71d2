// An installer for a machines file, with what this machine gives it: SSH, the packed program, the person's answers, the files beside it.
import { existsSync } from 'node:fs';
import { readFile, rename, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { readPinnedKey } from '../adapters/docker-machine/host-key.ts';
import { openSsh, scanSsh } from '../adapters/docker-machine/open-ssh.ts';
import { readPrivateKey } from '../adapters/docker-machine/platform-key.ts';
import { ORDINARY_TIMEOUTS } from '../adapters/docker-machine/timeouts.ts';
import { installerMachines } from '../adapters/installer-machine/installer-machines.ts';
import { SystemClock } from '../adapters/system-clock/system-clock.ts';
import { SystemRandom } from '../adapters/system-random/system-random.ts';
import type { Surroundings } from '../cli/surroundings.ts';
import { SETTINGS } from '../config/settings.ts';
import { kafkaPack } from '../initializer/kafka-pack.ts';
import type { MachineMaker } from '../initializer/machine-maker.ts';
import type { GivenMachinesFile, MachinesFile } from '../initializer/machines-file-schema.ts';
import { type InstallerTelling, PlatformInstaller } from '../initializer/platform-installer.ts';
import { mapText, type PlatformMap, readMap } from '../initializer/platform-map.ts';
import { type ProgramPack, packProgram } from '../initializer/program-pack.ts';
import { readMachinesFile } from '../initializer/read-machines-file.ts';
import { type ResolvedMachines, resolveMachines } from '../initializer/resolve-machines.ts';
import { BerthError } from '../model/errors.ts';
import type { InstallerMachines } from '../ports/installer-machine.ts';
import type { HostKey } from '../ports/machine.ts';
import { installerSecrets } from './installer-secrets.ts';
import { machineMaker, madeMachinesAt } from './machine-making.ts';
import { ownAtomic } from './node-programs.ts';
import { PROGRAM_DIRECTORY } from './program-directory.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** What the person asked for. */
export interface InstallerOptions {
  readonly acceptHostKeys?: true;
  /** Directory of another program than the one that runs. */
  readonly program?: string;
  /** Has components that were moved run where they were placed. */
  readonly putBack?: true;
  /** How long a component may take until it is healthy, seconds. */
  readonly patience?: string;
}

/** An installer and what is around it. */
export interface OpenedInstaller {
  /** With the machines that are there. */
  readonly file: MachinesFile;
  /** Those that a provider would have to make first; without them, nothing can be installed. */
  readonly unmade: ResolvedMachines['unmade'];
  readonly maker: MachineMaker;
  readonly installer: PlatformInstaller;
  readonly machines: InstallerMachines;
  readonly clock: SystemClock;
  readonly mapPath: string;
  readonly secretsPath: string;
  readMap(): Promise<PlatformMap | undefined>;
  judgeHostKey(machine: string, key: HostKey): Promise<boolean | undefined>;
}

const ORDINARY_PATIENCE_SECONDS = 120;

/** Reads the machines file; `made`: has machines made that are missing. @throws initializer.file-unreadable, initializer.file-invalid, what making throws */
export async function installerOf(
  path: string,
  options: InstallerOptions,
  machinesAre: 'made' | 'as-they-are',
  around: {
    readonly surroundings: Surroundings;
    readonly environment: Environment;
    readonly telling: InstallerTelling;
  },
): Promise<OpenedInstaller> {
  const { surroundings, environment, telling } = around;
  const given = await readFileOf(path);
  const [clock, random] = [new SystemClock(), new SystemRandom()];
  const beside = resolve(path).replace(/\.ya?ml$/, '');
  const [mapPath, secretsPath] = [`${beside}.map.yaml`, `${beside}.secrets`];
  const maps = { read: () => readMapAt(mapPath), write: (map: PlatformMap) => writeMapAt(mapPath, map) };
  const machines = reachable(clock, environment);
  const judgeHostKey = hostKeyJudge(surroundings, options);
  const directory = dirname(resolve(path));
  const made = madeMachinesAt(`${beside}.made.json`);
  const maker = machineMaker({
    ...{ file: given, directory, made, clock, random, environment, machines, judgeHostKey, leave: surroundings.leave },
    during: (title, work) => telling.during(title, work),
  });
  if (machinesAre === 'made') await maker.make().finally(() => maker.close());
  const { file, unmade } = resolveMachines(given, await made.read());
  const bus = besideFile(given, directory);
  const installer = new PlatformInstaller(file, {
    ...{ clock, machines, judgeHostKey, maps, telling, moved: options.putBack ? 'put-back' : 'kept' },
    pack: once(() => telling.during('pack the program', () => packOf(options, environment, surroundings.leave))),
    kafka: once(async () => (bus !== 'none' && 'on' in bus ? kafkaPack(bus.program) : undefined)),
    secrets: (keys) => installerSecrets({ directory: secretsPath, bus, clock, random }, keys),
    architecture: process.arch,
    healthyWithinMs: Number(options.patience ?? ORDINARY_PATIENCE_SECONDS) * 1000,
    leave: surroundings.leave,
  });
  return { file, unmade, maker, installer, machines, clock, mapPath, secretsPath, readMap: maps.read, judgeHostKey };
}

async function readFileOf(path: string): Promise<GivenMachinesFile> {
  const text = await readFile(path, 'utf8').catch((cause: Error) => {
    throw new BerthError('initializer.file-unreadable', { path, reason: cause.message }, { cause });
  });
  return readMachinesFile(text, { path, variables: Object.values(SETTINGS).map(({ variable }) => variable) });
}

/** Paths in a machines file are seen from where it lies. */
function besideFile({ bus }: GivenMachinesFile, directory: string): MachinesFile['bus'] {
  if (bus === 'none') return bus;
  if ('on' in bus) return { on: bus.on, program: resolve(directory, bus.program) };
  const from = (path: string | undefined) => (path === undefined ? undefined : resolve(directory, path));
  const [credentials, certificates] = [from(bus.credentials), from(bus.certificates)];
  return {
    given: bus.given,
    ...(credentials === undefined ? {} : { credentials }),
    ...(certificates === undefined ? {} : { certificates }),
  };
}

function reachable(clock: SystemClock, environment: Environment): InstallerMachines {
  const patience = { clock, timeouts: ORDINARY_TIMEOUTS };
  return installerMachines({
    clock,
    scanHostKey: (host, port) => scanSsh(host, port, patience),
    signIn: async ({ host, port, user, identity, hostKey }) => {
      const key = await readPrivateKey(identity.replace(/^~(?=\/)/, environment.HOME ?? '/root'));
      return openSsh({ host, port, user, identity: key, pinned: readPinnedKey(hostKey) }, patience);
    },
  });
}

function hostKeyJudge(
  { confirm }: Surroundings,
  { acceptHostKeys }: InstallerOptions,
): (machine: string, key: HostKey) => Promise<boolean | undefined> {
  return async (machine, { fingerprint }) => {
    if (acceptHostKeys) return true;
    return confirm?.(`${machine} shows the host key ${fingerprint}. Is that right?`);
  };
}

function packOf({ program }: InstallerOptions, environment: Environment, leave: AbortSignal): Promise<ProgramPack> {
  const cache = environment.XDG_CACHE_HOME || join(environment.HOME ?? '/root', '.cache');
  return packProgram({
    directory: program === undefined ? PROGRAM_DIRECTORY : resolve(program),
    cache: join(cache, 'berth', 'packs'),
    atomic: ownAtomic()[0],
    leave,
  });
}

function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => {
    made ??= make();
    return made;
  };
}

async function readMapAt(path: string): Promise<PlatformMap | undefined> {
  return existsSync(path) ? readMap(await readFile(path, 'utf8')) : undefined;
}

async function writeMapAt(path: string, map: PlatformMap): Promise<void> {
  const text = mapText(map);
  if (existsSync(path) && (await readFile(path, 'utf8')) === text) return;
  await writeFile(`${path}.fresh`, text);
  await rename(`${path}.fresh`, path);
}

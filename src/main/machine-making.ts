// The machines of a machines file that providers make: with the program's own providers, and remembered beside the file.
import { existsSync } from 'node:fs';
import { open, readFile, rename, rm } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { Debootstrap } from '../adapters/debootstrap/debootstrap.ts';
import { readPrivateKey } from '../adapters/docker-machine/platform-key.ts';
import { MachineMaker, type MachineMakerParts } from '../initializer/machine-maker.ts';
import type { GivenMachinesFile } from '../initializer/machines-file-schema.ts';
import { type MadeMachinesFile, madeMachinesText, readMadeMachines } from '../initializer/made-machines.ts';
import type { FileProvider } from '../initializer/provider-schema.ts';
import { BerthError } from '../model/errors.ts';
import type { ProviderAccess } from '../model/server.ts';
import type { Clock } from '../ports/clock.ts';
import type { Provider } from '../ports/provider.ts';
import type { Random } from '../ports/random.ts';
import { openProviders } from './open-providers.ts';

/** What it is put together from. */
export interface MachineMakingParts extends Pick<MachineMakerParts, 'machines' | 'judgeHostKey' | 'during' | 'leave'> {
  readonly file: GivenMachinesFile;
  /** The directory of the machines file: paths in it are seen from there. */
  readonly directory: string;
  readonly made: MadeMachinesFile;
  readonly clock: Clock;
  readonly random: Random;
  readonly environment: Readonly<Record<string, string | undefined>>;
}

const ID_LENGTH = 16;

/** The maker of a file's machines; whoever is done closes it. */
export function machineMaker(parts: MachineMakingParts): MachineMaker {
  const { file, random } = parts;
  const newId = () => random.id(ID_LENGTH);
  return new MachineMaker(file, { ...parts, newId, open: (config, owner) => openFileProvider(config, owner, parts) });
}

/** Where machines that were made are remembered. */
export function madeMachinesAt(path: string): MadeMachinesFile {
  return {
    read: async () => (existsSync(path) ? readMadeMachines(await readFile(path, 'utf8')) : undefined),
    write: async (made) => {
      const fresh = `${path}.fresh`;
      const file = await open(fresh, 'w', 0o600);
      try {
        await file.writeFile(madeMachinesText(made));
        // Whoever asks a provider for a machine afterwards must find this again after a power cut.
        await file.sync();
      } finally {
        await file.close();
      }
      await rename(fresh, path);
    },
    remove: () => rm(path, { force: true }),
  };
}

/** Seen from the file's directory, with `~` as a shell reads it. */
function pathIn(directory: string, path: string): string {
  return resolve(directory, path.replace(/^~(?=\/)/, homedir()));
}

function openFileProvider(
  { access, ssh }: FileProvider,
  owner: string,
  { directory, clock, environment }: MachineMakingParts,
): Promise<Provider> {
  const publicKey = async () => (await readPrivateKey(pathIn(directory, ssh.identity))).publicLine;
  const providers = openProviders({
    ...{ clock, environment, publicKey, platformUid: owner, caCertificates: '' },
    rootFilesystems: new Debootstrap(join(tmpdir(), `berth-machines-${process.pid}`)),
    secretValue: async () => {
      const reason = "there is no platform yet that keeps secrets: name a file in 'credentialsFile'";
      throw new BerthError('provider.unusable', { reason });
    },
  });
  return providers.open(besideFile(access, directory));
}

function besideFile(access: ProviderAccess, directory: string): ProviderAccess {
  if (access.kind !== 'ec2' || access.credentialsFile === null) return access;
  if (access.credentialsFile.startsWith('secret:')) return access;
  return { ...access, credentialsFile: pathIn(directory, access.credentialsFile) };
}

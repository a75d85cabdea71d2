// The secrets of a platform on the machine of the person who installs it: made once, in a directory that only they can read, beside the
// machines file. Passwords are derived from the platform's own secret, so that whoever has that one has all of them, and nobody else any.
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { loadPlatformKey } from '../adapters/docker-machine/platform-key.ts';
import { FileKeyring } from '../adapters/file-keyring/file-keyring.ts';
import type { MachinesFile } from '../initializer/machines-file-schema.ts';
import type { InstallerSecrets } from '../initializer/wanted-machines.ts';
import type { Clock } from '../ports/clock.ts';
import type { Random } from '../ports/random.ts';
import { passwordsOf } from './passwords-of.ts';
import { loadPlatformKeys } from './platform-keys.ts';

/** What they are made with. */
export interface SecretsParts {
  readonly directory: string;
  readonly bus: MachinesFile['bus'];
  readonly clock: Clock;
  readonly random: Random;
}

const FILES = ['secret', 'secrets', 'platform_ed25519'];

/** Those that are there, or that a machine of the platform has; else new ones. */
export async function installerSecrets(
  { directory, bus, clock, random }: SecretsParts,
  onMachines: Readonly<Record<string, Uint8Array>>,
): Promise<InstallerSecrets> {
  await mkdir(directory, { recursive: true, mode: 0o700 });
  for (const [name, bytes] of Object.entries(onMachines)) await writeUnlessThere(join(directory, name), bytes);
  await loadPlatformKeys(join(directory, 'secret'), random);
  await FileKeyring.open({ path: join(directory, 'secrets'), clock, random });
  const { publicLine: publicKey } = await loadPlatformKey(directory, random);
  const keys = Object.fromEntries(
    await Promise.all(FILES.map(async (name) => [name, await readFile(join(directory, name))] as const)),
  );
  const secret = keys.secret ?? Buffer.alloc(0);
  const passwordOf = passwordsOf(secret);
  const given = bus === 'none' || 'on' in bus ? undefined : bus;
  return {
    ...{ keys, publicKey, passwordOf },
    busCredentials: given?.credentials === undefined ? undefined : await readFile(given.credentials, 'utf8'),
    busCertificates: given?.certificates === undefined ? undefined : await readFile(given.certificates, 'utf8'),
  };
}

async function writeUnlessThere(path: string, bytes: Uint8Array): Promise<void> {
  try {
    await writeFile(path, bytes, { mode: 0o600, flag: 'wx', flush: true });
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
  }
}

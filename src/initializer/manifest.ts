// What the initializer did on a machine, kept there, so that taking it down takes away that and nothing else.
import { z } from 'zod';
import type { InstallerMachine } from '../ports/installer-machine.ts';
import { MANIFEST } from './machine-paths.ts';

const manifestSchema = z.object({
  platform: z.string(),
  /** Packages that were not there before. */
  packages: z.array(z.string()),
  /** Files outside of the platform's own directories. */
  files: z.array(z.string()),
  /** Directories of data. */
  data: z.array(z.string()),
  /** Databases that were made in a server of the machine. */
  databases: z.array(z.string()).default([]),
  /** Users of the machine that were made. */
  users: z.array(z.string()).default([]),
  /** Public keys that were let in as root; an earlier initializer let none in. */
  authorized: z.array(z.string()).default([]),
});

/** It. */
export type Manifest = z.output<typeof manifestSchema>;

/** What is written on a machine; undefined: nothing was done there. */
export async function readManifest(machine: InstallerMachine): Promise<Manifest | undefined> {
  const bytes = await machine.readFile(MANIFEST);
  return bytes === undefined ? undefined : manifestSchema.parse(JSON.parse(bytes.toString('utf8')));
}

/** Adds to it, before anything of what is added is done. */
export async function addToManifest(machine: InstallerMachine, added: Manifest): Promise<void> {
  const before = await readManifest(machine);
  const both = (one: readonly string[] = [], other: readonly string[] = []) => [...new Set([...one, ...other])].sort();
  const after: Manifest = {
    platform: added.platform,
    packages: both(before?.packages, added.packages),
    files: both(before?.files, added.files),
    data: both(before?.data, added.data),
    databases: both(before?.databases, added.databases),
    users: both(before?.users, added.users),
    authorized: both(before?.authorized, added.authorized),
  };
  if (JSON.stringify(before) === JSON.stringify(after)) return;
  await machine.putFile(MANIFEST, Buffer.from(`${JSON.stringify(after, null, 2)}\n`), 0o644);
}

// Which files the packed program has: what runs, and nothing that only its developers need.
import { lstat, readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { BerthError } from '../model/errors.ts';

/** A file of the pack. */
export interface PackedFile {
  /** Its path in the pack. */
  readonly name: string;
  /** Where it lies here. */
  readonly source: string;
  readonly size: number;
  readonly mode: 0o644 | 0o755;
}

const lockSchema = z.object({
  packages: z.record(z.string(), z.object({ dev: z.boolean().optional(), optional: z.boolean().optional() })),
});

const OWN = ['bin', 'src', 'sdk', 'web/dist', 'package.json'];
/** A module of its own at the top; what lies inside another one comes with it. */
const TOP_MODULE = /^node_modules\/(@[^/]+\/)?[^/]+$/;
const NODE_MODULE = /^node_modules\/node-linux-/;
/** Of Node's own package: headers for compiling and documents are a third of it. */
const OF_NODE = /^node_modules\/node-linux-[^/]+\/(bin\/node|LICENSE|package\.json)$/;
/** For people who read code, not for running it; and leavings of trials. */
const NOT_PACKED = /\.(map|d\.[cm]?ts|tsbuildinfo|pyc)$|\/__pycache__\//;

/** All files of the program in a directory, by name. @throws initializer.pack-failed */
export async function packContents(directory: string): Promise<readonly PackedFile[]> {
  const modules = await productionModules(directory);
  const parts = await Promise.all([...OWN, ...modules].map((name) => filesBelow(directory, name)));
  const files = parts
    .flat()
    .filter(({ name }) => !NOT_PACKED.test(name) && (!NODE_MODULE.test(name) || OF_NODE.test(name)));
  return files.sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** By the flags of the lockfile. What is optional may be for another kind of machine, and not there. */
async function productionModules(directory: string): Promise<string[]> {
  const { packages } = lockSchema.parse(JSON.parse(await read(join(directory, 'package-lock.json'))));
  const wanted = Object.entries(packages).filter(([name, { dev }]) => TOP_MODULE.test(name) && dev !== true);
  const found = await Promise.all(
    wanted.map(async ([name, { optional }]) => {
      const isThere = await stat(join(directory, name)).then(
        () => true,
        () => false,
      );
      if (isThere) return [name];
      if (optional) return [];
      throw new BerthError('initializer.pack-failed', { reason: `${name} is missing` });
    }),
  );
  return found.flat();
}

async function read(path: string): Promise<string> {
  return readFile(path, 'utf8').catch((cause: Error) => {
    throw new BerthError('initializer.pack-failed', { reason: cause.message }, { cause });
  });
}

/** Links within are left out: the only one that is needed, to Node itself, is made anew. */
async function filesBelow(directory: string, name: string): Promise<PackedFile[]> {
  const source = join(directory, name);
  const found = await stat(source).catch((cause: Error) => {
    throw new BerthError('initializer.pack-failed', { reason: cause.message }, { cause });
  });
  if (!found.isDirectory())
    return [{ name, source, size: found.size, mode: (found.mode & 0o100) === 0 ? 0o644 : 0o755 }];
  const entries = await readdir(source);
  const files: PackedFile[] = [];
  for (const entry of entries) {
    const isLink = (await lstat(join(source, entry))).isSymbolicLink();
    if (!isLink) files.push(...(await filesBelow(directory, `${name}/${entry}`)));
  }
  return files;
}

// Root file systems for tests, made once with the product's own adapter and kept in the cache directory.
import { createHash } from 'node:crypto';
import { createWriteStream, existsSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { Debootstrap } from '../../src/adapters/debootstrap/debootstrap.ts';
import { cachePath } from './directories.ts';
import { locked } from './lock.ts';
import { machineCertificates } from './machine-certificates.ts';
import { installPrerequisites } from './prerequisites.ts';

/** A kept tar: where it is, and a mark of what it was made of. */
export interface RootTar {
  readonly path: string;
  readonly mark: string;
}

const BUILD_WITHIN_MS = 600_000;

/** The tar of a minimal Debian with these packages; made under a lock when it is not there. */
export async function rootTar(name: string, include: readonly string[]): Promise<RootTar> {
  const certificates = machineCertificates();
  const mark = createHash('sha256')
    .update(JSON.stringify([include, certificates]))
    .digest('hex')
    .slice(0, 12);
  const path = join(cachePath('roots'), `${name}-${mark}.tar`);
  if (!existsSync(path)) await locked(`root-${name}`, () => buildOnce(path, include, certificates));
  return { path, mark };
}

async function buildOnce(path: string, include: readonly string[], caCertificates: string): Promise<void> {
  if (existsSync(path)) return;
  await installPrerequisites();
  process.stderr.write(`Making a Debian root with ${include.join(', ')}; about a minute, once\n`);
  const signal = AbortSignal.timeout(BUILD_WITHIN_MS);
  const roots = new Debootstrap(cachePath('work'));
  const tar = await roots.build({ include, mirror: '', caCertificates, onLine: () => {}, signal });
  await pipeline(tar, createWriteStream(`${path}.part`));
  renameSync(`${path}.part`, path);
}

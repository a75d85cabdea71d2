// The lockfile installs everywhere: it names every platform's optional packages (a registry that lacks some makes npm leave them out,
// and `npm ci` then refuses the lockfile), and no address of any registry.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

interface Entry {
  readonly resolved?: string;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

const LOCKFILES = ['package-lock.json', 'bench/neighbours/package-lock.json'];

function packagesOf(lockfile: string): Readonly<Record<string, Entry>> {
  const text = readFileSync(join(import.meta.dirname, '..', lockfile), 'utf8');
  return (JSON.parse(text) as { packages: Record<string, Entry> }).packages;
}

test.each(LOCKFILES)('%s names every optional package of every package', (lockfile) => {
  const packages = packagesOf(lockfile);
  const paths = Object.keys(packages);
  const wanted = Object.values(packages).flatMap(({ optionalDependencies = {} }) => Object.keys(optionalDependencies));
  const missing = wanted.filter(
    (name) => !paths.some((path) => path === `node_modules/${name}` || path.endsWith(`/node_modules/${name}`)),
  );
  expect(missing).toEqual([]);
});

test.each(LOCKFILES)('%s names no download address', (lockfile) => {
  const packages = packagesOf(lockfile);
  expect(Object.values(packages).filter(({ resolved }) => resolved?.startsWith('http'))).toEqual([]);
});

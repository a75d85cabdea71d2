// By what a dependency layer is found again.
import { createHash } from 'node:crypto';
import type { Dependencies } from '../model/package.ts';

/** Changes when the installer lays its layer out differently. */
const LAYOUT = 1;

/**
 * The key of a dependency layer: the base image and what is installed in it, in any order. Mirrors are left out: where a package comes
 * from does not change what it is.
 */
export function dependencyKey(baseManifest: string, dependencies: Dependencies): string {
  const npm = sorted(dependencies.npm ?? []);
  const asked = [LAYOUT, baseManifest, sorted(dependencies.pip), sorted(dependencies.debian)];
  // Appended only where it is asked for: layers that were installed before there was npm keep their keys.
  if (npm.length > 0) asked.push(npm);
  return createHash('sha256').update(JSON.stringify(asked)).digest('hex');
}

/** The same dependencies in the order in which they are installed, each once. */
export function orderedDependencies({ pip, debian, npm }: Dependencies): Required<Dependencies> {
  return { pip: sorted(pip), debian: sorted(debian), npm: sorted(npm ?? []) };
}

function sorted(words: readonly string[]): readonly string[] {
  return [...new Set(words)].sort();
}

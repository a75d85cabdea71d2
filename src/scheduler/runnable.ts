// Finds what a new job of an instance would run.
import type { Instance } from '../model/instance.ts';
import type { Algorithm } from '../model/package.ts';
import type { Store } from '../ports/store.ts';
import type { KnownPackages, PackageCore } from './known-packages.ts';

/** The package and algorithm that an instance names, or why there is none. */
export type Runnable = { readonly package: PackageCore; readonly algorithm: Algorithm } | { readonly refused: string };

/** Resolves `current` to the application's current package and finds the algorithm in it. */
export async function findRunnable(store: Store, packages: KnownPackages, instance: Instance): Promise<Runnable> {
  const application = await store.get('application', instance.application);
  if (!application) return { refused: `application ${instance.application} does not exist` };
  const id = instance.package === 'current' ? application.doc.currentPackage : instance.package;
  const found = await packages.find(id);
  if (!found) return { refused: `package ${id.slice(0, 12)} of ${instance.application} does not exist` };
  const algorithm = found.config.algorithms.find((candidate) => candidate.id === instance.algorithm);
  if (!algorithm)
    return { refused: `package ${id.slice(0, 12)} of ${instance.application} has no algorithm ${instance.algorithm}` };
  return { package: found, algorithm };
}

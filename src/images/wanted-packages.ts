// The packages whose images are wanted.
import { pages } from '../engine/shard-sweep.ts';
import type { Store } from '../ports/store.ts';

/** The current package of every application and the packages of jobs that are not over, each once. */
export async function* wantedPackages(store: Store): AsyncGenerator<string> {
  const seen = new Set<string>();
  for await (const { currentPackage } of pages(store, 'application', { limit: 1000 })) {
    if (!seen.has(currentPackage)) yield currentPackage;
    seen.add(currentPackage);
  }
  for await (const job of pages(store, 'job', { where: { open: 1 }, orderBy: 'startsAt', limit: 1000 })) {
    if (!seen.has(job.package)) yield job.package;
    seen.add(job.package);
  }
}

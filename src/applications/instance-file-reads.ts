// An instance as people may read and write it: as its file.
import type { Store } from '../ports/store.ts';
import { instanceFileOf } from './instance-file-of.ts';
import { findInstance } from './instance-reads.ts';
import { upstreamNames } from './upstream-reads.ts';

/** The file of an instance by its id or its name. @throws request.not-found */
export async function showInstanceFile(store: Store, reference: string): Promise<Record<string, unknown>> {
  const instance = await findInstance(store, reference);
  return instanceFileOf(instance, await upstreamNames(store, [instance]));
}

// What may be read of secrets: everything but their values.
import { pages } from '../engine/shard-sweep.ts';
import type { Secret } from '../model/secret.ts';
import type { Store } from '../ports/store.ts';

const PAGE = 100;

/** The secrets of an application, or of the platform (null), by name. */
export function secretsOf(store: Store, application: string | null): Promise<readonly Secret[]> {
  return Array.fromAsync(pages(store, 'secret', { where: { application }, orderBy: 'name', limit: PAGE }));
}

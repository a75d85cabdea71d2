// Users, as they are known.
import { pages } from '../engine/shard-sweep.ts';
import type { User } from '../model/account.ts';
import type { Store } from '../ports/store.ts';

/** All users, by name. */
export function listUsers(store: Store): Promise<readonly User[]> {
  return Array.fromAsync(pages(store, 'user', { limit: 500 }));
}

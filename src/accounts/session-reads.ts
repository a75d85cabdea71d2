// Where people are signed in.
import { pages } from '../engine/shard-sweep.ts';
import type { Session } from '../model/account.ts';
import type { Store } from '../ports/store.ts';

/** All sessions of a person, oldest first; those that have ended by themselves are among them until they are swept. */
export function sessionsOf(store: Store, user: string): Promise<readonly Session[]> {
  return Array.fromAsync(pages(store, 'session', { where: { user }, orderBy: 'createdAt', limit: 100 }));
}

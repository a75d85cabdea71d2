// Whoever acts as a person: what they may do is read anew each time, so that a change counts at once.
import { accessOf, type Caller } from '../model/access.ts';
import type { Store } from '../ports/store.ts';

/** A person as a caller; undefined when there is none of that name, or when they are disabled. */
export async function personOf(store: Store, id: string): Promise<Omit<Caller, 'by'> | undefined> {
  const user = (await store.get('user', id))?.doc;
  if (!user || user.disabled === true) return undefined;
  const { administrator = false, memberships = {} } = user;
  return { name: user.id, user: user.id, access: accessOf(administrator, memberships) };
}

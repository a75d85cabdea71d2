// Users, as they are known.
import type { User } from '../model/account.ts';
import type { Instant } from '../model/instant.ts';
import type { Store } from '../ports/store.ts';
import { sessionsOf } from './session-reads.ts';

/** A user with what is known of their signing in. */
export interface UserView {
  readonly user: User;
  readonly hasPassword: boolean;
  /** In a browser, to a few minutes; null: in none of the sessions that are left. */
  readonly lastSeenAt: Instant | null;
}

/** A page of users, by name. */
export async function listUsers(
  store: Store,
  page: { readonly limit: number; readonly after?: string },
): Promise<{ readonly items: readonly UserView[]; readonly next?: string }> {
  const { items, next } = await store.list('user', page);
  const views = await Promise.all(items.map(({ doc }) => userWithSignIn(store, doc)));
  return next === undefined ? { items: views } : { items: views, next };
}

/** One user with what is known of their signing in. */
export async function userWithSignIn(store: Store, user: User): Promise<UserView> {
  const hasPassword = (await store.get('password', user.id)) !== undefined;
  const seen = (await sessionsOf(store, user.id)).map(({ seenAt }) => seenAt);
  return { user, hasPassword, lastSeenAt: seen.length === 0 ? null : Math.max(...seen) };
}

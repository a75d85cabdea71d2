// What is to be known of accounts before anything is done with them.
import { pages } from '../engine/shard-sweep.ts';
import type { Caller } from '../model/access.ts';
import type { User } from '../model/account.ts';
import { BerthError } from '../model/errors.ts';
import type { Instant } from '../model/instant.ts';
import type { Store } from '../ports/store.ts';

/** Whether somebody could sign in as an administrator; `but` is left out of the count. */
export async function anyAdministrator(store: Store, but: string | null): Promise<boolean> {
  for await (const user of pages(store, 'user', { limit: 500 })) {
    const counts = user.administrator === true && user.disabled !== true && user.id !== but;
    if (counts && (await store.get('password', user.id))) return true;
  }
  return false;
}

/** Whether links can be sent by e-mail. */
export async function canMail(store: Store): Promise<boolean> {
  return (await store.get('actionChannel', 'smtp')) !== undefined;
}

/** The user that is named. @throws request.not-found */
export async function showUser(store: Store, id: string): Promise<User> {
  const stored = await store.get('user', id);
  if (!stored) throw new BerthError('request.not-found', { what: 'user', id });
  return stored.doc;
}

/** The person who calls. @throws account.person-needed */
export function requirePerson({ name, user }: Caller): string {
  if (user === null) throw new BerthError('account.person-needed', { name });
  return user;
}

/**
 * Refuses limited tokens where accounts are written: what they could change there would give more than they do.
 * @throws account.session-needed
 */
export async function requireUnlimited(store: Store, { by }: Caller): Promise<void> {
  if (by.kind === 'session') return;
  const token = by.kind === 'token' ? (await store.get('token', by.id))?.doc : undefined;
  const isUnlimited = token?.permissions.includes('*') === true && token.projects === undefined;
  if (!isUnlimited) throw new BerthError('account.session-needed');
}

/** When the session or token of a caller ends; null: not by itself. */
export async function endOf(store: Store, { by }: Caller): Promise<Instant | null> {
  if (by.kind === 'session') return (await store.get('session', by.id))?.doc.expiresAt ?? null;
  return (await store.get('token', by.id))?.doc.expiresAt ?? null;
}

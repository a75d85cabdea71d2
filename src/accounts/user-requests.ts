// What administrators may ask of users: people to whom the platform tells things.
import { changeExisting } from '../engine/change-document.ts';
import type { RecordEvent } from '../engine/event-recorder.ts';
import type { User } from '../model/account.ts';
import { BerthError } from '../model/errors.ts';
import type { Clock } from '../ports/clock.ts';
import { type Store, StoreConflict } from '../ports/store.ts';

/** What requests about users need. */
export interface UserRequestParts {
  readonly store: Store;
  readonly clock: Clock;
  readonly recordEvent: RecordEvent;
}

/** What is known of a user; what is left out of a change stays. */
export type UserDetails = Pick<User, 'displayName' | 'email' | 'mailsNotices'>;

/** A plain name, as instance files write it in "notify". */
const NAME = /^[a-z](?:[a-z0-9-]{0,61}[a-z0-9])?$/;
const MAILBOX = /^[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]{1,64}@[A-Za-z0-9](?:[A-Za-z0-9.-]{0,251}[A-Za-z0-9])?$/;

/** Adds a user. @throws user.name-invalid, user.name-taken, user.email-invalid, user.email-missing */
export async function addUser(parts: UserRequestParts, id: string, details: UserDetails): Promise<User> {
  if (!NAME.test(id)) throw new BerthError('user.name-invalid', { name: id.slice(0, 100) });
  const user: User = { id, ...details, createdAt: parts.clock.now() };
  requireSound(user);
  try {
    await parts.store.create('user', user);
  } catch (error) {
    if (error instanceof StoreConflict) throw new BerthError('user.name-taken', { name: id }, { cause: error });
    throw error;
  }
  await tell(parts, id, 'added');
  return user;
}

/** Changes what is known of a user. @throws request.not-found, user.email-invalid, user.email-missing */
export async function changeUser(parts: UserRequestParts, id: string, details: Partial<UserDetails>): Promise<User> {
  const user = await changeExisting(parts.store, 'user', id, (before) => {
    const after = { ...before, ...details };
    requireSound(after);
    return after;
  });
  await tell(parts, id, 'changed');
  return user;
}

/** Forgets a user; notices in the inbox go when they are old. @throws request.not-found, platform.store-conflict */
export async function removeUser(parts: UserRequestParts, id: string): Promise<void> {
  const stored = await parts.store.get('user', id);
  if (!stored) throw new BerthError('request.not-found', { what: 'user', id });
  try {
    await parts.store.delete('user', id, stored.version);
  } catch (error) {
    if (error instanceof StoreConflict) throw new BerthError('platform.store-conflict', { kind: 'user', id });
    throw error;
  }
  await tell(parts, id, 'removed');
}

function requireSound({ id, email, mailsNotices }: User): void {
  if (email !== null && (email.length > 254 || !MAILBOX.test(email)))
    throw new BerthError('user.email-invalid', { email: email.slice(0, 100) });
  if (mailsNotices && email === null) throw new BerthError('user.email-missing', { name: id });
}

function tell({ recordEvent }: UserRequestParts, id: string, what: 'added' | 'changed' | 'removed'): Promise<void> {
  return recordEvent({ kind: `user.${what}`, subject: `user:${id}`, text: `The user ${id} was ${what}.` });
}

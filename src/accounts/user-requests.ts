// What administrators may ask of users: people to whom the platform tells things, and who may sign in.
import { changeExisting } from '../engine/change-document.ts';
import type { RecordEvent } from '../engine/event-recorder.ts';
import { pages } from '../engine/shard-sweep.ts';
import type { User } from '../model/account.ts';
import { BerthError } from '../model/errors.ts';
import type { Clock } from '../ports/clock.ts';
import { type Store, StoreConflict } from '../ports/store.ts';
import { anyAdministrator, showUser } from './account-reads.ts';
import { endDocument } from './end-document.ts';
import { endLinks } from './invitation-requests.ts';
import { requireProjects } from './project-reads.ts';
import { endSessions } from './session-requests.ts';

/** What requests about users need. */
export interface UserRequestParts {
  readonly store: Store;
  readonly clock: Clock;
  readonly recordEvent: RecordEvent;
}

/** What is known of a user; what is left out of a change stays. */
export type UserDetails = Pick<User, 'displayName' | 'email' | 'mailsNotices'>;

/** What a user may. */
export type UserAccess = Required<Pick<User, 'administrator' | 'memberships' | 'disabled'>>;

/** A plain name, as instance files write it in "notify". */
const NAME = /^[a-z](?:[a-z0-9-]{0,61}[a-z0-9])?$/;
const MAILBOX = /^[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]{1,64}@[A-Za-z0-9](?:[A-Za-z0-9.-]{0,251}[A-Za-z0-9])?$/;

/**
 * Adds a user, who can sign in once they were invited.
 * @throws user.name-invalid, user.name-taken, user.email-invalid, user.email-missing, request.not-found for a project
 */
export async function addUser(
  parts: UserRequestParts,
  id: string,
  details: UserDetails & Partial<Omit<UserAccess, 'disabled'>>,
): Promise<User> {
  requireName(id);
  const user: User = { id, ...details, createdAt: parts.clock.now() };
  requireSound(user);
  await requireProjects(parts.store, Object.keys(details.memberships ?? {}));
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

/**
 * Says what a user may; it counts from their next request on. Whoever is disabled is signed out everywhere.
 * @throws request.not-found for the user or a project, account.last-administrator
 */
export async function setUserAccess(parts: UserRequestParts, id: string, access: Partial<UserAccess>): Promise<User> {
  await requireProjects(parts.store, Object.keys(access.memberships ?? {}));
  const user = await changeAdministrator(parts.store, id, access);
  if (user.disabled === true) await endSessions(parts.store, id, null);
  await tell(parts, id, 'given other rights');
  return user;
}

/**
 * Forgets a user with their password, sessions, links and tokens; notices in the inbox go when they are old.
 * @throws request.not-found, account.last-administrator, platform.store-conflict
 */
export async function removeUser(parts: UserRequestParts, id: string): Promise<void> {
  const { store } = parts;
  // Disabled first: what somebody makes for them from now on is taken back by its maker, so that nothing waits for the next of that name.
  await changeAdministrator(store, id, { disabled: true, administrator: false });
  await endSessions(store, id, null);
  await endLinks(parts, id);
  await endDocument(store, 'password', id);
  const tokens = pages(store, 'token', { where: { user: id }, orderBy: 'createdAt', limit: 100 });
  for (const token of await Array.fromAsync(tokens)) await endDocument(store, 'token', token.id);
  await endDocument(store, 'user', id);
  await tell(parts, id, 'removed');
}

/**
 * Changes a user without leaving the platform without administrators. Two who take each other's rights away at once both see, after
 * their writes, that nobody is left: the later one at least takes its write back.
 */
async function changeAdministrator(store: Store, id: string, access: Partial<UserAccess>): Promise<User> {
  const before = await showUser(store, id);
  if (await isLast(store, before, access)) throw new BerthError('account.last-administrator', { name: id });
  const after = await changeExisting(store, 'user', id, (user) => ({ ...user, ...access }));
  if (!losesAdministrator(before, after) || (await anyAdministrator(store, null))) return after;
  if ((await store.get('password', id)) === undefined) return after;
  const { administrator = false, disabled = false, memberships = {} } = before;
  await changeExisting(store, 'user', id, (user) => ({ ...user, administrator, disabled, memberships }));
  throw new BerthError('account.last-administrator', { name: id });
}

async function isLast(store: Store, before: User, access: Partial<UserAccess>): Promise<boolean> {
  if (!losesAdministrator(before, { ...before, ...access })) return false;
  const couldSignIn = (await store.get('password', before.id)) !== undefined;
  return couldSignIn && !(await anyAdministrator(store, before.id));
}

function losesAdministrator(before: User, after: User): boolean {
  const counts = (user: User) => user.administrator === true && user.disabled !== true;
  return counts(before) && !counts(after);
}

/** @throws user.name-invalid */
export function requireName(id: string): void {
  if (!NAME.test(id)) throw new BerthError('user.name-invalid', { name: id.slice(0, 100) });
}

/** @throws user.email-invalid, user.email-missing */
export function requireSound({ id, email, mailsNotices }: User): void {
  if (email !== null && (email.length > 254 || !MAILBOX.test(email)))
    throw new BerthError('user.email-invalid', { email: email.slice(0, 100) });
  if (mailsNotices && email === null) throw new BerthError('user.email-missing', { name: id });
}

const EVENT = { added: 'added', changed: 'changed', 'given other rights': 'access', removed: 'removed' } as const;

function tell({ recordEvent }: UserRequestParts, id: string, what: keyof typeof EVENT): Promise<void> {
  return recordEvent({ kind: `user.${EVENT[what]}`, subject: `user:${id}`, text: `The user ${id} was ${what}.` });
}

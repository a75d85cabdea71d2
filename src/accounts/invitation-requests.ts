// Links that work once: by which the first administrator claims a platform, and by which people set their passwords.
import { pages } from '../engine/shard-sweep.ts';
import type { Invitation, User } from '../model/account.ts';
import { BerthError } from '../model/errors.ts';
import { showUser } from './account-reads.ts';
import type { AccountParts } from './account-requests.ts';
import { endDocument } from './end-document.ts';
import { makeSecret, secretId, secretMatches } from './opaque-secret.ts';
import { hashedPassword, setPassword } from './password-requests.ts';
import { personOf } from './person-reads.ts';
import { type BegunSession, beginSession, endSessions, type SignInPlace } from './session-requests.ts';

const HOUR_MS = 3_600_000;
const LASTS_MS = { claim: 24 * HOUR_MS, invite: 7 * 24 * HOUR_MS, reset: HOUR_MS } as const;

/** A link that was made, which nobody sees again. */
export interface MadeLink {
  readonly link: string;
  readonly invitation: Invitation;
}

/** How an invitation reached its user. */
export interface Invited {
  readonly mailed: boolean;
  /** Null where it was mailed. */
  readonly link: string | null;
  readonly invitation: Invitation;
}

/** Makes and stores a link. */
export async function makeLink(
  { store, clock, random, publicUrl }: Pick<AccountParts, 'store' | 'clock' | 'random' | 'publicUrl'>,
  purpose: Invitation['purpose'],
  user: string | null,
): Promise<MadeLink> {
  const { id, secret, hash } = makeSecret(random, 'link');
  const createdAt = clock.now();
  const invitation = { id, purpose, user, hash, createdAt, expiresAt: createdAt + LASTS_MS[purpose] };
  await store.create('invitation', invitation);
  return { link: `${publicUrl()}/${purpose === 'claim' ? 'claim' : 'invitation'}#${secret}`, invitation };
}

/** Ends all links of a user; null: those by which the platform is claimed. */
export async function endLinks(parts: Pick<AccountParts, 'store'>, user: string | null): Promise<void> {
  const query = { where: { user }, orderBy: 'createdAt', limit: 100 };
  const all = await Array.fromAsync(pages(parts.store, 'invitation', query));
  for (const { id } of all) await endDocument(parts.store, 'invitation', id);
}

/**
 * Makes a link by which a user sets their password, in place of earlier ones, and mails it; where it is to be passed on by hand, or cannot
 * be mailed, it is given back. @throws request.not-found
 */
export async function inviteUser(parts: AccountParts, id: string, by: 'mail' | 'link'): Promise<Invited> {
  const user = await showUser(parts.store, id);
  await endLinks(parts, id);
  const isNew = (await parts.store.get('password', id)) === undefined;
  const { link, invitation } = await makeLink(parts, isNew ? 'invite' : 'reset', id);
  const mailed =
    by === 'mail' && user.email !== null && (await mailLink(parts, user, user.email, { link, invitation }));
  const how = mailed ? 'by e-mail' : 'by a link';
  await parts.recordEvent({ kind: 'user.invited', subject: `user:${id}`, text: `The user ${id} was invited ${how}.` });
  return { mailed, link: mailed ? null : link, invitation };
}

/** Mails a link to its user; resolves to whether a mail server took it. */
export function mailLink(
  { mail, publicUrl }: AccountParts,
  { id, displayName }: User,
  to: string,
  { link, invitation }: MadeLink,
): Promise<boolean> {
  const isNew = invitation.purpose === 'invite';
  const subject = isNew ? 'Your account on Berth' : 'A new password for Berth';
  const why = isNew ? `You were given the account ${id}` : `A new password was asked for, for the account ${id}`;
  const until = new Date(invitation.expiresAt).toISOString().slice(0, 16).replace('T', ' ');
  const text = `Hello ${displayName},\n\n${why} on the Berth platform at ${publicUrl()}.\n\nChoose your password here, until ${until} UTC:\n\n${link}\n\nThe link works once. If you did not expect it, leave it alone: nothing changes then.\n`;
  return mail(to, subject, text);
}

/** What a link is for, and for whom. @throws account.link-refused */
export async function lookAtLink(
  { store, clock }: Pick<AccountParts, 'store' | 'clock'>,
  secret: string,
): Promise<{ readonly invitation: Invitation; readonly user: User | null }> {
  const id = secretId('link', secret);
  const invitation = id === undefined ? undefined : (await store.get('invitation', id))?.doc;
  if (!secretMatches(invitation, secret) || !invitation || invitation.expiresAt <= clock.now())
    throw new BerthError('account.link-refused');
  if (invitation.user === null) return { invitation, user: null };
  const user = (await store.get('user', invitation.user))?.doc;
  if (!user || user.disabled === true) throw new BerthError('account.link-refused');
  return { invitation, user };
}

/**
 * Sets a person's password with a link, ends all their sessions and links, and begins a session. Of two who use a link at once, one does.
 * @throws account.link-refused, account.password-weak, account.too-many-tries
 */
export async function acceptInvitation(
  parts: AccountParts,
  { secret, password }: { readonly secret: string; readonly password: string },
  place: SignInPlace,
): Promise<BegunSession> {
  const { invitation, user } = await lookAtLink(parts, secret);
  if (user === null) throw new BerthError('account.link-refused');
  const hash = await hashedPassword(parts, user.id, password);
  if (!(await endDocument(parts.store, 'invitation', invitation.id)) || !(await personOf(parts.store, user.id)))
    throw new BerthError('account.link-refused');
  await setPassword(parts, user.id, hash);
  await endLinks(parts, user.id);
  await endSessions(parts.store, user.id, null);
  const text = `${user.id} set their password with a link.`;
  await parts.recordEvent({ kind: 'user.password', subject: `user:${user.id}`, text });
  return beginSession(parts, user.id, place);
}

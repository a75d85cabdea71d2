// The first administrator: whoever has the link that the first start showed.
import { changeDocument } from '../engine/change-document.ts';
import type { User } from '../model/account.ts';
import { BerthError } from '../model/errors.ts';
import { anyAdministrator } from './account-reads.ts';
import type { AccountParts } from './account-requests.ts';
import { endDocument } from './end-document.ts';
import { endLinks, lookAtLink, makeLink } from './invitation-requests.ts';
import { hashedPassword, setPassword } from './password-requests.ts';
import { type BegunSession, beginSession, type SignInPlace } from './session-requests.ts';
import { requireName, requireSound } from './user-requests.ts';

/** Who claims a platform. */
export interface Claim extends Pick<User, 'displayName' | 'email'> {
  readonly secret: string;
  readonly name: string;
  readonly password: string;
}

/** The link by which a platform is claimed, in place of earlier ones; undefined when it has an administrator. */
export async function claimLink(
  parts: Pick<AccountParts, 'store' | 'clock' | 'random' | 'publicUrl'>,
): Promise<string | undefined> {
  await endLinks(parts, null);
  if (await anyAdministrator(parts.store, null)) return undefined;
  return (await makeLink(parts, 'claim', null)).link;
}

/**
 * Makes the first administrator and signs them in. Of two who claim at once, one does.
 * @throws account.link-refused, account.already-claimed, account.password-weak, account.too-many-tries, user.name-invalid, user.email-invalid
 */
export async function claim(parts: AccountParts, claimed: Claim, place: SignInPlace): Promise<BegunSession> {
  const { store } = parts;
  const { invitation } = await lookAtLink(parts, claimed.secret);
  if (invitation.purpose !== 'claim') throw new BerthError('account.link-refused');
  if (await anyAdministrator(store, null)) throw new BerthError('account.already-claimed');
  const user = administrator(claimed, parts.clock.now());
  requireName(user.id);
  requireSound(user);
  const hash = await hashedPassword(parts, user.id, claimed.password);
  if (!(await endDocument(store, 'invitation', invitation.id))) throw new BerthError('account.link-refused');
  await changeDocument(store, 'user', user.id, (before) => ({
    ...user,
    createdAt: before?.createdAt ?? user.createdAt,
  }));
  await setPassword(parts, user.id, hash);
  const text = `${user.id} became the first administrator.`;
  await parts.recordEvent({ kind: 'platform.claimed', subject: `user:${user.id}`, text });
  return beginSession(parts, user.id, place);
}

function administrator({ name, displayName, email }: Claim, createdAt: User['createdAt']): User {
  return { id: name, displayName, email, mailsNotices: false, administrator: true, createdAt };
}

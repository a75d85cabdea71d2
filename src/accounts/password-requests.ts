// Setting and changing the passwords of people.
import { changeDocument } from '../engine/change-document.ts';
import { BerthError } from '../model/errors.ts';
import type { AccountParts } from './account-requests.ts';
import { passwordFault } from './decide-password.ts';
import { endDocument } from './end-document.ts';
import { personOf } from './person-reads.ts';
import { endSessions } from './session-requests.ts';

/** A password as it is stored. @throws account.password-weak, account.too-many-tries */
export async function hashedPassword({ passwords }: AccountParts, user: string, password: string): Promise<string> {
  const reason = passwordFault(password, user);
  if (reason !== undefined) throw new BerthError('account.password-weak', { reason });
  return passwords.hash(password);
}

/** Stores the hash of a person's new password. @throws account.link-refused when they were removed or disabled meanwhile */
export async function setPassword({ store, clock }: AccountParts, user: string, hash: string): Promise<void> {
  await changeDocument(store, 'password', user, () => ({ id: user, hash, changedAt: clock.now() }));
  // Whoever removes a person disables them first and takes their password then: one of the two sees the other.
  if (await personOf(store, user)) return;
  await endDocument(store, 'password', user);
  throw new BerthError('account.link-refused');
}

/** Passwords as a person gives them who changes theirs. */
export interface PasswordChange {
  readonly old: string;
  readonly new: string;
  /** From where. */
  readonly address: string;
  /** The session that goes on; null: none does. */
  readonly session: string | null;
}

/**
 * Changes a person's password and ends their other sessions; resolves to how many.
 * @throws account.password-wrong, account.password-weak, account.too-many-tries
 */
export async function changePassword(parts: AccountParts, user: string, change: PasswordChange): Promise<number> {
  const stored = await parts.store.get('password', user);
  const fits = await parts.tries.during(user, change.address, () =>
    parts.passwords.matches(stored?.doc.hash, change.old),
  );
  if (!fits) throw new BerthError('account.password-wrong');
  await setPassword(parts, user, await hashedPassword(parts, user, change.new));
  const { recordEvent } = parts;
  await recordEvent({ kind: 'user.password', subject: `user:${user}`, text: `${user} changed their password.` });
  return endSessions(parts.store, user, change.session);
}

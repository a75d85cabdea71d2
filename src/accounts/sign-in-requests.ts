// Signing in with a password.
import { BerthError } from '../model/errors.ts';
import type { AccountParts } from './account-requests.ts';
import { personOf } from './person-reads.ts';
import { type BegunSession, beginSession, type SignInPlace } from './session-requests.ts';

/** What somebody signs in with. */
export interface SignIn {
  readonly name: string;
  readonly password: string;
}

/**
 * Begins a session for whoever knows a person's password. An unknown name, a wrong password and a person who may not sign in are
 * answered alike, after as long. @throws account.sign-in-refused, account.too-many-tries
 */
export async function signIn(
  parts: AccountParts,
  { name, password }: SignIn,
  place: SignInPlace,
): Promise<BegunSession> {
  const fits = await parts.tries.during(name, place.address, async () => {
    const [person, stored] = [await personOf(parts.store, name), await parts.store.get('password', name)];
    const matches = await parts.passwords.matches(stored?.doc.hash, password);
    return matches && person !== undefined;
  });
  if (!fits) throw new BerthError('account.sign-in-refused');
  return beginSession(parts, name, place);
}

// Passwords of accounts that the initializer makes: derived from the platform's own secret, so that whoever has that one has all of them, and
// nobody else any.
import { hkdfSync } from 'node:crypto';

const BYTES = 24;

/** The password of each account, by its name. */
export function passwordsOf(secret: Uint8Array): (account: string) => string {
  return (account) =>
    Buffer.from(hkdfSync('sha256', secret, '', `berth password of ${account}`, BYTES)).toString('base64url');
}

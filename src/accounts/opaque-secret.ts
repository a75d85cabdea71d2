// Secrets that are shown once and stored as a hash: tokens, the cookies of sessions, and the links of invitations. Each says in clear
// under which id it is stored; the rest is 256 bits of randomness, so that a slow hash would add nothing.
import { createHash, timingSafeEqual } from 'node:crypto';
import type { Random } from '../ports/random.ts';

/** What a secret is for, by how it begins. */
export type SecretUse = 'berth' | 'session' | 'link';

/** A secret in clear, which nobody sees again, and what is stored of it. */
export interface OpaqueSecret {
  readonly id: string;
  readonly secret: string;
  /** SHA-256 in hex. */
  readonly hash: string;
}

/** Makes a secret. */
export function makeSecret(random: Random, use: SecretUse): OpaqueSecret {
  const id = random.id(10);
  const secret = `${use}_${id}_${Buffer.from(random.bytes(32)).toString('base64url')}`;
  return { id, secret, hash: hashOf(secret) };
}

/** The id under which a secret would be stored; undefined for what is no secret of that use. */
export function secretId(use: SecretUse, secret: string): string | undefined {
  const [prefix, id] = secret.split('_', 2);
  return prefix === use && id ? id : undefined;
}

/** Whether a secret is the one that was stored, in the same time for every wrong one. */
export function secretMatches(stored: { readonly hash: string } | undefined, secret: string): boolean {
  const expected = Buffer.from(stored?.hash ?? hashOf(''), 'hex');
  return timingSafeEqual(expected, Buffer.from(hashOf(secret), 'hex')) && stored !== undefined;
}

function hashOf(secret: string): string {
  return createHash('sha256').update(secret).digest('hex');
}

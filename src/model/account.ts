// Who may speak to the API.
import type { Instant } from './instant.ts';

/** An opaque bearer token, stored hashed. Written by accounts. */
export interface Token {
  /** Public part of the token, by which it is found. */
  readonly id: string;
  readonly name: string;
  /** SHA-256 of the whole token in hex: it has 256 bits of randomness, so a slow hash adds nothing. */
  readonly hash: string;
  /** What it allows; `*` is everything. */
  readonly permissions: readonly string[];
  readonly createdAt: Instant;
  readonly expiresAt: Instant | null;
}

/** The platform itself; one document, id `platform`. */
export interface Platform {
  readonly id: 'platform';
  /** Marks what on the nodes belongs to this platform. */
  readonly uid: string;
  readonly createdAt: Instant;
}

/** A person to whom the platform tells things. Its id is the user name. Written by accounts. */
export interface User {
  readonly id: string;
  readonly displayName: string;
  readonly email: string | null;
  /** Notices are sent by e-mail as well. */
  readonly mailsNotices: boolean;
  readonly createdAt: Instant;
}

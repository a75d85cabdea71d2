// Who may speak to the API: people with their roles, sessions and passwords, tokens, and the projects in which roles are given.
import type { Instant } from './instant.ts';
import type { ProjectRole } from './permission.ts';

/** An opaque bearer token, stored hashed. Written by accounts. */
export interface Token {
  /** Public part of the token, by which it is found. */
  readonly id: string;
  readonly name: string;
  /** SHA-256 of the whole token in hex: it has 256 bits of randomness, so a slow hash adds nothing. */
  readonly hash: string;
  /** What it allows; `*` is everything. */
  readonly permissions: readonly string[];
  /** The person whom it belongs to, and without whose permissions it gives nothing; absent: nobody, it stands for itself. */
  readonly user?: string;
  /** The projects that it is limited to; absent: all that its owner has. */
  readonly projects?: readonly string[];
  readonly createdAt: Instant;
  readonly expiresAt: Instant | null;
  /** To a few minutes; absent: never. */
  readonly usedAt?: Instant;
}

/** The platform itself; one document, id `platform`. */
export interface Platform {
  readonly id: 'platform';
  /** Marks what on the nodes belongs to this platform. */
  readonly uid: string;
  readonly createdAt: Instant;
}

/** A person. Its id is the user name. Written by accounts. */
export interface User {
  readonly id: string;
  readonly displayName: string;
  readonly email: string | null;
  /** Notices are sent by e-mail as well. */
  readonly mailsNotices: boolean;
  /** May do everything on the platform; absent: not. */
  readonly administrator?: boolean;
  /** Its role in each project; absent: none. */
  readonly memberships?: Readonly<Record<string, ProjectRole>>;
  /** May not sign in, and none of its tokens counts; absent: may. */
  readonly disabled?: boolean;
  readonly createdAt: Instant;
}

/** A person's password (same id as the user), apart from what others may read. Written by accounts. */
export interface Password {
  readonly id: string;
  /** Argon2id (RFC 9106) in the PHC string format. */
  readonly hash: string;
  readonly changedAt: Instant;
}

/** A person signed in with a browser. Written by accounts. */
export interface Session {
  /** Public part of what the cookie holds, by which it is found. */
  readonly id: string;
  readonly user: string;
  /** SHA-256 of the whole cookie in hex. */
  readonly hash: string;
  readonly createdAt: Instant;
  /** To a few minutes. */
  readonly seenAt: Instant;
  readonly expiresAt: Instant;
  /** From where it was begun. */
  readonly address: string;
  /** What the browser calls itself, shortened. */
  readonly agent: string;
}

/** A link that works once: it lets a person set a password. Written by accounts. */
export interface Invitation {
  /** Public part of the link's secret, by which it is found. */
  readonly id: string;
  /** `claim`: whoever has it becomes the first administrator. */
  readonly purpose: 'claim' | 'invite' | 'reset';
  /** Whose password it sets; null for a claim. */
  readonly user: string | null;
  /** SHA-256 of the whole secret in hex. */
  readonly hash: string;
  readonly createdAt: Instant;
  readonly expiresAt: Instant;
}

/** Applications that the same people look after. Its id is its name. Written by accounts. */
export interface Project {
  readonly id: string;
  readonly description: string;
  readonly createdAt: Instant;
}

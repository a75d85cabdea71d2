// Values that nobody sees again: kept sealed, given to tasks as files.
import type { Instant } from './instant.ts';

/** A secret of an application, or of the platform (for channels and providers). Written by accounts. */
export interface Secret {
  /** `<application>/<name>`; `platform:/<name>` for the platform's own. */
  readonly id: string;
  /** Null: the platform's own. */
  readonly application: string | null;
  readonly name: string;
  /** The value, encrypted and authenticated with the key that `key` names; bound to the id. */
  readonly sealed: string;
  /** Which key of the key ring, that is kept outside the database, opens it. */
  readonly key: string;
  /** Counts the values that it had. */
  readonly version: number;
  readonly updatedAt: Instant;
  /** Who gave the value. */
  readonly by: string;
}

/** Names of secrets: what may be the name of a file, and needs no quotes in a shell. */
export const SECRET_NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$/;

/** What SECRET_NAME asks, in words. */
export const SECRET_NAME_WORDS =
  'the name of a secret: letters, digits, ".", "_" and "-", beginning with a letter or digit, at most 63 characters';

/** Secrets that one instance may name: their values are kept in the memory of its containers. */
export const MOST_TASK_SECRETS = 32;

/** Bytes of a value, at most. */
export const MOST_SECRET_BYTES = 64 * 1024;

/** With this before its name, a secret of the platform is named where the path of a file may stand. */
export const SECRET_PREFIX = 'secret:';

/** The id of a secret; names of applications hold no colon. */
export function secretId(application: string | null, name: string): string {
  return `${application ?? 'platform:'}/${name}`;
}

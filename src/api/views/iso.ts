// Instants as the API answers them.
import type { Instant } from '../../model/instant.ts';

/** ISO 8601 in UTC, with milliseconds. */
export function iso(at: Instant): string {
  return new Date(at).toISOString();
}

/** The same, where there may be none. */
export function isoOrNull(at: Instant | null | undefined): string | null {
  return at === null || at === undefined ? null : iso(at);
}

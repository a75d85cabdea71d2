// What links the entries of an audit: each digest covers the one before it, so that none can be changed or taken out unseen.
import { createHash } from 'node:crypto';
import type { AuditEntry, AuditOutcome } from '../model/audit.ts';

/** Before the first entry of a chain there is none. */
export const NO_DIGEST = '';

/** The digest of an entry that follows another one: SHA-256 in hex over that one's digest and this one in canonical JSON. */
export function entryDigest(before: string, entry: Omit<AuditEntry, 'digest'>): string {
  return sha256(`${before}\n${canonical(entry)}`);
}

/** The digest of what came of an entry: SHA-256 in hex over the entry's digest and the outcome in canonical JSON. */
export function outcomeDigest(entry: string, outcome: Omit<AuditOutcome, 'digest'>): string {
  return sha256(`${entry}\n${canonical(outcome)}`);
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/** JSON with its keys in order: databases keep objects, not how they were written. */
function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map((each) => canonical(each ?? null)).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  const fields = Object.entries(value).filter(([, field]) => field !== undefined);
  const sorted = fields.toSorted(([left], [right]) => (left < right ? -1 : 1));
  return `{${sorted.map(([key, field]) => `${JSON.stringify(key)}:${canonical(field)}`).join(',')}}`;
}

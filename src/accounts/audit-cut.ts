// The note that the platform leaves in the audit before it removes what is too old: up to where each chain goes.
import type { AuditEntry } from '../model/audit.ts';
import { type AuditQuestion, SYSTEM } from './audit-requests.ts';

/** The act of such a note. */
export const AGE_CUTS = 'audit.cut';

/** A note that everything of a chain goes by age, up to an entry and with it. */
export function cutNote({ chain, number, digest, at }: AuditEntry, maxAgeMs: number): AuditQuestion {
  return { ...SYSTEM, act: AGE_CUTS, asked: { chain, number, digest, at, maxAgeMs } };
}

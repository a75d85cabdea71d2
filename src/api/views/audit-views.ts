// Entries of the audit as the API answers them.
import type { z } from 'zod';
import type { AuditView } from '../../accounts/audit-reads.ts';
import type * as contract from '../contract/audit-views.ts';
import { iso } from './iso.ts';

/** One entry with what came of it. */
export function auditEntryView({ entry, outcome }: AuditView): z.output<typeof contract.auditEntryView> {
  return {
    ...entry,
    at: iso(entry.at),
    asked: entry.asked && { ...entry.asked },
    before: entry.before && { ...entry.before },
    outcome: outcome && {
      ...{ at: iso(outcome.at), status: outcome.status, code: outcome.code },
      after: outcome.after && { ...outcome.after },
    },
  };
}

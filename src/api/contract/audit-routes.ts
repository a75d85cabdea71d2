// The routes of the audit with the shapes of what they carry.
import { z } from 'zod';
import { AUDIT_ENDPOINTS } from './audit-endpoints.ts';
import { auditEntryView, auditFindingsView } from './audit-views.ts';
import type { Route } from './route.ts';
import { page, pageOf } from './views.ts';

const filter = {
  who: z.string().max(200).optional().describe('For example user:ana.'),
  object: z.string().max(500).optional().describe('For example instance:report-every-minute-k3x9qa.'),
  since: z.string().optional().describe('An ISO 8601 instant, or a duration back from now such as P7D or 10m.'),
};

/** The routes, by the name under which clients call them. */
export const AUDIT_ROUTES = {
  listAudit: {
    ...AUDIT_ENDPOINTS.listAudit,
    query: page.extend(filter),
    answer: pageOf(auditEntryView),
  },
  exportAudit: {
    ...AUDIT_ENDPOINTS.exportAudit,
    query: z.object(filter),
    answer: 'bytes',
  },
  verifyAudit: {
    ...AUDIT_ENDPOINTS.verifyAudit,
    answer: auditFindingsView,
  },
} as const satisfies Record<keyof typeof AUDIT_ENDPOINTS, Route>;

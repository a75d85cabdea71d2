// The routes of the audit, in plain words.
import type { Endpoint } from './endpoint.ts';

/** Routes by which people look at who did what. */
export const AUDIT_ENDPOINTS = {
  listAudit: {
    method: 'GET',
    path: '/api/v1/audit',
    permission: 'audit:read',
    summary: 'Who did what, from where, and what came of it, newest first',
  },
  exportAudit: {
    method: 'GET',
    path: '/api/v1/audit/export',
    permission: 'audit:read',
    summary: 'The audit, oldest first: one JSON object a line',
  },
  verifyAudit: {
    method: 'GET',
    path: '/api/v1/audit/verify',
    permission: 'audit:read',
    summary: 'Whether entries of the audit were changed or taken out',
  },
} as const satisfies Record<string, Endpoint>;

// Routes of the audit.
import { Readable } from 'node:stream';
import { type AuditFilter, exportAudit, listAudit } from '../../accounts/audit-reads.ts';
import { verifyAudit } from '../../accounts/audit-verify-reads.ts';
import type { ApiParts } from '../api-parts.ts';
import type { AUDIT_ENDPOINTS } from '../contract/audit-endpoints.ts';
import type { Asked, Handlers } from '../handler.ts';
import { paged, pageRequest } from '../paging.ts';
import { sinceTime } from '../since-time.ts';
import { auditEntryView } from '../views/audit-views.ts';

/** Handlers of the audit. */
export function auditHandlers(parts: ApiParts): Pick<Handlers, keyof typeof AUDIT_ENDPOINTS> {
  const { store } = parts;
  return {
    listAudit: async ({ query }) =>
      paged(await listAudit(store, filterOf(parts, query), pageRequest(query)), auditEntryView),
    exportAudit: async ({ query }) => {
      const filter = filterOf(parts, query);
      const lines = async function* () {
        for await (const views of exportAudit(store, filter))
          yield views.map((view) => `${JSON.stringify(auditEntryView(view))}\n`).join('');
      };
      const contents = Readable.from(lines(), { objectMode: false });
      return { contentType: 'application/x-ndjson', contents, fileName: 'audit.ndjson' };
    },
    verifyAudit: async ({ signal }) => {
      const { holes, ...counts } = await verifyAudit(store, signal);
      return { ...counts, holes: [...holes] };
    },
  };
}

function filterOf({ clock }: ApiParts, { who, object, since }: Asked<'exportAudit'>['query']): AuditFilter {
  return { who, object, since: since === undefined ? undefined : sinceTime(since, clock.now()) };
}

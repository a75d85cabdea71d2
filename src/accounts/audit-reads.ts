// What people may read of the audit.
import { pages } from '../engine/shard-sweep.ts';
import type { AuditEntry, AuditOutcome } from '../model/audit.ts';
import type { Instant } from '../model/instant.ts';
import type { Query, Store, Stored } from '../ports/store.ts';

/** An entry with what came of it; null: nobody knows, or it is not done yet. */
export interface AuditView {
  readonly entry: AuditEntry;
  readonly outcome: AuditOutcome | null;
}

/** Which entries; what is left out is any. */
export interface AuditFilter {
  readonly who?: string | undefined;
  readonly object?: string | undefined;
  readonly since?: Instant | undefined;
}

const EXPORTED_AT_ONCE = 500;

/** A page of entries, newest first. Of somebody on something: those of somebody, and the others are left out of the page. */
export async function listAudit(
  store: Store,
  filter: AuditFilter,
  page: { readonly limit: number; readonly after?: string },
): Promise<{ readonly items: readonly AuditView[]; readonly next?: string }> {
  const { items, next } = await store.list('auditEntry', { ...auditQuery(filter), direction: 'descending', ...page });
  const wanted = items.filter(({ doc }) => filter.object === undefined || doc.object === filter.object);
  const views = await withOutcomes(store, wanted);
  return next === undefined ? { items: views } : { items: views, next };
}

/** Every entry, oldest first, some at a time. */
export async function* exportAudit(store: Store, filter: AuditFilter): AsyncGenerator<readonly AuditView[]> {
  let batch: AuditEntry[] = [];
  for await (const entry of pages(store, 'auditEntry', { ...auditQuery(filter), limit: EXPORTED_AT_ONCE })) {
    if (filter.object !== undefined && entry.object !== filter.object) continue;
    batch.push(entry);
    if (batch.length < EXPORTED_AT_ONCE) continue;
    yield await withOutcomes(
      store,
      batch.map((doc) => ({ doc })),
    );
    batch = [];
  }
  if (batch.length > 0)
    yield withOutcomes(
      store,
      batch.map((doc) => ({ doc })),
    );
}

function auditQuery({ who, object, since }: AuditFilter): Omit<Query, 'limit'> {
  const where = who !== undefined ? { where: { who } } : object !== undefined ? { where: { object } } : {};
  return { ...where, orderBy: 'at', ...(since === undefined ? {} : { from: since }) };
}

async function withOutcomes(
  store: Store,
  entries: readonly Pick<Stored<AuditEntry>, 'doc'>[],
): Promise<readonly AuditView[]> {
  const outcomes = await store.getMany(
    'auditOutcome',
    entries.map(({ doc }) => doc.id),
  );
  const byId = new Map(outcomes.map(({ doc }) => [doc.id, doc]));
  return entries.map(({ doc }) => ({ entry: doc, outcome: byId.get(doc.id) ?? null }));
}

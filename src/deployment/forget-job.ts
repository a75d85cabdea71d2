// Forgets a job and everything that hangs on it.
//
// INVARIANTS:
// - The job goes last: what a crash leaves hangs on a job that is still found, and is forgotten with it the next time.
// - A task goes before its status: a task without a status would be taken for one that nobody has begun, and run again.
// - Blobs are left to the collector, because others may name them too.
import type { Kind } from '../model/kinds.ts';
import type { Query, Store } from '../ports/store.ts';
import type { PastJob } from './decide-history.ts';

const AT_ONCE = 500;

/** Forgets a job that may be forgotten. False: somebody wrote to something of it meanwhile, and the rest is left to the next time. */
export async function forgetJob(store: Store, { job, tasks, taskStatuses }: PastJob): Promise<boolean> {
  const { id } = job;
  const all = [...new Set([...tasks, ...taskStatuses.map((status) => status.id)])];
  if (!(await forgetAll(store, 'output', { where: { job: id }, orderBy: 'at' }))) return false;
  for (const task of all) {
    if (!(await forgetAll(store, 'logSegment', { where: { task }, orderBy: 'sequence' }))) return false;
  }
  for (const kind of ['lease', 'task', 'taskStatus'] as const) if (!(await forgetThese(store, kind, all))) return false;
  for (const kind of ['jobBinding', 'jobStatus', 'job'] as const)
    if (!(await forgetThese(store, kind, [id]))) return false;
  return true;
}

/** In batches, until a query gives nothing more. */
async function forgetAll(store: Store, kind: Kind, query: Omit<Query, 'limit'>): Promise<boolean> {
  for (;;) {
    const { items, next } = await store.list(kind, { ...query, limit: AT_ONCE });
    if (!(await forget(store, kind, items))) return false;
    if (next === undefined) return true;
  }
}

async function forgetThese(store: Store, kind: Kind, ids: readonly string[]): Promise<boolean> {
  for (let start = 0; start < ids.length; start += AT_ONCE) {
    const stored = await store.getMany(kind, ids.slice(start, start + AT_ONCE));
    if (!(await forget(store, kind, stored))) return false;
  }
  return true;
}

async function forget(
  store: Store,
  kind: Kind,
  stored: readonly { readonly doc: { readonly id: string }; readonly version: number }[],
): Promise<boolean> {
  if (stored.length === 0) return true;
  const results = await store.apply(stored.map(({ doc, version }) => ({ do: 'delete', kind, id: doc.id, version })));
  return results.every(({ ok }) => ok);
}

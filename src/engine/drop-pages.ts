// Deletes what a query gives, page by page. What was written anew meanwhile stays.
import type { Documents, Kind } from '../model/kinds.ts';
import type { Deletion, Query, Store, Stored } from '../ports/store.ts';
import type { UpkeepProgress } from './upkeep.ts';

/** Documents that are read and deleted together. */
export const DROPPED_AT_ONCE = 500;

/** What is looked through: the first `most` that a query gives. */
export interface Dropped<K extends Kind> {
  readonly kind: K;
  readonly query: Omit<Query, 'limit' | 'after'>;
  readonly most: number;
}

/** What goes of a page, and with it. */
type Choose<K extends Kind> = (page: readonly Stored<Documents[K]>[]) => Promise<readonly Deletion[]>;

/** Deletes what `choose` names of each page. Each is read beyond the one before, because some of it may stay. */
export async function dropPages<K extends Kind>(
  store: Store,
  { kind, query, most }: Dropped<K>,
  choose: Choose<K>,
): Promise<UpkeepProgress> {
  let after: string | undefined;
  let left = most;
  do {
    const limit = Math.min(left, DROPPED_AT_ONCE);
    const page = await store.list(kind, { ...query, limit, ...(after === undefined ? {} : { after }) });
    const deletions = await choose(page.items);
    if (deletions.length > 0) await store.apply(deletions);
    after = page.next;
    left -= page.items.length;
  } while (after !== undefined && left > 0);
  return after === undefined ? 'done' : 'more';
}

/** The deletions of documents as they were read. */
export function deletionsOf(kind: Kind, items: readonly Stored<{ readonly id: string }>[]): readonly Deletion[] {
  return items.map(({ doc: { id }, version }) => ({ do: 'delete', kind, id, version }));
}

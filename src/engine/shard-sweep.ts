// Reads, shard by shard and page by page, what the indexes `shard, nextAt` say is not settled.
import type { Kind } from '../model/kinds.ts';
import { SHARDS } from '../model/shard.ts';
import type { Position, Query, Store } from '../ports/store.ts';
import type { Unsettled } from './controller.ts';

const PAGE = 1000;

/** Every document of a kind whose `nextAt` is not null, with that time. */
export async function* sweepByNextAt(
  store: Store,
  kind: 'instanceStatus' | 'jobStatus' | 'taskStatus' | 'image' | 'machineOrder' | 'actionStatus',
): AsyncIterable<Unsettled> {
  for (let shard = 0; shard < SHARDS; shard++) {
    for await (const page of positionPages(store, kind, { where: { shard }, orderBy: 'nextAt', from: 0 })) {
      for (const { id, value } of page) yield { id, at: Number(value) };
    }
  }
}

/** The places of every document that a query gives, page by page: one by one, a hundred thousand of them would be as many waits. */
export async function* positionPages(
  store: Store,
  kind: Kind,
  query: Omit<Query, 'limit'>,
): AsyncIterable<readonly Position[]> {
  let { after } = query;
  do {
    const page = await store.positions(kind, { ...query, limit: PAGE, ...(after === undefined ? {} : { after }) });
    yield page.items;
    after = page.next;
  } while (after !== undefined);
}

/** Every document that a query gives, across its pages. */
export async function* pages<K extends Kind>(store: Store, kind: K, query: Query) {
  let after = query.after;
  do {
    const page = await store.list(kind, after === undefined ? query : { ...query, after });
    for (const stored of page.items) yield stored.doc;
    after = page.next;
  } while (after !== undefined);
}

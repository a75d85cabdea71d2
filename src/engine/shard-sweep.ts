// Reads, shard by shard and page by page, what the indexes `shard, nextAt` say is not settled.
import type { Instant } from '../model/instant.ts';
import type { Kind } from '../model/kinds.ts';
import { SHARDS } from '../model/shard.ts';
import type { Query, Store } from '../ports/store.ts';
import type { Unsettled } from './controller.ts';

const PAGE = 1000;

/** Every document of a kind whose `nextAt` is not null, with that time. */
export async function* sweepByNextAt(
  store: Store,
  kind: 'instanceStatus' | 'jobStatus' | 'taskStatus' | 'image',
): AsyncIterable<Unsettled> {
  for (let shard = 0; shard < SHARDS; shard++) {
    const query = { where: { shard }, orderBy: 'nextAt', from: 0, limit: PAGE };
    for await (const doc of pages(store, kind, query)) yield { id: doc.id, at: doc.nextAt as Instant };
  }
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

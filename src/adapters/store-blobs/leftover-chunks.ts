// Collects the chunks of puts that died before their head was written, and of deletions that died after it was gone. Chunks and heads are
// gone through side by side, in the order of their puts, from their indexes alone.
import type { Instant } from '../../model/instant.ts';
import type { Store } from '../../ports/store.ts';
import { dropChunks } from './drop-chunks.ts';

/** A put whose last chunk is younger may be under way; far longer than the wait for one more chunk ever is. */
const LEFT_AFTER_MS = 6 * 3_600_000;

const PAGE = 1000;

/** Sorts behind every id that begins like it, and before every other put. */
const BEHIND = '~';

/** Deletes the chunks that no head names and that are older than some hours; gives how many. */
export async function collectLeftoverChunks(store: Store, now: Instant): Promise<number> {
  let collected = 0;
  for await (const puts of pagesOfPuts(store)) {
    const named = await namedAmong(store, puts);
    for (const put of puts) {
      if (!named.has(put) && (await lastStoredAt(store, put)) < now - LEFT_AFTER_MS)
        collected += await dropChunks(store, put);
    }
  }
  return collected;
}

async function* pagesOfPuts(store: Store): AsyncGenerator<readonly string[]> {
  for (let from = ''; ; ) {
    const { items, next } = await store.positions('blobChunk', { orderBy: 'put', from, limit: PAGE });
    const puts = [...new Set(items.map(({ value }) => String(value)))];
    if (puts.length > 0) yield puts;
    if (next === undefined) return;
    // A blob of many chunks is passed over whole.
    from = `${puts.at(-1)}${BEHIND}`;
  }
}

async function namedAmong(store: Store, puts: readonly string[]): Promise<ReadonlySet<string>> {
  const named = new Set<string>();
  const [from, below] = [puts[0] ?? '', `${puts.at(-1)}${BEHIND}`];
  for (let after: string | undefined; ; ) {
    const query = { orderBy: 'put', from, below, limit: PAGE };
    const { items, next } = await store.positions('blobHead', after === undefined ? query : { ...query, after });
    for (const { value } of items) named.add(String(value));
    if (next === undefined) return named;
    after = next;
  }
}

/** When the last chunk of a put was stored. */
async function lastStoredAt(store: Store, put: string): Promise<Instant> {
  const { items } = await store.list('blobChunk', { where: { put }, direction: 'descending', limit: 1 });
  return items[0]?.doc.storedAt ?? Number.POSITIVE_INFINITY;
}

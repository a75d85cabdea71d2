// Deletes the chunks of a put.
import type { Store, Write } from '../../ports/store.ts';

/** Chunks in memory at a time: their versions are known by reading them. */
const AT_ONCE = 4;

/** Deletes whatever chunks there are of a put that no head names; gives how many. */
export async function dropChunks(store: Pick<Store, 'list' | 'apply'>, put: string): Promise<number> {
  let dropped = 0;
  for (;;) {
    const { items, next } = await store.list('blobChunk', { where: { put }, limit: AT_ONCE });
    const writes = items.map(({ doc, version }): Write => ({ do: 'delete', kind: 'blobChunk', id: doc.id, version }));
    // A conflict: somebody else deleted it at this moment.
    if (writes.length > 0) await store.apply(writes);
    dropped += writes.length;
    if (next === undefined) return dropped;
  }
}

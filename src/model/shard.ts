// Keys are spread over a fixed number of shards, so that several processes can later share them (one owner each).

/** The number of shards that all keys hash to; it never changes, because it is stored on documents. */
export const SHARDS = 64;

/** The shard of a document id: FNV-1a (http://www.isthe.com/chongo/tech/comp/fnv/) modulo `SHARDS`. */
export function shardOf(id: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < id.length; i++) hash = Math.imul(hash ^ id.charCodeAt(i), 0x01000193);
  return (hash >>> 0) % SHARDS;
}

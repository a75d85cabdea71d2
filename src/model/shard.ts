// Keys are spread over a fixed number of shards, so that several processes can later share them (one owner each).

/** The number of shards that all keys hash to; it never changes, because it is stored on documents. */
export const SHARDS = 64;

/** The shard of a document id: FNV-1a (http://www.isthe.com/chongo/tech/comp/fnv/) modulo `SHARDS`. */
export function shardOf(id: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < id.length; i++) hash = Math.imul(hash ^ id.charCodeAt(i), 0x01000193);
  return (hash >>> 0) % SHARDS;
}

/** Prefixes of keys whose ids are those of jobs: they belong to the instance's shard, as jobs do. */
const OF_JOBS: ReadonlySet<string> = new Set(['job']);

/** Devices are connected to one process at a time, and what needs them is done there: all of it is in one shard. */
const AT_THE_GATE: ReadonlySet<string> = new Set(['binding', 'registration', 'readingsweep', 'action', 'actionsweep']);

/** The shard of role `sensors` whose owner lets devices in. */
export const GATE_SHARD = 0;

/** The shard of a key such as `job:x`. Tasks go by their nodes, which their keys do not tell: undefined. */
export function shardOfKey(key: string): number | undefined {
  const split = key.indexOf(':');
  const [prefix, id] = [key.slice(0, split), key.slice(split + 1)];
  if (prefix === 'task') return undefined;
  if (AT_THE_GATE.has(prefix)) return GATE_SHARD;
  return shardOf(OF_JOBS.has(prefix) ? id.slice(0, id.lastIndexOf('.')) : id);
}

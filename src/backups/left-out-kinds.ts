// Which documents a backup does not hold. Series, readings and their sequences that lie in the database are documents like others and come
// back with them; so are requests that came over topics, which would otherwise be done once more when a broker delivers them again.
import type { Kind } from '../model/kinds.ts';

/** Kinds that are carried elsewhere in the backup, or mean nothing to a platform that is brought back. */
export const LEFT_OUT: readonly Kind[] = [
  // Blobs go in by their contents, wherever they lie: a backup of a platform of many machines comes back on one, and the other way round.
  'blobHead',
  'blobChunk',
  // Processes that were alive then, and what each of them looked after: those that are started after it write their own.
  'component',
  'componentLease',
  'shardLease',
  // The platform's own logs are in no backup, wherever they lie.
  'componentLog',
];

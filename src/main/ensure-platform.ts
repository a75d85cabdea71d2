// The document that tells one platform from another, made at its first start.
import type { Platform } from '../model/account.ts';
import type { Clock } from '../ports/clock.ts';
import type { Random } from '../ports/random.ts';
import { type Store, StoreConflict } from '../ports/store.ts';

/** The one that is there, or a new one; of several processes that make it at once, all have the same. */
export async function ensurePlatform(store: Store, clock: Clock, random: Random): Promise<Platform> {
  const present = await store.get('platform', 'platform');
  if (present) return present.doc;
  const made: Platform = { id: 'platform', uid: random.id(10), createdAt: clock.now() };
  try {
    return (await store.create('platform', made)).doc;
  } catch (error) {
    const theirs = error instanceof StoreConflict ? await store.get('platform', 'platform') : undefined;
    if (!theirs) throw error;
    return theirs.doc;
  }
}

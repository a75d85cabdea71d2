// The end of a document that nobody may use any more, whatever others write to it meanwhile.
import { BerthError } from '../model/errors.ts';
import type { Kind } from '../model/kinds.ts';
import { type Store, StoreConflict } from '../ports/store.ts';

const TRIES = 10;

/** Deletes a document; resolves to whether it was this call that did, false when it was gone. @throws platform.store-conflict */
export async function endDocument(store: Store, kind: Kind, id: string): Promise<boolean> {
  for (let tries = 0; tries < TRIES; tries++) {
    const stored = await store.get(kind, id);
    if (!stored) return false;
    try {
      await store.delete(kind, id, stored.version);
      return true;
    } catch (error) {
      if (!(error instanceof StoreConflict)) throw error;
    }
  }
  throw new BerthError('platform.store-conflict', { kind, id });
}

// Changing one document by compare-and-set: whoever was slower decides again on what is there by then.
import { BerthError } from '../model/errors.ts';
import type { Documents, Kind } from '../model/kinds.ts';
import { type Store, StoreConflict } from '../ports/store.ts';

const TRIES = 10;

/**
 * Writes what `change` makes of a document, and again of what is there by then when somebody else was faster. A change that gives back
 * the document itself writes nothing; one that throws ends it. @throws platform.store-conflict after ten tries
 */
export async function changeDocument<K extends Kind>(
  store: Store,
  kind: K,
  id: string,
  change: (before: Documents[K] | undefined) => Documents[K],
): Promise<Documents[K]> {
  for (let tries = 0; tries < TRIES; tries++) {
    const stored = await store.get(kind, id);
    const doc = change(stored?.doc);
    if (doc === stored?.doc) return doc;
    try {
      return (await (stored ? store.update(kind, doc, stored.version) : store.create(kind, doc))).doc;
    } catch (error) {
      if (!(error instanceof StoreConflict)) throw error;
    }
  }
  throw new BerthError('platform.store-conflict', { kind, id });
}

/** The same for a document that must be there. @throws request.not-found, platform.store-conflict */
export function changeExisting<K extends Kind>(
  store: Store,
  kind: K,
  id: string,
  change: (before: Documents[K]) => Documents[K],
): Promise<Documents[K]> {
  return changeDocument(store, kind, id, (before) => {
    if (!before) throw new BerthError('request.not-found', { what: kind, id });
    return change(before);
  });
}

// At the start: whether the key ring is the one of this database.
import { positionPages } from '../engine/shard-sweep.ts';
import { BerthError } from '../model/errors.ts';
import type { Keyring } from '../ports/keyring.ts';
import type { Store } from '../ports/store.ts';

const MOST_NAMED = 10;

/** Refuses a key ring that lacks keys of secrets, or whose keys do not open them. @throws secret.keys-missing, secret.unreadable */
export async function requireSecretKeys({ store, keyring }: { readonly store: Store; readonly keyring: Keyring }) {
  const known = new Set(keyring.keys().map(({ id }) => id));
  const used = await countByKey(store);
  const missing = [...used].filter(([key]) => !known.has(key));
  if (missing.length > 0) {
    const count = missing.reduce((sum, [, secrets]) => sum + secrets, 0);
    const keys = missing.slice(0, MOST_NAMED).map(([key]) => key);
    throw new BerthError('secret.keys-missing', { count, place: keyring.place, keys: keys.join(', ') });
  }
  // A key's name says nothing of its bytes; one value for each does.
  for (const key of used.keys()) {
    const { items } = await store.list('secret', { where: { key }, limit: 1 });
    for (const { doc } of items) await keyring.open(doc.id, doc);
  }
}

async function countByKey(store: Store): Promise<ReadonlyMap<string, number>> {
  const count = new Map<string, number>();
  for await (const page of positionPages(store, 'secret', { orderBy: 'key' }))
    for (const { value } of page) count.set(String(value), (count.get(String(value)) ?? 0) + 1);
  return count;
}

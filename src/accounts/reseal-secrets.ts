// Seals with the present key what an older one sealed. Every secret is written by itself and opens at any moment with a key that is kept:
// where this was broken off it goes on.
import { pages } from '../engine/shard-sweep.ts';
import { BerthError } from '../model/errors.ts';
import type { Secret } from '../model/secret.ts';
import type { Keyring } from '../ports/keyring.ts';
import type { Log } from '../ports/log.ts';
import { type Store, StoreConflict } from '../ports/store.ts';

/** What sealing anew needs. */
export interface ResealParts {
  readonly store: Store;
  readonly keyring: Keyring;
  readonly log: Log;
}

/** How many were sealed anew, and how many did not open. */
export interface Resealed {
  readonly resealed: number;
  readonly unreadable: number;
}

const PAGE = 100;

/** Seals anew whatever another key than the present one sealed. What does not open stays as it is. */
export async function resealSecrets(parts: ResealParts): Promise<Resealed> {
  const count = { resealed: 0, unreadable: 0, changed: 0 };
  for (const { id, retiredAt } of parts.keyring.keys()) {
    if (retiredAt === null) continue;
    for await (const secret of pages(parts.store, 'secret', { where: { key: id }, limit: PAGE }))
      count[await resealed(parts, secret.id)]++;
  }
  return count;
}

async function resealed(
  { store, keyring, log }: ResealParts,
  id: string,
): Promise<'resealed' | 'unreadable' | 'changed'> {
  const stored = await store.get('secret', id);
  if (!stored) return 'changed';
  try {
    const plain = await keyring.open(id, stored.doc);
    const fresh: Secret = { ...stored.doc, ...(await keyring.seal(id, plain)) };
    await store.update('secret', fresh, stored.version);
    return 'resealed';
  } catch (error) {
    // Somebody has just set it, and so sealed it: with the present key, or else it is found again.
    if (error instanceof StoreConflict) return 'changed';
    if (!(error instanceof BerthError && error.code === 'secret.unreadable')) throw error;
    log.error('A secret does not open and cannot be sealed anew', { secret: id, error });
    return 'unreadable';
  }
}

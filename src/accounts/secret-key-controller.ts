// Looks after the keys of secrets: goes on with a renewal that was broken off, and forgets keys that nothing needs.
import { Upkeep, type UpkeepProgress, type UpkeepTurn } from '../engine/upkeep.ts';
import { type ResealParts, resealSecrets } from './reseal-secrets.ts';

/**
 * A key is kept for this long after another took its place: a value that was sealed just before may still be on its way to the database,
 * and a backup of the database that began before has its key file copied after.
 */
export const KEY_KEPT_MS = 3_600_000;

const EVERY_MS = 3_600_000;

/** Settles keys (key `secretkeys:all`). */
export class SecretKeyController extends Upkeep {
  readonly prefix = 'secretkeys';
  readonly #parts: ResealParts;

  constructor(parts: ResealParts) {
    super(EVERY_MS);
    this.#parts = parts;
  }

  protected async work({ now }: UpkeepTurn): Promise<UpkeepProgress> {
    await resealSecrets(this.#parts);
    const { keyring, store } = this.#parts;
    for (const { id, retiredAt } of keyring.keys()) {
      if (retiredAt === null || now < retiredAt + KEY_KEPT_MS) continue;
      if ((await store.count('secret', { where: { key: id } })) === 0) await keyring.forget(id);
    }
    return 'done';
  }
}

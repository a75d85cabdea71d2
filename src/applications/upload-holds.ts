// Keeps zips in Blobs while somebody works on them. Two people may send the same bytes at once, one of them only to try them: whoever
// is refused must not delete what the other still needs. It holds within this process: where several put into the same Blobs, these delete
// nothing that is discarded, and the collector of images takes it when it is old enough.
import type { Blobs } from '../ports/blobs.ts';
import type { Store } from '../ports/store.ts';

interface Hold {
  count: number;
  /** Counts every `take`, so that a slow `release` sees that somebody else was here since. */
  takes: number;
  deletion: Promise<void> | undefined;
}

/** Who works on which zip in this process. The last one to let go discards it, unless a stored package names it. */
export class UploadHolds {
  readonly #blobs: Pick<Blobs, 'discard'>;
  readonly #store: Pick<Store, 'get'>;
  readonly #holds = new Map<string, Hold>();

  constructor(parts: { readonly blobs: Pick<Blobs, 'discard'>; readonly store: Pick<Store, 'get'> }) {
    this.#blobs = parts.blobs;
    this.#store = parts.store;
  }

  /**
   * Holds a digest. To be called before Blobs has stored its bytes: a deletion that is under way is waited for, so that the bytes are
   * stored after it, and none begins until `release`.
   */
  async take(digest: string): Promise<void> {
    const hold = this.#holds.get(digest) ?? { count: 0, takes: 0, deletion: undefined };
    this.#holds.set(digest, hold);
    hold.count++;
    hold.takes++;
    await hold.deletion;
  }

  /** Lets go of a digest that was taken. */
  async release(digest: string): Promise<void> {
    const hold = this.#holds.get(digest);
    if (!hold) return;
    hold.count--;
    if (hold.count > 0) return;
    const { takes } = hold;
    const isNamed = (await this.#store.get('package', packageIdOf(digest))) !== undefined;
    // Whoever came in the meantime lets go after us, and looks again.
    if (hold.takes !== takes) return;
    hold.deletion = isNamed ? Promise.resolve() : this.#blobs.discard(digest);
    try {
      await hold.deletion;
    } finally {
      hold.deletion = undefined;
      if (hold.count === 0) this.#holds.delete(digest);
    }
  }
}

/** The package whose zip has this digest: the hex digits alone. */
export function packageIdOf(digest: string): string {
  return digest.slice(digest.indexOf(':') + 1);
}

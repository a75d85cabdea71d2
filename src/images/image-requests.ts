// What a person may ask of images.
import { BerthError } from '../model/errors.ts';
import type { Image } from '../model/image.ts';
import type { Clock } from '../ports/clock.ts';
import type { Store } from '../ports/store.ts';

/** Requests about images; the loop does the rest. */
export interface ImageRequests {
  /** Makes a failed image anew. @throws request.not-found, image.not-failed, StoreConflict */
  retry(pkg: string): Promise<Image>;
}

/** Requests over a store. */
export function imageRequests(store: Store, clock: Clock): ImageRequests {
  return {
    async retry(pkg) {
      const stored = await store.get('image', pkg);
      if (!stored) throw new BerthError('request.not-found', { what: 'image', id: pkg });
      const { error: _, ...rest } = stored.doc;
      if (rest.state !== 'failed') throw new BerthError('image.not-failed', { package: pkg, state: rest.state });
      const waiting: Image = { ...rest, state: 'waiting', attempts: 0, nextAt: clock.now() };
      return (await store.update('image', waiting, stored.version)).doc;
    },
  };
}

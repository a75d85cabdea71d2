// What the loop asks of each subsystem: take a key, read the whole truth, decide, act, and say when to look again.
import type { Instant } from '../model/instant.ts';
import type { Documents, Kind } from '../model/kinds.ts';

/** For each kind of document that matters to a controller: the ids to wake when one was written. A wake-up carries no truth. */
export type Watches = { readonly [K in Kind]?: (doc: Documents[K]) => readonly string[] };

/** An id that is not settled, and when it is to be looked at. */
export interface Unsettled {
  readonly id: string;
  readonly at: Instant;
}

/** One subsystem's part of the loop. The engine runs at most one `reconcile` per id at a time. */
export interface Controller {
  /** First part of its keys: `job` in `job:x`. */
  readonly prefix: string;
  readonly watches: Watches;
  /**
   * Reads everything, decides and acts; safe to call at any time, any number of times. Slow acts are begun here and awaited elsewhere.
   * Resolves to when to look again, or null when settled. A StoreConflict is decided anew; other errors are tried again with backoff.
   */
  reconcile(id: string, now: Instant): Promise<Instant | null>;
  /** Everything that is not settled, read in pages: at the start and every few minutes; enough on its own if every wake-up is lost. */
  sweep(): AsyncIterable<Unsettled>;
}

/** Wakes a key such as `job:x`, soon. */
export type Wake = (key: string) => void;

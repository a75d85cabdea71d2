// Tells the other processes of a platform what this one wrote, and this one's listeners what the others wrote. Hints to look, never the truth: a
// change that is lost delays until the next sweep, and no more.
import type { Kind } from '../model/kinds.ts';
import type { Bus, Leave } from '../ports/bus.ts';
import type { Log } from '../ports/log.ts';
import type { AnyDocument } from '../ports/store.ts';
import type { WatchedStore } from './watched-store.ts';

/** What the feed needs. */
export interface ChangeFeedParts {
  readonly store: WatchedStore;
  readonly bus: Pick<Bus, 'publish' | 'follow'>;
  readonly log: Log;
  /** Component and run. */
  readonly from: string;
}

/** Nobody else has to know, or it is too much to be told. */
const UNTOLD: ReadonlySet<Kind> = new Set<Kind>([
  'auditEntry',
  'auditOutcome',
  'blobChunk',
  'blobHead',
  'componentLease',
  'componentLog',
  'password',
  'readingBatch',
  'sequence',
  'seriesSpan',
  'session',
  'token',
  'topicRequest',
]);

/** Told without what is in it. */
const SEALED: ReadonlySet<Kind> = new Set<Kind>(['secret', 'invitation']);

/** Changes that wait to be published, at most: more are not told. */
const MOST_WAITING = 10_000;

/** One process's end of the feed. */
export class ChangeFeed {
  readonly #parts: ChangeFeedParts;
  #waiting = 0;
  #stopListening: (() => void) | undefined;
  #leave: Leave | undefined;

  constructor(parts: ChangeFeedParts) {
    this.#parts = parts;
  }

  /** Begins to tell and to listen. */
  async start(): Promise<void> {
    const { bus, store, from } = this.#parts;
    this.#leave = await bus.follow('berth.changes', async ({ message }) => {
      if (message.from !== from) store.writtenElsewhere(message.kind, message.id, message.doc ?? undefined);
    });
    this.#stopListening = store.onWrittenHere((kind, id, doc) => this.#tell(kind, id, doc));
  }

  /** Ends both. */
  async close(): Promise<void> {
    this.#stopListening?.();
    await this.#leave?.();
  }

  #tell(kind: Kind, id: string, doc: AnyDocument | undefined): void {
    if (UNTOLD.has(kind) || this.#waiting >= MOST_WAITING) return;
    const { bus, from, log } = this.#parts;
    this.#waiting++;
    const told = SEALED.has(kind) ? null : (doc ?? null);
    bus
      .publish('berth.changes', `${kind}/${id}`, { from, kind, id, doc: told })
      .catch((error: unknown) => log.debug('A change could not be told', { kind, id, error }))
      .finally(() => {
        this.#waiting--;
      });
  }
}

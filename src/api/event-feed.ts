// The last events in the order in which they were stored, for whoever follows them. Times do not give that order: an event may be
// stored after one that is later than it. What is older than these is read from the store.
//
// INVARIANT: a place is a count of events since the process began, so it stays valid while others are added.
import type { Event } from '../model/event.ts';
import type { Clock } from '../ports/clock.ts';
import type { HeardStore } from './api-parts.ts';

/** Events that are kept, at least; who falls further behind reads them from the store. */
const KEPT = 10_000;

/** Who reads the store may see an event before the word of it has come; that takes a moment. */
const YOUNG_MS = 5000;
const HEARD_WITHIN_MS = 30;

/** Events as they are stored. */
export class EventFeed {
  readonly #leave: () => void;
  readonly #clock: Pick<Clock, 'now' | 'after'>;
  readonly #places = new Map<string, number>();
  #events: Event[] = [];
  #first = 0;
  #added: PromiseWithResolvers<void> | undefined;

  constructor(store: Pick<HeardStore, 'onWritten'>, clock: Pick<Clock, 'now' | 'after'>) {
    this.#clock = clock;
    this.#leave = store.onWritten((kind, _, doc) => {
      if (kind === 'event' && doc !== undefined) this.#add(doc as Event);
    });
  }

  /** The place of the first event that is kept. */
  get first(): number {
    return this.#first;
  }

  /** The place behind the newest event. */
  get end(): number {
    return this.#first + this.#events.length;
  }

  /** The place of an event; undefined when it is not kept. */
  placeOf(id: string): number | undefined {
    return this.#places.get(id);
  }

  /** Resolves when events that were found in the store and are not here have been heard of, if they are so young that they may be about to be. */
  async caughtUp(found: readonly Event[]): Promise<void> {
    const now = this.#clock.now();
    const isYoung = ({ id, at }: Event) => !this.#places.has(id) && Math.abs(now - at) < YOUNG_MS;
    if (found.some(isYoung)) await new Promise<void>((resolve) => this.#clock.after(HEARD_WITHIN_MS, resolve));
  }

  /** Events from a place on; undefined when some of them are not kept any more. */
  from(place: number): readonly Event[] | undefined {
    return place < this.#first ? undefined : this.#events.slice(place - this.#first);
  }

  /** Resolves when there is an event at a place, or when the signal aborts. */
  async reaches(place: number, signal: AbortSignal): Promise<void> {
    const aborted = Promise.withResolvers<void>();
    const abort = () => aborted.resolve();
    signal.addEventListener('abort', abort, { once: true });
    while (this.end <= place && !signal.aborted) {
      this.#added ??= Promise.withResolvers<void>();
      await Promise.race([this.#added.promise, aborted.promise]);
    }
    signal.removeEventListener('abort', abort);
  }

  /** Hears no more of the store. */
  close(): void {
    this.#leave();
  }

  #add(event: Event): void {
    this.#places.set(event.id, this.end);
    this.#events.push(event);
    // Cut in large pieces: an array that loses its first element at every step is copied every time.
    if (this.#events.length >= 2 * KEPT) this.#forget(KEPT);
    this.#added?.resolve();
    this.#added = undefined;
  }

  #forget(count: number): void {
    for (const { id } of this.#events.slice(0, count)) this.#places.delete(id);
    this.#events = this.#events.slice(count);
    this.#first += count;
  }
}

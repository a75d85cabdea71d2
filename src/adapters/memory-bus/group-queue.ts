// What one group of subscribers still has to be given of one topic: a lane per key, in order, each with at most one message out.
import type { BerthError } from '../../model/errors.ts';
import type { Delivery, Topic, Topics } from '../../ports/bus.ts';
import type { Cancel } from '../../ports/clock.ts';

/** Takes one message; a rejection brings it back. */
export type Handler = (delivery: Delivery<Topic>) => Promise<void>;

/** What the bus gives to each of its groups. */
export interface GroupParts {
  /** Messages that may wait, the ones being handled included. */
  readonly limit: number;
  /** Waits before a message is given again after that many failures of it in a row. */
  readonly later: (failures: number, again: () => void) => Cancel;
  readonly full: () => BerthError;
  readonly failed: (key: string, failures: number, error: unknown) => void;
}

interface Lane {
  /** As JSON: nobody gets the publisher's own object, as on a bus between machines. */
  readonly messages: string[];
  failures: number;
  busy: boolean;
  retry: Cancel | undefined;
}

interface Subscriber {
  readonly handler: Handler;
  readonly running: Set<Promise<void>>;
}

/** One group's queue. Without a subscriber it keeps what comes, up to its limit. */
export class GroupQueue {
  readonly #parts: GroupParts;
  readonly #lanes = new Map<string, Lane>();
  readonly #subscribers: Subscriber[] = [];
  readonly #running = new Set<Promise<void>>();
  #waiting = 0;
  #turn = 0;

  constructor(parts: GroupParts) {
    this.#parts = parts;
  }

  /** @throws platform.queue-full when one more message would be too many. */
  assertRoom(): void {
    if (this.#waiting >= this.#parts.limit) throw this.#parts.full();
  }

  /** Messages that are not handled yet. */
  get waiting(): number {
    return this.#waiting;
  }

  /** Adds a message behind those of its key. */
  add(key: string, text: string): void {
    const lane = this.#lanes.get(key) ?? { messages: [], failures: 0, busy: false, retry: undefined };
    this.#lanes.set(key, lane);
    lane.messages.push(text);
    this.#waiting++;
    this.#deliver(key, lane);
  }

  /** Adds a subscriber; what it gives ends the subscription and waits for what the subscriber still handles. */
  subscribe(handler: Handler): () => Promise<void> {
    const subscriber: Subscriber = { handler, running: new Set() };
    this.#subscribers.push(subscriber);
    for (const [key, lane] of this.#lanes) this.#deliver(key, lane);
    return async () => {
      const index = this.#subscribers.indexOf(subscriber);
      if (index >= 0) this.#subscribers.splice(index, 1);
      await Promise.all(subscriber.running);
    };
  }

  /** Gives nothing more, and waits for what is being handled. */
  async close(): Promise<void> {
    this.#subscribers.length = 0;
    for (const lane of this.#lanes.values()) lane.retry?.();
    await Promise.all(this.#running);
  }

  #deliver(key: string, lane: Lane): void {
    const [text] = lane.messages;
    const subscriber = this.#subscribers[this.#turn++ % this.#subscribers.length];
    if (lane.busy || text === undefined || !subscriber) return;
    lane.busy = true;
    const run = this.#give(key, lane, text, subscriber.handler).finally(() => {
      subscriber.running.delete(run);
      this.#running.delete(run);
    });
    subscriber.running.add(run);
    this.#running.add(run);
  }

  async #give(key: string, lane: Lane, text: string, handler: Handler): Promise<void> {
    try {
      // Never within the publisher's call.
      await Promise.resolve();
      await handler({ key, message: JSON.parse(text) as Topics[Topic] });
      this.#done(key, lane);
    } catch (error) {
      lane.failures++;
      this.#parts.failed(key, lane.failures, error);
      lane.retry = this.#parts.later(lane.failures, () => this.#free(key, lane));
    }
  }

  #done(key: string, lane: Lane): void {
    lane.messages.shift();
    lane.failures = 0;
    this.#waiting--;
    if (lane.messages.length === 0) this.#lanes.delete(key);
    this.#free(key, lane);
  }

  #free(key: string, lane: Lane): void {
    lane.busy = false;
    lane.retry = undefined;
    this.#deliver(key, lane);
  }
}

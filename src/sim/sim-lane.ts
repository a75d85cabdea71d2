// The messages of one key for one group of subscribers: in their order, one at a time, each again until it is handled.
import type { Delivery, Topic } from '../ports/bus.ts';

/** Takes one message; a rejection brings it back. */
export type Handler = (delivery: Delivery<Topic>) => Promise<void>;

/** What a lane needs of its bus. */
export interface LaneParts {
  /** Who takes the next message; undefined while nobody is there. */
  readonly handler: () => Handler | undefined;
  /** Lets time pass. */
  readonly later: (failures: number, go: () => void) => void;
  /** Remembers what is being handled until it is. */
  readonly track: (handling: Promise<void>, handler: Handler) => void;
}

/** One key's messages. */
export class SimLane {
  readonly #parts: LaneParts;
  readonly #messages: Delivery<Topic>[] = [];
  #isBusy = false;
  #failures = 0;

  constructor(parts: LaneParts) {
    this.#parts = parts;
  }

  /** How many are not handled. */
  get waiting(): number {
    return this.#messages.length;
  }

  /** Adds a message behind the others. */
  add(delivery: Delivery<Topic>): void {
    this.#messages.push(delivery);
    this.deliver();
  }

  /** Gives the first message on its way, unless one is. */
  deliver(): void {
    if (this.#isBusy || this.#messages.length === 0 || !this.#parts.handler()) return;
    this.#isBusy = true;
    this.#parts.later(this.#failures, () => this.#give());
  }

  #give(): void {
    const [delivery] = this.#messages;
    const handler = this.#parts.handler();
    if (delivery && handler) this.#parts.track(this.#handle(delivery, handler), handler);
    else this.#isBusy = false;
  }

  async #handle(delivery: Delivery<Topic>, handler: Handler): Promise<void> {
    try {
      await handler(structuredClone(delivery));
      this.#messages.shift();
      this.#failures = 0;
    } catch {
      // Whatever was wrong, the message comes again: that is the contract.
      this.#failures++;
    }
    this.#isBusy = false;
    this.deliver();
  }
}

// Gives memory back when there is nothing to do. V8 grows its heap while much is done, which makes bursts a third faster, and would keep
// what it has grown to until something else makes it collect.
import type { Cancel, Clock } from '../ports/clock.ts';

/** When memory is looked at, and how much growth is worth a collection. */
const EVERY_MS = 10_000;
const WORTH_BYTES = 8 * 1024 * 1024;

/** What is watched, and how it is collected. */
export interface IdleMemoryParts {
  readonly clock: Clock;
  /** Whether nothing is being decided, and nothing waits to be. */
  readonly isIdle: () => boolean;
  readonly heapBytes: () => number;
  /** Collects everything and gives back what is free; holds the process up for some tens of milliseconds. */
  readonly collect: () => void;
}

/** Looks at the heap now and then, and collects when it has grown and the platform was idle twice in a row. */
export class IdleMemory {
  readonly #parts: IdleMemoryParts;
  #timer: Cancel;
  #wasIdle = false;
  #keptBytes = 0;

  constructor(parts: IdleMemoryParts) {
    this.#parts = parts;
    this.#timer = this.#later();
  }

  /** Looks no more. */
  close(): void {
    this.#timer();
  }

  #later(): Cancel {
    return this.#parts.clock.after(EVERY_MS, () => {
      this.#look();
      this.#timer = this.#later();
    });
  }

  #look(): void {
    const { isIdle, heapBytes, collect } = this.#parts;
    const idle = isIdle();
    if (idle && this.#wasIdle && heapBytes() - this.#keptBytes > WORTH_BYTES) {
      collect();
      this.#keptBytes = heapBytes();
    }
    this.#wasIdle = idle;
  }
}

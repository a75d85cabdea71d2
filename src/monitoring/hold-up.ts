// How long the event loop stands still: nothing of this process is done in that time, its heartbeats included.
import type { Cancel, Clock } from '../ports/clock.ts';

/** How often the loop shows that it turns, milliseconds. */
const TICK_MS = 250;

/** Measures until it is closed; a hold-up shorter than a tick may be missed, and a longer one is told up to a tick too short. */
export class HoldUp {
  readonly #clock: Clock;
  readonly #readers = new Set<{ longestMs: number }>();
  #tickedMs: number;
  #timer: Cancel;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#tickedMs = clock.monotonic();
    this.#timer = this.#later();
  }

  /** Makes a reader: each gives the longest hold-up since it was itself asked the last time, milliseconds. */
  reader(): () => number {
    const reader = { longestMs: 0 };
    this.#readers.add(reader);
    return () => {
      const longestMs = Math.round(reader.longestMs);
      reader.longestMs = 0;
      return longestMs;
    };
  }

  /** Measures no more. */
  close(): void {
    this.#timer();
  }

  #later(): Cancel {
    return this.#clock.after(TICK_MS, () => {
      const nowMs = this.#clock.monotonic();
      const heldUpMs = nowMs - this.#tickedMs - TICK_MS;
      for (const reader of this.#readers) reader.longestMs = Math.max(reader.longestMs, heldUpMs);
      this.#tickedMs = nowMs;
      this.#timer = this.#later();
    });
  }
}

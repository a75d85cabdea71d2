// A clock whose time passes only when a test says so.
import type { Instant } from '../../../src/model/instant.ts';
import type { Cancel, Clock } from '../../../src/ports/clock.ts';

interface Timer {
  readonly due: () => number;
  readonly ring: () => void;
}

/** Wall and monotonic time by hand. Timers ring within `advance`, in the order of their times. */
export class ManualClock implements Clock {
  #now: Instant;
  #monotonic = 0;
  readonly #timers = new Set<Timer>();

  constructor(now: Instant = Date.UTC(2026, 10, 22)) {
    this.#now = now;
  }

  now(): Instant {
    return this.#now;
  }

  monotonic(): number {
    return this.#monotonic;
  }

  at(at: Instant, ring: () => void): Cancel {
    return this.#set(() => at - this.#now, ring);
  }

  after(delayMs: number, ring: () => void): Cancel {
    const end = this.#monotonic + delayMs;
    return this.#set(() => end - this.#monotonic, ring);
  }

  /** Timers that were set and have neither rung nor been cancelled. */
  get pending(): number {
    return this.#timers.size;
  }

  /** Lets time pass; before the first timer and after each, whatever was waiting for no time at all goes on. */
  async advance(ms: number): Promise<void> {
    const end = this.#monotonic + ms;
    await settled();
    for (let next = this.#next(end); next; next = this.#next(end)) {
      this.#pass(Math.max(next.due(), 0));
      this.#timers.delete(next);
      next.ring();
      await settled();
    }
    this.#pass(end - this.#monotonic);
  }

  /** Sets the wall clock, forward or back. */
  jump(ms: number): void {
    this.#now += ms;
  }

  #set(due: () => number, ring: () => void): Cancel {
    if (Number.isNaN(due())) throw new TypeError('A timer needs a time');
    const timer = { due, ring };
    this.#timers.add(timer);
    return () => this.#timers.delete(timer);
  }

  #next(end: number): Timer | undefined {
    const due = [...this.#timers].filter((timer) => this.#monotonic + timer.due() <= end);
    return due.toSorted((a, b) => a.due() - b.due())[0];
  }

  #pass(ms: number): void {
    this.#now += ms;
    this.#monotonic += ms;
  }
}

function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

// Waits that end: by what they wait for, by their deadline, or because nobody waits any more.
import type { Cancel, Clock } from '../../ports/clock.ts';

/** Resolves or rejects as the promise does, or rejects with `late()` when that takes longer. */
export async function within<T>(clock: Clock, ms: number, promise: Promise<T>, late: () => Error): Promise<T> {
  const { promise: deadline, reject } = Promise.withResolvers<never>();
  const cancel = clock.after(ms, () => reject(late()));
  try {
    return await Promise.race([promise, deadline]);
  } finally {
    cancel();
  }
}

/** Pauses of something that may end at any time: then all of them are over at once. */
export class Pauses {
  readonly #clock: Clock;
  readonly #current = new Map<() => void, Cancel>();
  #isOver = false;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get isOver(): boolean {
    return this.#isOver;
  }

  /** Resolves after that many milliseconds, or when all is over. */
  async pause(ms: number): Promise<void> {
    if (this.#isOver) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#current.set(resolve, this.#clock.after(ms, resolve));
    await promise;
    this.#current.delete(resolve);
  }

  /** Ends every pause, those to come included. */
  end(): void {
    this.#isOver = true;
    for (const [resolve, cancel] of this.#current) {
      cancel();
      resolve();
    }
  }
}

/** Doubles from the first to the longest. */
export function backoffMs(failures: number, firstMs: number, maxMs: number): number {
  return Math.min(maxMs, firstMs * 2 ** Math.min(failures - 1, 30));
}

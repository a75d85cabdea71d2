// Instances that were just made: for some seconds EC2 may not know yet what it made itself (its answers are eventually consistent).
import type { Clock } from '../../ports/clock.ts';

const YOUNG_MS = 120_000;

/** Ids of instances for their first two minutes. */
export class YoungInstances {
  readonly #clock: Clock;
  readonly #madeAt = new Map<string, number>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Remembers one, and forgets those that are not young any more. */
  add(id: string): void {
    const now = this.#clock.monotonic();
    for (const [other, madeAt] of this.#madeAt) if (now - madeAt > YOUNG_MS) this.#madeAt.delete(other);
    this.#madeAt.set(id, now);
  }

  /** Whether it was made a moment ago. */
  has(id: string): boolean {
    const madeAt = this.#madeAt.get(id);
    return madeAt !== undefined && this.#clock.monotonic() - madeAt <= YOUNG_MS;
  }
}

// Counts that the database makes by looking at everything it counts: of very many, each takes as long as many answers.
import type { Clock } from '../ports/clock.ts';

/** Counting takes at most one part in so many of the time: what took 4 ms is remembered for 80 ms, what took nothing is not. */
const SPARED = 20;

interface Counted {
  readonly count: number;
  readonly untilMs: number;
}

/** Remembers counts for as long as they were dear. */
export class SparingCounts {
  readonly #clock: Pick<Clock, 'monotonic'>;
  readonly #counted = new Map<string, Counted>();

  constructor(clock: Pick<Clock, 'monotonic'>) {
    this.#clock = clock;
  }

  /** The count of a name, asked for anew unless it was just now. */
  async of(name: string, ask: () => Promise<number>): Promise<number> {
    const fromMs = this.#clock.monotonic();
    const known = this.#counted.get(name);
    if (known && fromMs < known.untilMs) return known.count;
    const count = await ask();
    const endMs = this.#clock.monotonic();
    this.#counted.set(name, { count, untilMs: endMs + SPARED * (endMs - fromMs) });
    return count;
  }
}

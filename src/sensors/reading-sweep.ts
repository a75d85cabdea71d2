// Keeps raw readings bounded by age: what is older is in the plots alone.
import type { Controller, Unsettled } from '../engine/controller.ts';
import type { Instant } from '../model/instant.ts';
import type { Readings } from '../ports/readings.ts';

/** How long raw readings are kept, and how often the old are looked for. */
export interface ReadingLimits {
  readonly maxAgeMs: number;
  readonly everyMs: number;
}

/** Small enough that readings that come do not wait behind it. */
const AT_ONCE = 5000;

/** Forgets old readings (key `readingsweep:all`). */
export class ReadingSweep implements Controller {
  readonly prefix = 'readingsweep';
  readonly watches = {};
  readonly #readings: Readings;
  readonly #limits: ReadingLimits;

  constructor(readings: Readings, limits: ReadingLimits) {
    this.#readings = readings;
    this.#limits = limits;
  }

  async reconcile(_: string, now: Instant): Promise<Instant> {
    const forgotten = await this.#readings.forgetBefore(now - this.#limits.maxAgeMs, AT_ONCE);
    return forgotten < AT_ONCE ? now + this.#limits.everyMs : now;
  }

  async *sweep(): AsyncIterable<Unsettled> {
    yield { id: 'all', at: 0 };
  }
}

// Keeps raw readings bounded by age: what is older is in the plots alone.
import { Upkeep, type UpkeepProgress, type UpkeepTurn } from '../engine/upkeep.ts';
import type { Readings } from '../ports/readings.ts';

/** How long raw readings are kept, and how often the old are looked for. */
export interface ReadingLimits {
  readonly maxAgeMs: number;
  readonly everyMs: number;
}

/** Small enough that readings that come do not wait behind it. */
const AT_ONCE = 5000;

/** Forgets old readings (key `readingsweep:all`). */
export class ReadingSweep extends Upkeep {
  readonly prefix = 'readingsweep';
  readonly #readings: Readings;
  readonly #limits: ReadingLimits;

  constructor(readings: Readings, limits: ReadingLimits) {
    super(limits.everyMs);
    this.#readings = readings;
    this.#limits = limits;
  }

  protected async work({ now }: UpkeepTurn): Promise<UpkeepProgress> {
    const forgotten = await this.#readings.forgetBefore(now - this.#limits.maxAgeMs, AT_ONCE);
    return forgotten < AT_ONCE ? 'done' : 'more';
  }
}

// How much work a simulated platform may do: a storm of decisions is a bug even when its outcome is right.
import type { SimWorld } from '../../src/sim/sim-world.ts';

/** Decisions that the largest scenario may take in one simulated minute. */
const MOST_PER_MINUTE = 6000;
const MINUTE_MS = 60_000;

/** Counts decisions by the minute. */
export class DecisionBudget {
  readonly #world: SimWorld;
  #minute = -1;
  #spent = 0;
  busiest = 0;

  constructor(world: SimWorld) {
    this.#world = world;
  }

  /** One decision about a key; too many in a minute end the run. */
  spend(key: string): void {
    const minute = Math.floor(this.#world.elapsedMs / MINUTE_MS);
    if (minute !== this.#minute) {
      this.#minute = minute;
      this.#spent = 0;
    }
    this.#spent++;
    this.busiest = Math.max(this.busiest, this.#spent);
    if (this.#spent > MOST_PER_MINUTE)
      this.#world.fail(`more than ${MOST_PER_MINUTE} decisions in one minute; the last about ${key}`);
  }
}

// What cannot go on now and goes on later.
import type { SimRandom } from './sim-random.ts';
import type { SimWorld } from './sim-world.ts';

/** Acts that are held, and go on within a few milliseconds of being let go, each looking anew at what holds it. */
export class HeldActs {
  readonly #world: SimWorld;
  readonly #random: SimRandom;
  readonly #acts: (() => void)[] = [];

  constructor(world: SimWorld, random: SimRandom) {
    this.#world = world;
    this.#random = random;
  }

  hold(act: () => void): void {
    this.#acts.push(act);
  }

  letGo(): void {
    for (const act of this.#acts.splice(0)) this.#world.schedule(this.#random.between(0.1, 5), act);
  }

  /** None of them happens any more. */
  drop(): void {
    this.#acts.length = 0;
  }
}

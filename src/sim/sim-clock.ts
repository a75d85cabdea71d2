// A clock in a simulated world. Wall time may differ from true time, and jump; it is that of a machine, and outlives processes.
import type { Instant } from '../model/instant.ts';
import type { Cancel, Clock } from '../ports/clock.ts';
import type { SimProcess } from './sim-process.ts';
import type { SimWorld } from './sim-world.ts';

/** The wall clock of a machine. */
export class WallClock {
  readonly #world: SimWorld;
  readonly #listeners = new Set<() => void>();
  #offsetMs: number;

  constructor(world: SimWorld, offsetMs: number) {
    this.#world = world;
    this.#offsetMs = Math.round(offsetMs);
  }

  /** Whole milliseconds. */
  now(): Instant {
    return Math.floor(this.exactly());
  }

  /** With its fraction. */
  exactly(): number {
    return this.#world.trueTime + this.#offsetMs;
  }

  /** Sets it forward or back. */
  jump(ms: number): void {
    this.#offsetMs += Math.round(ms);
    for (const listener of this.#listeners) listener();
  }

  /** Told of every jump until the returned function is called. */
  onJump(listener: () => void): Cancel {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
}

/** The Clock of one process. */
export class SimClock implements Clock {
  readonly #process: SimProcess;
  readonly #wall: WallClock;

  constructor(process: SimProcess, wall: WallClock) {
    this.#process = process;
    this.#wall = wall;
  }

  now(): Instant {
    return this.#wall.now();
  }

  monotonic(): number {
    return this.#process.world.elapsedMs;
  }

  at(at: Instant, ring: () => void): Cancel {
    if (Number.isNaN(at)) throw new TypeError('A timer needs a time');
    let cancel: Cancel = nothing;
    const forget = this.#wall.onJump(() => {
      cancel();
      arm();
    });
    const arm = () => {
      cancel = this.after(at - this.#wall.exactly(), () => {
        forget();
        ring();
      });
    };
    arm();
    return () => {
      forget();
      cancel();
    };
  }

  after(delayMs: number, ring: () => void): Cancel {
    if (Number.isNaN(delayMs)) throw new TypeError('A timer needs a time');
    if (delayMs === Number.POSITIVE_INFINITY) return nothing;
    return this.#process.later(delayMs, ring);
  }
}

function nothing(): void {}

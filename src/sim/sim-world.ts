// A simulated world: its time, its one queue of events, its chance and its trace. Whatever is asynchronous in it is an event of this
// queue; between two events everything that was waiting for no time at all goes on until nothing is left of it.
//
// INVARIANTS:
// - Nothing in a world looks at real time or real chance: a seed gives the same events in the same order every time.
// - Times are multiples of 1/1024 ms, so that sums of them are exact.
import type { Instant } from '../model/instant.ts';
import type { Cancel } from '../ports/clock.ts';
import { EventQueue } from './event-queue.ts';
import { SimRandom } from './sim-random.ts';
import { SimTrace } from './sim-trace.ts';

/** 2026-11-22T08:00:00Z. */
const BEGINNING: Instant = Date.UTC(2026, 10, 22, 8);
const FRACTIONS = 1024;

/** What must never be so was so. */
export class Violation extends Error {
  override readonly name = 'Violation';
}

/** One world. */
export class SimWorld {
  readonly random: SimRandom;
  readonly trace: SimTrace;
  readonly #queue = new EventQueue();
  #elapsedMs = 0;
  #events = 0;
  #violation: Violation | undefined;

  constructor(seed: string, trace: SimTrace = new SimTrace()) {
    this.random = new SimRandom(seed);
    this.trace = trace;
  }

  /** Milliseconds since the world began. */
  get elapsedMs(): number {
    return this.#elapsedMs;
  }

  /** The true time, as a fraction of milliseconds since 1970; clocks in the world may differ from it. */
  get trueTime(): number {
    return BEGINNING + this.#elapsedMs;
  }

  /** Events that have happened. */
  get events(): number {
    return this.#events;
  }

  /** The first thing that was wrong. */
  get violation(): Violation | undefined {
    return this.#violation;
  }

  /** Something happens after a time. */
  schedule(delayMs: number, run: () => void): Cancel {
    const delay = Math.ceil(Math.max(delayMs, 0) * FRACTIONS) / FRACTIONS;
    const event = this.#queue.add(this.#elapsedMs + delay, run);
    return () => {
      event.run = undefined;
    };
  }

  /** Adds a line to the trace. */
  tell(actor: string, text: string): void {
    this.trace.add(this.#elapsedMs, actor, text);
  }

  /** Something is wrong: the first such thing ends the run. */
  fail(what: string): void {
    if (this.#violation) return;
    this.tell('VIOLATION', what);
    this.#violation = new Violation(what);
  }

  /** Lets that much time pass, or less when something is wrong. */
  async pass(ms: number): Promise<void> {
    const end = this.#elapsedMs + ms;
    await settled();
    for (let at = this.#queue.nextAt(); at !== undefined && at <= end; at = this.#queue.nextAt()) {
      await this.#happen();
      if (this.#violation) return;
    }
    this.#elapsedMs = end;
  }

  /** The next event happens, whenever it is due; false when there is none. */
  async step(): Promise<boolean> {
    if (this.#queue.nextAt() === undefined) return false;
    await this.#happen();
    return true;
  }

  async #happen(): Promise<void> {
    const event = this.#queue.take();
    if (!event?.run) return;
    this.#elapsedMs = event.at;
    this.#events++;
    event.run();
    await settled();
  }
}

/** Node runs every promise that can go on before it comes to the next turn of its loop. */
function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

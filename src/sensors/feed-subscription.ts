// What one follower of readings has not taken yet. It holds so much and no more: who is slower goes on from the store.
import type { KeptReading } from '../model/sensor.ts';

/** Readings that wait for one follower, at most; they are shared with all others who follow the same sensor. */
const MOST_WAITING = 10_000;

/** The live end of one stream. */
export class FeedSubscription {
  #waiting: KeptReading[] = [];
  #isBehind: boolean;
  #wake: (() => void) | undefined;

  /** One that is behind from the beginning first reads the store. */
  constructor({ isBehind }: { readonly isBehind: boolean }) {
    this.#isBehind = isBehind;
  }

  /** Whether readings were left out, so that the store must be read. */
  get isBehind(): boolean {
    return this.#isBehind;
  }

  /** A reading came. */
  push(reading: KeptReading): void {
    if (this.#isBehind) return;
    if (this.#waiting.length >= MOST_WAITING) this.fallBehind();
    else this.#waiting.push(reading);
    this.#tell();
  }

  /** From now on everything is kept again: the store is read next. */
  catchUp(): void {
    this.#isBehind = false;
    this.#waiting = [];
  }

  /** There is more in the store than was read: nothing is kept until it is. */
  fallBehind(): void {
    this.#isBehind = true;
    this.#waiting = [];
  }

  /** There are readings in the store that were not handed on: it is read next. */
  look(): void {
    this.fallBehind();
    this.#tell();
  }

  /** What came since it was asked last, in order, at most `most`. */
  take(most: number): readonly KeptReading[] {
    if (this.#waiting.length > most) return this.#waiting.splice(0, most);
    const taken = this.#waiting;
    this.#waiting = [];
    return taken;
  }

  /** Resolves when there is something to take, when it is behind, or when the signal aborts. */
  async something(signal: AbortSignal): Promise<void> {
    if (this.#waiting.length > 0 || this.#isBehind || signal.aborted) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    const wake = () => resolve();
    this.#wake = wake;
    signal.addEventListener('abort', wake);
    await promise;
    signal.removeEventListener('abort', wake);
  }

  #tell(): void {
    const wake = this.#wake;
    this.#wake = undefined;
    wake?.();
  }
}

// The earliest occurrences of any number of instances, in bounded memory: where there are too many, the end of the time that is looked at
// comes nearer, and what is told is everything before it.
import type { Instant } from '../model/instant.ts';

/** Collects what is due before an instant. */
export class EarliestOccurrences<T extends { readonly at: Instant }> {
  readonly #most: number;
  #untilAt: Instant;
  #found: T[] = [];
  /** Looked through when it has so many: twice as many as were left last time, so that each is looked at a few times at most. */
  #looksAt: number;

  /** Keeps at least the earliest `most`, and what is due at the same instant as the last of them. */
  constructor(untilAt: Instant, most: number) {
    this.#untilAt = untilAt;
    this.#most = most;
    this.#looksAt = 2 * most;
  }

  /** Everything that was added and lies before it is kept. */
  get untilAt(): Instant {
    return this.#untilAt;
  }

  /** What lies at or after `untilAt` is left out. */
  add(occurrence: T): void {
    if (occurrence.at >= this.#untilAt) return;
    this.#found.push(occurrence);
    if (this.#found.length > this.#looksAt) this.#shorten();
  }

  /** By their time, those of the same time in the order in which they were added. */
  sorted(): readonly T[] {
    return this.#found.toSorted((a, b) => a.at - b.at);
  }

  #shorten(): void {
    this.#found.sort((a, b) => a.at - b.at);
    const last = this.#found[this.#most - 1];
    if (last) this.#untilAt = Math.min(this.#untilAt, last.at + 1);
    this.#found = this.#found.filter(({ at }) => at < this.#untilAt);
    this.#looksAt = 2 * Math.max(this.#most, this.#found.length);
  }
}

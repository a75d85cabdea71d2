// Versions of documents: each is given once in the life of a database, by whichever process writes. A process takes a block of numbers at
// a time, in one conditional write of one document; numbers that it took and did not use are lost.
import type { Db } from 'mongodb';

/** The collection of the counter. */
export const VERSION_COLLECTION = 'berth_version';

/** The id of its one document. */
export const VERSION_COUNTER = 'versions';

/** Numbers taken at a time. 2^53 numbers last for 285 years at a million a second. */
const BLOCK = 10_000;

/** The counter's document. */
export interface VersionCounter {
  readonly _id: string;
  readonly last: number;
}

/** The numbers of one process. */
export class Versions {
  readonly #block: () => Promise<number>;
  #last = 0;
  #end = 0;
  #taking: Promise<void> | undefined;

  /** `block` gives the last number of a new block. */
  constructor(block: () => Promise<number>) {
    this.#block = block;
  }

  /** So many numbers that nobody else has; at most a block's. */
  async take(count: number): Promise<readonly number[]> {
    while (this.#end - this.#last < count) {
      this.#taking ??= this.#refill().finally(() => (this.#taking = undefined));
      await this.#taking;
    }
    const first = this.#last + 1;
    this.#last += count;
    return Array.from({ length: count }, (_, index) => first + index);
  }

  // What is left of the old block is given up: numbers of a block follow each other.
  async #refill(): Promise<void> {
    this.#end = await this.#block();
    this.#last = this.#end - BLOCK;
  }
}

/** Takes a block; gives its last number. */
export async function takeBlock(db: Db): Promise<number> {
  const counters = db.collection<VersionCounter>(VERSION_COLLECTION);
  const counter = await counters.findOneAndUpdate(
    { _id: VERSION_COUNTER },
    { $inc: { last: BLOCK } },
    { returnDocument: 'after' },
  );
  if (!counter) throw new Error(`The counter of versions in ${VERSION_COLLECTION} is gone`);
  return counter.last;
}

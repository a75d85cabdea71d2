// Versions of documents: each is given once in the life of a database, by whichever process writes, so that a document that was deleted
// and created again refuses writes that were decided on the earlier one. A process takes a block of numbers at a time: one counter
// that every write had to lock would make all processes wait for each other. Numbers that a process took and did not use are lost.
import type { Session } from './session.ts';

/** Numbers taken at a time. 2^53 numbers last for 285 years at a million a second. */
const BLOCK = 10_000;

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

  /** Makes sure that so many can be given; at most a block's. */
  async provide(count: number): Promise<void> {
    while (this.#end - this.#last < count) {
      this.#taking ??= this.#take().finally(() => (this.#taking = undefined));
      await this.#taking;
    }
  }

  /** The next one. @throws RangeError when it was not provided */
  next(): number {
    if (this.#last >= this.#end) throw new RangeError('No version was provided');
    this.#last += 1;
    return this.#last;
  }

  // What is left of the old block is given up: numbers of a block follow each other.
  async #take(): Promise<void> {
    this.#end = await this.#block();
    this.#last = this.#end - BLOCK;
  }
}

/** Takes a block in one statement that stands alone, so that the counter is locked for its time only; gives the block's last number. */
export async function takeBlock(session: Session): Promise<number> {
  const answer = await session.change('UPDATE berth_version SET last = LAST_INSERT_ID(last + ?)', [BLOCK]);
  return answer.insertId;
}

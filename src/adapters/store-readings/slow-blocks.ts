// Whose block of sequences has been out for too long. Each process counts on a clock of its own, from when it saw the block first: clocks of
// machines differ.
import type { Sequence, TakenSequences } from '../../model/kept-bytes.ts';
import type { Clock } from '../../ports/clock.ts';

/** A process that has not written its block this long after it was seen counts as dead: nobody waits for it any longer. */
const TAKEN_FOR_MS = 15_000;

/** Watches the blocks that others have. */
export class SlowBlocks {
  readonly #clock: Clock;
  /** When each block was seen first, monotonic. */
  #seen = new Map<string, number>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Sees which blocks are out; those that were given back are forgotten. */
  look({ taken }: Sequence): void {
    const now = this.#clock.monotonic();
    this.#seen = new Map(taken.map((block) => [keyOf(block), this.#seen.get(keyOf(block)) ?? now]));
  }

  /** Whether a block that was seen is out for too long. */
  isDead(block: TakenSequences): boolean {
    const seenMs = this.#seen.get(keyOf(block));
    return seenMs !== undefined && this.#clock.monotonic() - seenMs >= TAKEN_FOR_MS;
  }
}

function keyOf({ writer, first }: TakenSequences): string {
  return `${writer} ${first}`;
}

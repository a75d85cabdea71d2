// How the document of sequences changes hands: a process gives back the block that it has written and takes the next, in one change.
import type { Sequence, TakenSequences } from '../../model/kept-bytes.ts';

/** The one document that sequences are taken from. */
export const SEQUENCE = 'readings';

/** What a process asks of the sequences. */
export interface Turn {
  readonly writer: string;
  /** How many it takes; 0: none. */
  readonly count: number;
  /** Whether whoever has a block counts as dead: what it has not written will not come. */
  readonly isDead: (block: TakenSequences) => boolean;
}

/** Before anybody took any. */
export function firstSequence(): Sequence {
  return { id: SEQUENCE, last: 0, taken: [] };
}

/** The sequences after a turn: the writer has written what it had taken, and takes so many more. */
export function turnedSequence(before: Sequence, { writer, count, isDead }: Turn): Sequence {
  const others = before.taken.filter((block) => block.writer !== writer && !isDead(block));
  const own = { writer, first: before.last + 1 };
  return { ...before, last: before.last + count, taken: count > 0 ? [...others, own] : others };
}

/** The last sequence of which it is known that it and all before it are written, or never will be. */
export function settledUntil({ last, taken }: Sequence): number {
  return Math.min(last, ...taken.map(({ first }) => first - 1));
}

// What the store and the thread that writes for it tell each other.
import type { GroupOutcome } from './group-transaction.ts';
import type { WriteEntry } from './write-order.ts';

/** What the thread is started with. */
export interface WriterData {
  readonly path: string;
  /** How long a transaction waits for somebody who writes the file with another program, milliseconds. */
  readonly busyMs: number;
}

/** A group to write, or the wish that the thread ends. */
export type GroupMessage = readonly WriteEntry[] | 'end';

/** The answer to a group: what became of its writes, or why none of them was done. */
export type GroupAnswer = { readonly outcome: GroupOutcome } | { readonly failure: unknown };

// Group commit: writes that come while a transaction is under way share the next one, and so one wait for the disk.
//
// INVARIANTS:
// - A write is answered only after the transaction that holds it is on disk.
// - One transaction at a time; writes are executed in the order in which they came.
// - A write that fails alone spoils no other; a transaction that fails rejects all of its writes.
import { BerthError } from '../../model/errors.ts';
import type { WriteResult } from '../../ports/store.ts';
import type { EntryOutcome, GroupOutcome } from './group-transaction.ts';
import { textLength, type WriteChain, type WriteEntry, type WriteOrder, writesIn } from './write-order.ts';
import { CONFLICT } from './write-statements.ts';

type Answer = (waiting: Waiting, index: number) => void;

/**
 * Writes in one transaction: bounds how long those behind them wait. Many share not only the wait for the disk, but also the pages of
 * indexes in whose order they do not come.
 */
const LARGEST_GROUP = 2000;

/** Text in one transaction, beyond its last entry: bounds what lies in memory twice while it is under way. */
const LONGEST_GROUP = 4 * 1024 * 1024;

/** Writes that may wait; beyond, the disk is not keeping up and callers are told. */
const LONGEST_QUEUE = 100_000;

interface Waiting {
  readonly entry: WriteEntry;
  readonly resolve: (outcome: EntryOutcome) => void;
  readonly reject: (error: unknown) => void;
}

/** Entries that are answered in one turn of the loop: those who wait decide at once what comes next, and others want a turn too. */
const ANSWERED_AT_ONCE = 64;

/** Executes the entries of a group in one transaction; resolves to what became of each when that is durable. */
export type CommitGroup = (group: readonly WriteEntry[]) => Promise<GroupOutcome>;

/** Gathers writes and commits them together. */
export class GroupCommit {
  readonly #commit: CommitGroup;
  #waiting: Waiting[] = [];
  #committing: Promise<void> | undefined;
  #answering: Promise<void> = Promise.resolve();
  #closed = false;

  constructor(commit: CommitGroup) {
    this.#commit = commit;
  }

  /** Executes a write in the next transaction; resolves to its outcome when that is durable. */
  async add(order: WriteOrder): Promise<WriteResult> {
    return resultOf(Number(await this.#outcome(order)));
  }

  /** Executes writes that belong together in one transaction, in their order, up to the first that fails. */
  async addChain(chain: WriteChain): Promise<readonly WriteResult[]> {
    const outcome = await this.#outcome(chain);
    return [outcome].flat().map(resultOf);
  }

  #outcome(entry: WriteEntry): Promise<EntryOutcome> {
    if (this.#closed) return Promise.reject(new Error('The store is closed'));
    if (this.#waiting.length >= LONGEST_QUEUE) return Promise.reject(queueFull());
    return new Promise((resolve, reject) => {
      this.#waiting.push({ entry, resolve, reject });
      this.#committing ??= this.#commitAll();
    });
  }

  /** Takes no more writes; resolves when those that wait are answered. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#committing;
    await this.#answering;
  }

  async #commitAll(): Promise<void> {
    // The rest of this turn of the loop may bring more.
    await nextTurn();
    while (this.#waiting.length > 0) await this.#commitGroup(this.#next());
    // In the same step as the last look at what waits: a write that comes next must find nobody at work.
    this.#committing = undefined;
  }

  // Answers are given while the next group is on its way to the disk, in the order of the writes.
  async #commitGroup(group: readonly Waiting[]): Promise<void> {
    const answer = await this.#outcomeOf(group);
    this.#answering = this.#answering.then(() => inTurns(group, answer));
  }

  async #outcomeOf(group: readonly Waiting[]): Promise<Answer> {
    try {
      const outcome = await this.#commit(group.map(({ entry }) => entry));
      return (waiting, index) => settle(waiting, outcome[index]);
    } catch (error) {
      return ({ reject }) => reject(error);
    }
  }

  #next(): readonly Waiting[] {
    let writes = 0;
    let length = 0;
    const tooMuch = this.#waiting.findIndex(({ entry }, index) => {
      writes += writesIn(entry);
      const isFull = index > 0 && (writes > LARGEST_GROUP || length > LONGEST_GROUP);
      length += textLength(entry);
      return isFull;
    });
    const group = tooMuch < 0 ? this.#waiting : this.#waiting.slice(0, tooMuch);
    this.#waiting = tooMuch < 0 ? [] : this.#waiting.slice(tooMuch);
    return group;
  }
}

async function inTurns(group: readonly Waiting[], answer: Answer): Promise<void> {
  for (const [index, waiting] of group.entries()) {
    if (index > 0 && index % ANSWERED_AT_ONCE === 0) await nextTurn();
    answer(waiting, index);
  }
}

function settle({ resolve, reject }: Waiting, outcome: EntryOutcome | Error | undefined): void {
  if (outcome === undefined) reject(new Error('A write of a group got no answer'));
  else if (outcome instanceof Error) reject(outcome);
  else resolve(outcome);
}

function resultOf(version: number): WriteResult {
  return version === CONFLICT ? { ok: false, reason: 'conflict' } : { ok: true, version };
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

function queueFull(): BerthError {
  return new BerthError('platform.queue-full', { queue: 'The queue of database writes', limit: LONGEST_QUEUE });
}

// Group commit: writes that come while the loop is busy share one transaction, and so one wait for the disk.
//
// INVARIANTS:
// - A write is answered only after the transaction that holds it is on disk.
// - A transaction begins and ends within one turn of the loop, so no read on the connection ever sees half of one.
// - A write that fails alone spoils no other; a transaction that fails rejects all of its writes.

import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { BerthError } from '../../model/errors.ts';

/** Writes in one transaction: bounds how long the loop is held up. */
const LARGEST_GROUP = 1000;

/** Writes that may wait; beyond, the disk is not keeping up and callers are told. */
const LONGEST_QUEUE = 100_000;

interface Waiting {
  /** Executes the write, and gives how to answer it once it is on disk. */
  readonly execute: () => () => void;
  readonly reject: (error: unknown) => void;
}

/** What happens inside every transaction besides its writes. */
export interface GroupHooks {
  readonly begun: () => void;
  readonly ending: () => void;
}

/** Gathers writes and commits them together. */
export class GroupCommit {
  readonly #database: DatabaseSync;
  readonly #begin: StatementSync;
  readonly #commit: StatementSync;
  readonly #hooks: GroupHooks;
  #waiting: Waiting[] = [];
  #scheduled = false;
  #closed = false;

  constructor(database: DatabaseSync, hooks: GroupHooks) {
    this.#database = database;
    this.#hooks = hooks;
    this.#begin = database.prepare('BEGIN IMMEDIATE');
    this.#commit = database.prepare('COMMIT');
  }

  /** Executes a write in the next transaction; resolves to its outcome when that is durable. */
  add<T>(write: () => T): Promise<T> {
    if (this.#closed) return Promise.reject(new Error('The store is closed'));
    if (this.#waiting.length >= LONGEST_QUEUE) return Promise.reject(queueFull());
    const { promise, resolve, reject } = Promise.withResolvers<T>();
    const execute = () => {
      const outcome = write();
      return () => resolve(outcome);
    };
    this.#waiting.push({ execute, reject });
    this.#schedule();
    return promise;
  }

  /** Commits everything that waits, at once, and takes no more. */
  close(): void {
    this.#closed = true;
    while (this.#waiting.length > 0) this.#commitGroup();
  }

  #schedule(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    setImmediate(() => {
      this.#scheduled = false;
      this.#commitGroup();
      if (this.#waiting.length > 0) this.#schedule();
    });
  }

  #commitGroup(): void {
    const group = this.#waiting.slice(0, LARGEST_GROUP);
    this.#waiting = this.#waiting.slice(LARGEST_GROUP);
    if (group.length === 0) return;
    try {
      this.#begin.run();
      this.#hooks.begun();
      const answers = group.map((waiting) => this.#execute(waiting));
      this.#hooks.ending();
      this.#commit.run();
      for (const answer of answers) answer();
    } catch (error) {
      this.#fail(group, error);
    }
  }

  #execute({ execute, reject }: Waiting): () => void {
    try {
      return execute();
    } catch (error) {
      // Errors such as a full disk end the whole transaction: what follows would be written outside of one.
      if (!this.#database.isTransaction) throw error;
      return () => reject(error);
    }
  }

  #fail(group: readonly Waiting[], cause: unknown): void {
    if (this.#database.isTransaction) this.#database.exec('ROLLBACK');
    const detail = cause instanceof Error ? cause.message : String(cause);
    const error = new BerthError('platform.store-failed', { detail }, { cause });
    for (const { reject } of group) reject(error);
  }
}

function queueFull(): BerthError {
  return new BerthError('platform.queue-full', { queue: 'The queue of database writes', limit: LONGEST_QUEUE });
}

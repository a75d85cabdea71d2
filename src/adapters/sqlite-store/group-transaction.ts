// One group of writes in one transaction, and so with one wait for the disk.
//
// INVARIANTS:
// - A transaction begins and ends within one call, so nobody who uses the same connection ever sees half of one.
// - A write that fails alone spoils no other; a transaction that fails leaves nothing of any.
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { isChain, type WriteEntry } from './write-order.ts';
import { WriteStatements } from './write-statements.ts';

/** What became of an entry: the version that its write gave, or `CONFLICT`; of a chain one for each of its writes. */
export type EntryOutcome = number | readonly number[];

/** What became of each entry of a group, or why it failed alone. */
export type GroupOutcome = readonly (EntryOutcome | Error)[];

/** Executes groups on a connection that nobody else writes with. */
export class GroupTransaction {
  readonly #database: DatabaseSync;
  readonly #writes: WriteStatements;
  readonly #begin: StatementSync;
  readonly #commit: StatementSync;

  constructor(database: DatabaseSync) {
    this.#database = database;
    this.#writes = new WriteStatements(database);
    this.#begin = database.prepare('BEGIN IMMEDIATE');
    this.#commit = database.prepare('COMMIT');
  }

  /** Executes a group; it is on disk when this returns. @throws what ended the transaction; then nothing was written */
  run(group: readonly WriteEntry[]): GroupOutcome {
    try {
      this.#begin.run();
      this.#writes.recallVersion();
      const outcome = group.map((entry) => this.#execute(entry));
      this.#writes.rememberVersion();
      this.#commit.run();
      return outcome;
    } finally {
      if (this.#database.isTransaction) this.#database.exec('ROLLBACK');
    }
  }

  #execute(entry: WriteEntry): EntryOutcome | Error {
    try {
      return isChain(entry) ? entry.map((order) => this.#writes.execute(order)) : this.#writes.execute(entry);
    } catch (error) {
      // Errors such as a full disk end the whole transaction: what follows would be written outside of one.
      if (!this.#database.isTransaction || !(error instanceof Error)) throw error;
      return error;
    }
  }
}

// What the reads of one step of the loop share: a read transaction, because taking and giving back SQLite's locks for each of them
// costs several times as much as reading.
//
// INVARIANT: A view is over before the loop gives anything else its turn. Nobody learns within it of a write that it does not show.
import type { DatabaseSync, StatementSync } from 'node:sqlite';

/** The view in which a connection reads. */
export class ReadView {
  readonly #begin: StatementSync;
  readonly #end: StatementSync;
  /** What was read in this view, to be read again: it cannot be another meanwhile. */
  readonly #kept = new Map<string, unknown>();
  #isOpen = false;

  constructor(database: DatabaseSync) {
    this.#begin = database.prepare('BEGIN');
    this.#end = database.prepare('COMMIT');
  }

  /** Before each read: begins a view unless there is one. */
  open(): void {
    if (this.#isOpen) return;
    this.#begin.run();
    this.#isOpen = true;
    process.nextTick(() => this.close());
  }

  /** What `read` gave in this view before under the same name, or gives now. */
  once<T>(name: string, read: () => T): T {
    this.open();
    if (this.#kept.has(name)) return this.#kept.get(name) as T;
    const found = read();
    this.#kept.set(name, found);
    return found;
  }

  /** Ends the view if there is one. */
  close(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    this.#kept.clear();
    this.#end.run();
  }
}

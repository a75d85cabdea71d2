// The three conditional writes of every kind, and the versions they give.
//
// A version is never given twice in the life of a database, so that a document that was deleted and created again refuses writes
// that were decided on the earlier one.
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { Kind } from '../../model/kinds.ts';
import type { Write } from '../../ports/store.ts';
import { sqliteValue } from './sqlite-value.ts';
import { indexedFields, KINDS, quoted } from './table-layout.ts';
import { VERBS, type WriteOrder } from './write-order.ts';

/** What an order gives instead of a version when the document was not as it expects. */
export const CONFLICT = 0;

interface Prepared {
  readonly statement: StatementSync;
  readonly givesVersion: boolean;
}

/** Executes orders; each is judged by what it finds. */
export class WriteStatements {
  readonly #database: DatabaseSync;
  readonly #prepared = new Map<number, Prepared>();
  readonly #remember: StatementSync;
  readonly #recall: StatementSync;
  #lastVersion = 0;

  constructor(database: DatabaseSync) {
    this.#database = database;
    this.#remember = database.prepare('UPDATE berth_version SET last = ?');
    this.#recall = database.prepare('SELECT last FROM berth_version');
  }

  /** The version that the document has from now on, or `CONFLICT`. */
  execute([number, ...values]: WriteOrder): number {
    const { statement, givesVersion } = this.#statement(number);
    const version = this.#lastVersion + 1;
    const bound = values.map(sqliteValue);
    if (givesVersion) bound.unshift(BigInt(version));
    if (Number(statement.run(...bound).changes) === 0) return CONFLICT;
    this.#lastVersion = version;
    return version;
  }

  /** Reads the last version given, at the beginning of every transaction: another process may have written since. */
  recallVersion(): void {
    this.#lastVersion = Number(this.#recall.get()?.last);
  }

  /** Stores the last version given, at the end of every transaction. */
  rememberVersion(): void {
    this.#remember.run(BigInt(this.#lastVersion));
  }

  // Most kinds are never written by a thread that ends soon.
  #statement(number: number): Prepared {
    const known = this.#prepared.get(number);
    if (known) return known;
    const kind = KINDS[Math.floor(number / VERBS.length)];
    const verb = VERBS[number % VERBS.length];
    if (!kind || !verb) throw new TypeError(`There is no statement ${number}`);
    const prepared = { statement: this.#database.prepare(sqlOf(kind, verb)), givesVersion: verb !== 'delete' };
    this.#prepared.set(number, prepared);
    return prepared;
  }
}

function sqlOf(kind: Kind, verb: Write['do']): string {
  const table = quoted(kind);
  const names = [...indexedFields(kind), 'doc'].map(quoted);
  switch (verb) {
    case 'create': {
      const places = names.map(() => '?').join(', ');
      return `INSERT INTO ${table} (version, id, ${names.join(', ')}) VALUES (?, ?, ${places}) ON CONFLICT (id) DO NOTHING`;
    }
    case 'update':
      return `UPDATE ${table} SET version = ?, ${names.map((name) => `${name} = ?`).join(', ')} WHERE id = ? AND version = ?`;
    case 'delete':
      return `DELETE FROM ${table} WHERE id = ? AND version = ?`;
  }
}

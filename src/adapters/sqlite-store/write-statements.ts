// The three conditional writes of every kind, and the versions they give.
//
// A version is never given twice in the life of a database, so that a document that was deleted and created again refuses writes
// that were decided on the earlier one.
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { Documents, Kind } from '../../model/kinds.ts';
import type { WriteResult } from '../../ports/store.ts';
import { columnValue } from './sqlite-value.ts';
import { indexedFields, KINDS, quoted } from './table-layout.ts';

interface KindStatements {
  readonly insert: StatementSync;
  readonly update: StatementSync;
  readonly delete: StatementSync;
}

type Bound = string | number | bigint | null;

/** A write that is ready: documents are taken as they are when it is made, and written when it is called. */
export type PreparedWrite = () => WriteResult;

/** Makes writes; each is judged by what it finds when it is called. */
export class WriteStatements {
  readonly #statements: ReadonlyMap<Kind, KindStatements>;
  readonly #remember: StatementSync;
  readonly #recall: StatementSync;
  #lastVersion = 0;

  constructor(database: DatabaseSync) {
    this.#statements = new Map(KINDS.map((kind) => [kind, prepared(database, kind)]));
    this.#remember = database.prepare('UPDATE berth_version SET last = ?');
    this.#recall = database.prepare('SELECT last FROM berth_version');
  }

  /** A write that succeeds if the id is free. */
  create(kind: Kind, doc: Documents[Kind]): PreparedWrite {
    const values = columns(kind, doc);
    return () => this.#judged((version) => this.#of(kind).insert.run(doc.id, version, ...values).changes);
  }

  /** A write that succeeds if the stored version is the given one. */
  update(kind: Kind, doc: Documents[Kind], expected: number): PreparedWrite {
    const values = columns(kind, doc);
    return () => this.#judged((version) => this.#of(kind).update.run(version, ...values, doc.id, expected).changes);
  }

  /** A delete that succeeds if the stored version is the given one. */
  delete(kind: Kind, id: string, expected: number): PreparedWrite {
    return () => this.#judged(() => this.#of(kind).delete.run(id, expected).changes);
  }

  /** Reads the last version given, at the beginning of every transaction: another process may have written since. */
  recallVersion(): void {
    this.#lastVersion = Number(this.#recall.get()?.last);
  }

  /** Stores the last version given, at the end of every transaction. */
  rememberVersion(): void {
    this.#remember.run(BigInt(this.#lastVersion));
  }

  #judged(write: (version: bigint) => number | bigint): WriteResult {
    const version = this.#lastVersion + 1;
    if (Number(write(BigInt(version))) === 0) return { ok: false, reason: 'conflict' };
    this.#lastVersion = version;
    return { ok: true, version };
  }

  #of(kind: Kind): KindStatements {
    const statements = this.#statements.get(kind);
    if (!statements) throw new TypeError(`There is no kind ${kind}`);
    return statements;
  }
}

function columns(kind: Kind, doc: Documents[Kind]): readonly Bound[] {
  if (typeof doc.id !== 'string' || doc.id === '') throw new TypeError(`A ${kind} needs an id`);
  return [...indexedFields(kind).map((field) => columnValue(doc, field)), JSON.stringify(doc)];
}

function prepared(database: DatabaseSync, kind: Kind): KindStatements {
  const table = quoted(kind);
  const names = ['version', ...indexedFields(kind), 'doc'].map(quoted);
  const places = names.map(() => '?').join(', ');
  const assignments = names.map((name) => `${name} = ?`).join(', ');
  return {
    insert: database.prepare(
      `INSERT INTO ${table} (id, ${names.join(', ')}) VALUES (?, ${places}) ON CONFLICT (id) DO NOTHING`,
    ),
    update: database.prepare(`UPDATE ${table} SET ${assignments} WHERE id = ? AND version = ?`),
    delete: database.prepare(`DELETE FROM ${table} WHERE id = ? AND version = ?`),
  };
}

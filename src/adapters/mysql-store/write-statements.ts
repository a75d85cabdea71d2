// The three conditional writes of every kind as statements, and how each is judged by what it changed.
import type { Kind } from '../../model/kinds.ts';
import type { AnyDocument, Write, WriteResult } from '../../ports/store.ts';
import type { Bound } from './line.ts';
import { isDuplicate } from './mysql-failures.ts';
import { columnValue, fitting } from './number-fields.ts';
import type { Session } from './session.ts';
import { indexedFields, quoted } from './table-layout.ts';

/** A document as it is to be in the database. */
export interface WrittenRow {
  readonly kind: Kind;
  readonly id: string;
  /** The version that it replaces; null: it is created. */
  readonly replaces: number | null;
  /** The values of its row behind its version. */
  readonly values: readonly Bound[];
}

/** A write that is ready: the document is taken as it is when it is made, and written when it is judged. */
export interface PreparedWrite {
  /** Tells its document from every other. */
  readonly key: string;
  /** What it writes, so that it can be written with others; null: it deletes. */
  readonly row: WrittenRow | null;
  readonly alone: (session: Session, version: number) => Promise<WriteResult>;
}

/** Makes writes; each is judged by what it finds when it is executed. */
export class WriteStatements {
  readonly #largestBytes: number;
  readonly #texts = new Map<string, string>();

  /** `largestBytes`: the largest packet that the server takes; a larger one would end the connection for everybody's writes. */
  constructor(largestBytes: number) {
    this.#largestBytes = largestBytes;
  }

  /** Makes a write. @throws TypeError for a document that cannot be stored */
  prepare(write: Write): PreparedWrite {
    switch (write.do) {
      case 'create':
        return this.#create(write.kind, write.doc);
      case 'update':
        return this.#update(write.kind, write.doc, write.version);
      case 'delete':
        return this.#delete(write.kind, write.id, write.version);
    }
  }

  #create(kind: Kind, doc: AnyDocument): PreparedWrite {
    const sql = this.#text(kind, insertText);
    const values = [doc.id, ...this.#columns(kind, doc)];
    const alone = async (session: Session, version: number): Promise<WriteResult> => {
      try {
        await session.change(sql, [version, ...values]);
        return { ok: true, version };
      } catch (error) {
        if (isDuplicate(error)) return { ok: false, reason: 'conflict' };
        throw error;
      }
    };
    return { key: `${kind} ${doc.id}`, row: { kind, id: doc.id, replaces: null, values }, alone };
  }

  /** The statement that creates so many documents of a kind, each with its version before the values of its row. */
  insertOf(kind: Kind, count: number): string {
    return this.#text(kind, manyInsertText, count);
  }

  /** The statement that reads and locks the versions of so many documents of a kind, by their ids. */
  lockOf(kind: Kind, count: number): string {
    return this.#text(kind, lockText, count);
  }

  /** The statement that overwrites so many documents of a kind, which are there and locked; each as in `insertOf`. */
  overwriteOf(kind: Kind, count: number): string {
    return this.#text(kind, overwriteText, count);
  }

  #update(kind: Kind, doc: AnyDocument, expected: number): PreparedWrite {
    const sql = this.#text(kind, updateText);
    const columns = this.#columns(kind, doc);
    const alone = async (session: Session, version: number) =>
      judged(await session.change(sql, [version, ...columns, doc.id, expected]), version);
    const row = { kind, id: doc.id, replaces: expected, values: [doc.id, ...columns] };
    return { key: `${kind} ${doc.id}`, row, alone };
  }

  #delete(kind: Kind, id: string, expected: number): PreparedWrite {
    const sql = this.#text(kind, deleteText);
    const alone = async (session: Session, version: number) =>
      judged(await session.change(sql, [id, expected]), version);
    return { key: `${kind} ${id}`, row: null, alone };
  }

  #columns(kind: Kind, doc: AnyDocument): readonly Bound[] {
    if (typeof doc.id !== 'string' || doc.id === '') throw new TypeError(`A ${kind} needs an id`);
    fitting('id', doc.id);
    const text = JSON.stringify(doc);
    this.#refuseLarge(kind, doc.id, text);
    return [...indexedFields(kind).map((field) => columnValue(doc, field)), text];
  }

  // The columns beside the JSON and the packet's own fields take less than the kilobytes that are left for them here.
  #refuseLarge(kind: Kind, id: string, text: string): void {
    const room = this.#largestBytes - 16_384;
    if (text.length * 3 <= room || Buffer.byteLength(text) <= room) return;
    throw new TypeError(`${kind} ${id} is larger than max_allowed_packet of the database, ${this.#largestBytes} bytes`);
  }

  #text(kind: Kind, make: (kind: Kind, count: number) => string, count = 1): string {
    const key = `${make.name} ${count} ${kind}`;
    const known = this.#texts.get(key) ?? make(kind, count);
    this.#texts.set(key, known);
    return known;
  }
}

function judged({ affectedRows }: { readonly affectedRows: number }, version: number): WriteResult {
  return affectedRows === 1 ? { ok: true, version } : { ok: false, reason: 'conflict' };
}

function insertText(kind: Kind): string {
  const names = ['version', 'id', ...indexedFields(kind), 'doc'].map(quoted);
  return `INSERT INTO ${quoted(kind)} (${names.join(', ')}) VALUES (${names.map(() => '?').join(', ')})`;
}

function manyInsertText(kind: Kind, count: number): string {
  const one = insertText(kind);
  const row = one.slice(one.lastIndexOf('('));
  return [one, ...Array.from({ length: count - 1 }, () => row)].join(', ');
}

function lockText(kind: Kind, count: number): string {
  const ids = Array.from({ length: count }, () => '?').join(', ');
  return `SELECT id, version FROM ${quoted(kind)} WHERE id IN (${ids}) FOR UPDATE`;
}

function overwriteText(kind: Kind, count: number): string {
  const names = ['version', ...indexedFields(kind), 'doc'].map(quoted);
  const changes = names.map((name) => `${name} = VALUES(${name})`).join(', ');
  return `${manyInsertText(kind, count)} ON DUPLICATE KEY UPDATE ${changes}`;
}

function updateText(kind: Kind): string {
  const names = ['version', ...indexedFields(kind), 'doc'].map(quoted);
  return `UPDATE ${quoted(kind)} SET ${names.map((name) => `${name} = ?`).join(', ')} WHERE id = ? AND version = ?`;
}

function deleteText(kind: Kind): string {
  return `DELETE FROM ${quoted(kind)} WHERE id = ? AND version = ?`;
}

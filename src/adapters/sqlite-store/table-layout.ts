// How documents lie in SQLite: a table per kind, with a readable column for each indexed field beside the JSON. Columns and
// indexes repeat what the documents say, so they are made, filled and dropped to fit this program whatever wrote the database.
import type { DatabaseSync } from 'node:sqlite';
import { INDEXES, type Index, type Kind } from '../../model/kinds.ts';

/** Every kind of document. */
export const KINDS = Object.keys(INDEXES) as readonly Kind[];

const FIELDS = Object.fromEntries(KINDS.map((kind) => [kind, [...new Set(INDEXES[kind].flat())]]));

/** The fields of a kind that have a column of their own. */
export function indexedFields(kind: Kind): readonly string[] {
  return FIELDS[kind] ?? [];
}

/** The name of a declared index in the database. */
export function indexName(kind: Kind, index: Index): string {
  return `${kind}_by_${index.join('_')}`;
}

/** A name as SQL quotes it. */
export function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** Makes tables, columns and indexes what the declared indexes ask for, and fills new columns from the documents. */
export function alignTables(database: DatabaseSync): void {
  for (const kind of KINDS) {
    database.exec(`CREATE TABLE IF NOT EXISTS ${quoted(kind)} (${tableColumns(kind)}) STRICT`);
    dropIndexesNotDeclared(database, kind);
    alignColumns(database, kind);
    for (const index of INDEXES[kind]) database.exec(createIndex(kind, index));
  }
}

// ANY in a STRICT table keeps each value as it was given; any other type would turn texts that look like numbers into numbers.
function tableColumns(kind: Kind): string {
  const fields = indexedFields(kind).map((field) => `${quoted(field)} ANY`);
  return ['id TEXT NOT NULL PRIMARY KEY', 'version INTEGER NOT NULL', ...fields, 'doc TEXT NOT NULL'].join(', ');
}

function createIndex(kind: Kind, index: Index): string {
  const columns = [...index, 'id'].map(quoted).join(', ');
  return `CREATE INDEX IF NOT EXISTS ${quoted(indexName(kind, index))} ON ${quoted(kind)} (${columns})`;
}

function dropIndexesNotDeclared(database: DatabaseSync, kind: Kind): void {
  const declared = new Set(INDEXES[kind].map((index) => indexName(kind, index)));
  const present = database
    .prepare(`SELECT name FROM sqlite_schema WHERE type = 'index' AND tbl_name = ? AND sql IS NOT NULL`)
    .all(kind);
  for (const { name } of present) {
    if (!declared.has(String(name))) database.exec(`DROP INDEX ${quoted(String(name))}`);
  }
}

function alignColumns(database: DatabaseSync, kind: Kind): void {
  const wanted = new Set(indexedFields(kind));
  const present = new Set(presentFields(database, kind));
  for (const field of present.difference(wanted)) {
    database.exec(`ALTER TABLE ${quoted(kind)} DROP COLUMN ${quoted(field)}`);
  }
  for (const field of wanted.difference(present)) addColumn(database, kind, field);
}

function presentFields(database: DatabaseSync, kind: Kind): readonly string[] {
  const columns = database.prepare('SELECT name FROM pragma_table_info(?)').all(kind);
  return columns.map(({ name }) => String(name)).filter((name) => !['id', 'version', 'doc'].includes(name));
}

function addColumn(database: DatabaseSync, kind: Kind, field: string): void {
  database.exec(`ALTER TABLE ${quoted(kind)} ADD COLUMN ${quoted(field)} ANY`);
  database.prepare(`UPDATE ${quoted(kind)} SET ${quoted(field)} = json_extract(doc, ?)`).run(`$.${field}`);
}

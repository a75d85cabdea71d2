// How documents lie in MySQL and MariaDB: a table per kind, with a readable column for each indexed field beside the JSON. Columns and
// indexes repeat what the documents say, so they are made, filled and dropped to fit this program whatever wrote the database.
//
// MySQL ends a transaction at every change of a table, so a crash can leave any beginning of the work behind. A new column is therefore
// filled before the first index that holds it is made: where an index is missing, its columns are filled again.
import { createHash } from 'node:crypto';
import { INDEXES, type Index, type Kind } from '../../model/kinds.ts';
import { isNumberField, LONGEST_TEXT } from './number-fields.ts';
import type { Session } from './session.ts';

const KINDS = Object.keys(INDEXES) as readonly Kind[];

const OWN_COLUMNS = ['id', 'version', 'doc'];

/** The fields of a kind that have a column of their own. */
export function indexedFields(kind: Kind): readonly string[] {
  return [...new Set(INDEXES[kind].flat())];
}

/** The name of a declared index in the database. */
export function indexName(kind: Kind, index: Index): string {
  return `${kind}_by_${index.join('_')}`;
}

/** A name as SQL quotes it. */
export function quoted(name: string): string {
  return `\`${name.replaceAll('`', '``')}\``;
}

/** A text that differs wherever the layout does. */
export function layoutDigest(): string {
  return createHash('sha256').update(JSON.stringify(INDEXES)).digest('hex');
}

/** Makes tables, columns and indexes what the declared indexes ask for, and fills new columns from the documents. */
export async function alignTables(session: Session, collation: string): Promise<void> {
  const present = await presentLayout(session);
  for (const kind of KINDS) {
    const table = present.get(kind.toLowerCase());
    if (table) await alignTable(session, kind, table);
    else await session.define(createTable(kind, collation));
  }
}

interface Table {
  /** Columns of indexed fields, each with whether it holds numbers. */
  readonly columns: Map<string, boolean>;
  /** Names of indexes, each with its columns. */
  readonly indexes: Map<string, string[]>;
}

function createTable(kind: Kind, collation: string): string {
  const parts = [
    `id VARCHAR(${LONGEST_TEXT}) NOT NULL PRIMARY KEY`,
    'version BIGINT NOT NULL',
    ...indexedFields(kind).map(column),
    'doc LONGTEXT NOT NULL',
    ...INDEXES[kind].map((index) => indexPart(kind, index)),
  ];
  return `CREATE TABLE ${quoted(kind)} (${parts.join(', ')}) ENGINE = InnoDB, CHARACTER SET = utf8mb4, COLLATE = ${collation}`;
}

function column(field: string): string {
  return `${quoted(field)} ${isNumberField(field) ? 'DOUBLE' : `VARCHAR(${LONGEST_TEXT})`} NULL`;
}

function indexPart(kind: Kind, index: Index): string {
  return `INDEX ${quoted(indexName(kind, index))} (${[...index, 'id'].map(quoted).join(', ')})`;
}

async function alignTable(session: Session, kind: Kind, table: Table): Promise<void> {
  const fields = indexedFields(kind);
  const misfits = [...table.columns].filter(
    ([name, number]) => !fields.includes(name) || number !== isNumberField(name),
  );
  const dropped = new Set(misfits.map(([name]) => name));
  const declared = new Map(INDEXES[kind].map((index) => [indexName(kind, index), [...index, 'id'].join()]));
  const kept = [...table.indexes]
    .filter(([name, columns]) => declared.get(name) === columns.join() && !columns.some((each) => dropped.has(each)))
    .map(([name]) => name);
  const missing = INDEXES[kind].filter((index) => !kept.includes(indexName(kind, index)));
  const unwanted = [...table.indexes.keys()].filter((name) => !kept.includes(name));
  await alter(session, kind, [...unwanted.map((name) => `DROP INDEX ${quoted(name)}`)]);
  await alter(session, kind, [
    ...[...dropped].map((name) => `DROP COLUMN ${quoted(name)}`),
    ...fields
      .filter((name) => dropped.has(name) || !table.columns.has(name))
      .map((name) => `ADD COLUMN ${column(name)}`),
  ]);
  if (missing.length > 0) await fill(session, kind, [...new Set(missing.flat())]);
  await alter(session, kind, [...missing.map((index) => `ADD ${indexPart(kind, index)}`)]);
}

async function alter(session: Session, kind: Kind, changes: readonly string[]): Promise<void> {
  if (changes.length > 0) await session.define(`ALTER TABLE ${quoted(kind)} ${changes.join(', ')}`);
}

async function fill(session: Session, kind: Kind, fields: readonly string[]): Promise<void> {
  const assignments = fields.map((field) => `${quoted(field)} = JSON_VALUE(doc, '$.${field}')`);
  await session.define(`UPDATE ${quoted(kind)} SET ${assignments.join(', ')}`);
}

async function presentLayout(session: Session): Promise<ReadonlyMap<string, Table>> {
  const tables = new Map<string, Table>();
  const columns = await session.rows(
    'SELECT TABLE_NAME AS t, COLUMN_NAME AS c, DATA_TYPE AS type FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = DATABASE()',
    [],
  );
  for (const { t, c, type } of columns) {
    if (!OWN_COLUMNS.includes(String(c))) tableOf(tables, t).columns.set(String(c), String(type) === 'double');
    else tableOf(tables, t);
  }
  const indexes = await session.rows(
    `SELECT TABLE_NAME AS t, INDEX_NAME AS i, COLUMN_NAME AS c FROM information_schema.STATISTICS
      WHERE TABLE_SCHEMA = DATABASE() AND INDEX_NAME <> 'PRIMARY' ORDER BY TABLE_NAME, INDEX_NAME, SEQ_IN_INDEX`,
    [],
  );
  for (const { t, i, c } of indexes) {
    const present = tableOf(tables, t).indexes;
    present.set(String(i), [...(present.get(String(i)) ?? []), String(c)]);
  }
  return tables;
}

// Servers on file systems without upper and lower case give the names of tables in lower case.
function tableOf(tables: Map<string, Table>, name: unknown): Table {
  const key = String(name).toLowerCase();
  const table = tables.get(key) ?? { columns: new Map(), indexes: new Map() };
  tables.set(key, table);
  return table;
}

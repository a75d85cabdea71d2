// The SQL of a list. Each statement walks one stretch of one index in order and is pinned to it, so that none is ever a scan by mistake.
//
// Null sorts first and compares with nothing, so an order by a field that may be null is two stretches: the nulls, then the values
// (the other way round when descending).
import type { Kind } from '../../model/kinds.ts';
import type { Scalar } from '../../ports/store.ts';
import type { PlannedQuery } from '../../ports/store-query.ts';
import { indexName, quoted } from './table-layout.ts';

/** A statement with what is bound to it. */
export interface Statement {
  readonly sql: string;
  readonly values: readonly Scalar[];
}

interface Condition {
  readonly sql: string;
  readonly values: readonly Scalar[];
}

/** Statements that give a list's documents one after the other; each takes one more value, the most rows to give. */
export function listStatements(kind: Kind, query: PlannedQuery): readonly Statement[] {
  return statements(kind, query, 'id, version, doc');
}

/** The same for the places of those documents; every column is in the index, so that no document is touched. */
export function positionStatements(kind: Kind, query: PlannedQuery): readonly Statement[] {
  return statements(kind, query, `id, ${quoted(query.orderBy)} AS value`);
}

/** Texts of first pages, by what they depend on: reads are small and very many, and making the text takes longer than finding the rows. */
const firstPages = new Map<string, readonly string[]>();

/** On the first page every stretch is bound to the same values: there is no place to go on behind. */
function statements(kind: Kind, query: PlannedQuery, columns: string): readonly Statement[] {
  if (query.after) return madeStatements(kind, query, columns);
  const { where, orderBy, descending, from, below } = query;
  const fields = where.map(([field]) => field).join(' ');
  const shape = `${kind} ${columns} ${fields} by ${orderBy} ${descending} ${from === undefined} ${below === undefined}`;
  const known = firstPages.get(shape);
  const texts = known ?? madeStatements(kind, query, columns).map(({ sql }) => sql);
  if (!known) firstPages.set(shape, texts);
  const values = [...where.map(([, value]) => value), ...[from, below].filter((bound) => bound !== undefined)];
  return texts.map((sql) => ({ sql, values }));
}

// A bare `LIMIT ?` is planned for its value, and so anew at every execution, which takes ten times as long as finding a few rows.
function madeStatements(kind: Kind, query: PlannedQuery, columns: string): readonly Statement[] {
  const direction = query.descending ? 'DESC' : 'ASC';
  const order = query.orderBy === 'id' ? `id ${direction}` : `${quoted(query.orderBy)} ${direction}, id ${direction}`;
  return stretches(query).map((stretch) => {
    const { sql, values } = all([...equalities(query), ...stretch]);
    return { sql: `SELECT ${columns} ${from(kind, query)}${sql} ORDER BY ${order} LIMIT ? + 0`, values };
  });
}

/** The statement that counts what a query's equalities and bounds hold, as `documents`. */
export function countStatement(kind: Kind, query: PlannedQuery): Statement {
  const { sql, values } = all([...equalities(query), ...bounds(query)]);
  return { sql: `SELECT count(*) AS documents ${from(kind, query)}${sql}`, values };
}

function from(kind: Kind, { index }: PlannedQuery): string {
  const pinned = index ? ` INDEXED BY ${quoted(indexName(kind, index))}` : '';
  return `FROM ${quoted(kind)}${pinned}`;
}

function stretches(query: PlannedQuery): readonly (readonly Condition[])[] {
  const { orderBy, after, descending } = query;
  if (orderBy === 'id') return [[...bounds(query), ...(after ? [idBeyond(query, after.id)] : [])]];
  const values = [valuesFrom(query)];
  if (query.from !== undefined || query.below !== undefined) return values;
  const nulls = [[isNull(orderBy), ...(after?.value === null ? [idBeyond(query, after.id)] : [])]];
  const afterNull = after?.value === null;
  if (descending) return afterNull ? nulls : [...values, ...nulls];
  return after && !afterNull ? values : [...nulls, ...values];
}

function valuesFrom(query: PlannedQuery): readonly Condition[] {
  const { orderBy, after } = query;
  if (after && after.value !== null) return [...bounds(query), valueBeyond(query, after.value, after.id)];
  return [{ sql: `${quoted(orderBy)} IS NOT NULL`, values: [] }, ...bounds(query)];
}

function equalities({ where }: PlannedQuery): readonly Condition[] {
  return where.map(([field, value]) => ({ sql: `${quoted(field)} IS ?`, values: [value] }));
}

function bounds({ orderBy, from, below }: PlannedQuery): readonly Condition[] {
  const field = quoted(orderBy);
  return [
    ...(from === undefined ? [] : [{ sql: `${field} >= ?`, values: [from] }]),
    ...(below === undefined ? [] : [{ sql: `${field} < ?`, values: [below] }]),
  ];
}

function isNull(field: string): Condition {
  return { sql: `${quoted(field)} IS NULL`, values: [] };
}

function idBeyond({ descending }: PlannedQuery, id: string): Condition {
  return { sql: `id ${descending ? '<' : '>'} ?`, values: [id] };
}

function valueBeyond({ orderBy, descending }: PlannedQuery, value: Scalar, id: string): Condition {
  return { sql: `(${quoted(orderBy)}, id) ${descending ? '<' : '>'} (?, ?)`, values: [value, id] };
}

function all(conditions: readonly Condition[]): Condition {
  if (conditions.length === 0) return { sql: '', values: [] };
  const sql = ` WHERE ${conditions.map((condition) => condition.sql).join(' AND ')}`;
  return { sql, values: conditions.flatMap((condition) => condition.values) };
}

// The SQL of a list. Each statement walks one stretch of one index in order and is pinned to it, so that none is ever a scan by mistake.
//
// Null sorts first and compares with nothing, so an order by a field that may be null is two stretches: the nulls, then the values
// (the other way round when descending). A page that goes on behind a value is two stretches as well, the rest of those with the same
// value and those beyond it, because MySQL does not walk an index by a comparison of pairs.
import type { Kind } from '../../model/kinds.ts';
import type { Scalar } from '../../ports/store.ts';
import type { PlannedQuery, Position } from '../../ports/store-query.ts';
import { comparable } from './number-fields.ts';
import { indexName, quoted } from './table-layout.ts';

/** A statement with what is bound to it. */
export interface Statement {
  readonly sql: string;
  readonly values: readonly Scalar[];
}

type Condition = Statement;

/** Statements that give a list's documents one after the other; each takes one more value, the most rows to give, as text. */
export function listStatements(kind: Kind, query: PlannedQuery): readonly Statement[] {
  const direction = query.descending ? 'DESC' : 'ASC';
  const order = query.orderBy === 'id' ? `id ${direction}` : `${quoted(query.orderBy)} ${direction}, id ${direction}`;
  return stretches(query).map((stretch) => {
    const { sql, values } = all([...equalities(query), ...stretch]);
    return { sql: `SELECT version, doc ${from(kind, query)}${sql} ORDER BY ${order} LIMIT ?`, values };
  });
}

/** The statement that counts what a query's equalities and bounds hold, as `documents`. */
export function countStatement(kind: Kind, query: PlannedQuery): Statement {
  const { sql, values } = all([...equalities(query), ...bounds(query)]);
  return { sql: `SELECT COUNT(*) AS documents ${from(kind, query)}${sql}`, values };
}

function from(kind: Kind, { index }: PlannedQuery): string {
  const pinned = index ? quoted(indexName(kind, index)) : 'PRIMARY';
  return `FROM ${quoted(kind)} FORCE INDEX (${pinned})`;
}

function stretches(query: PlannedQuery): readonly (readonly Condition[])[] {
  const { orderBy, after, descending } = query;
  if (orderBy === 'id') return [[...bounds(query), ...(after ? [beyond(query, 'id', after.id)] : [])]];
  if (query.from !== undefined || query.below !== undefined) return behind(query, after);
  const nulls = [[equality(orderBy, null), ...(after?.value === null ? [beyond(query, 'id', after.id)] : [])]];
  if (after && after.value === null) return descending ? nulls : [...nulls, ...behind(query, undefined)];
  if (descending) return [...behind(query, after), ...nulls];
  return after ? behind(query, after) : [...nulls, ...behind(query, undefined)];
}

/** The stretches of those that have a value, or of those behind one. */
function behind(query: PlannedQuery, after: Position | undefined): readonly (readonly Condition[])[] {
  const { orderBy } = query;
  if (!after || after.value === null) return [[isNotNull(orderBy), ...bounds(query)]];
  return [
    [equality(orderBy, after.value), ...bounds(query), beyond(query, 'id', after.id)],
    [...bounds(query), beyond(query, orderBy, after.value)],
  ];
}

function equalities({ where }: PlannedQuery): readonly Condition[] {
  return where.map(([field, value]) => equality(field, comparable(field, value)));
}

function bounds({ orderBy, from, below }: PlannedQuery): readonly Condition[] {
  const field = quoted(orderBy);
  return [
    ...(from === undefined ? [] : [{ sql: `${field} >= ?`, values: [comparable(orderBy, from)] }]),
    ...(below === undefined ? [] : [{ sql: `${field} < ?`, values: [comparable(orderBy, below)] }]),
  ];
}

function equality(field: string, value: Scalar): Condition {
  if (value === null) return { sql: `${quoted(field)} IS NULL`, values: [] };
  return { sql: `${quoted(field)} = ?`, values: [value] };
}

function isNotNull(field: string): Condition {
  return { sql: `${quoted(field)} IS NOT NULL`, values: [] };
}

function beyond({ descending }: PlannedQuery, field: string, value: Scalar): Condition {
  return { sql: `${quoted(field)} ${descending ? '<' : '>'} ?`, values: [value] };
}

function all(conditions: readonly Condition[]): Condition {
  if (conditions.length === 0) return { sql: '', values: [] };
  const sql = ` WHERE ${conditions.map((condition) => condition.sql).join(' AND ')}`;
  return { sql, values: conditions.flatMap((condition) => condition.values) };
}

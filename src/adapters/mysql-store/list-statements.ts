// The SQL of a list. Each statement walks one stretch of one index in order and is pinned to it, so that none is ever a scan by mistake.
//
// Null sorts first and compares with nothing, so an order by a field that may be null is two stretches: the nulls, then the values
// (the other way round when descending). A page that goes on behind a value is two stretches as well, the rest of those with the same
// value and those beyond it, because MySQL does not walk an index by a comparison of pairs.
import type { Kind } from '../../model/kinds.ts';
import type { Scalar } from '../../ports/store.ts';
import type { PlannedQuery } from '../../ports/store-query.ts';
import { comparable } from './number-fields.ts';
import { indexName, quoted } from './table-layout.ts';

/** A statement with what is bound to it. */
export interface Statement {
  readonly sql: string;
  readonly values: readonly Scalar[];
}

type Condition = Statement;

/** One walk along an index. Where the ordering field has one value throughout, it is not named in the order: MariaDB would sort by it. */
interface Stretch {
  readonly conditions: readonly Condition[];
  readonly order: readonly string[];
}

/** Statements that give a list's documents one after the other; each takes one more value, the most rows to give, as text. */
export function listStatements(kind: Kind, query: PlannedQuery): readonly Statement[] {
  return statements(kind, query, 'version, doc');
}

/** The same for the places of those documents; every column is in the index, so that no document is touched. */
export function positionStatements(kind: Kind, query: PlannedQuery): readonly Statement[] {
  return statements(kind, query, `id, ${quoted(query.orderBy)} AS value`);
}

function statements(kind: Kind, query: PlannedQuery, columns: string): readonly Statement[] {
  const direction = query.descending ? 'DESC' : 'ASC';
  return stretches(query).map(({ conditions, order }) => {
    const { sql, values } = all([...equalities(query), ...conditions]);
    const ordered = order.map((field) => `${quoted(field)} ${direction}`).join(', ');
    return { sql: `SELECT ${columns} ${from(kind, query)}${sql} ORDER BY ${ordered} LIMIT ?`, values };
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

function stretches(query: PlannedQuery): readonly Stretch[] {
  const { orderBy, after, descending } = query;
  if (orderBy === 'id') return [byId([...bounds(query), ...(after ? [beyond(query, 'id', after.id)] : [])])];
  if (query.from !== undefined || query.below !== undefined) return withValue(query);
  const nulls = byId([equality(orderBy, null), ...(after?.value === null ? [beyond(query, 'id', after.id)] : [])]);
  if (descending) return after?.value === null ? [nulls] : [...withValue(query), nulls];
  return after && after.value !== null ? withValue(query) : [nulls, ...withValue(query)];
}

/** The stretches of those that have a value; behind the place where the page goes on, if that has one. */
function withValue(query: PlannedQuery): readonly Stretch[] {
  const { orderBy, after } = query;
  const order = [orderBy, 'id'];
  if (!after || after.value === null) return [{ conditions: [isNotNull(orderBy), ...bounds(query)], order }];
  return [
    byId([equality(orderBy, after.value), ...bounds(query), beyond(query, 'id', after.id)]),
    { conditions: [...bounds(query), beyond(query, orderBy, after.value)], order },
  ];
}

function byId(conditions: readonly Condition[]): Stretch {
  return { conditions, order: ['id'] };
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

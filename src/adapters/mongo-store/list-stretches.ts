// The queries of a list. Each walks one stretch of one index in order and is pinned to it, so that none is ever a scan by mistake.
//
// MongoDB orders null before every value, as the contract does. A page that goes on behind a value is two stretches, the rest of those with
// the same value and those beyond it. A document that was deleted has none of the indexed fields, which MongoDB takes for null: where
// no value is asked for, those that are gone are left out by name.
import type { Kind } from '../../model/kinds.ts';
import type { Scalar } from '../../ports/store.ts';
import type { PlannedQuery } from '../../ports/store-query.ts';

/** Conditions on fields, as MongoDB writes them. */
export type Conditions = Readonly<Record<string, Condition>>;

type Condition = Readonly<Partial<Record<'$eq' | '$ne' | '$gt' | '$gte' | '$lt', Scalar>>>;

/** One walk along an index. */
export interface Stretch {
  readonly filter: Conditions;
  readonly sort: Readonly<Record<string, 1 | -1>>;
}

/** The name of a declared index in the database. */
export function indexName(kind: Kind, index: readonly string[]): string {
  return `${kind}_by_${index.join('_')}`;
}

/** The index that serves a query. */
export function indexOf(kind: Kind, { index }: PlannedQuery): string {
  return index ? indexName(kind, index) : '_id_';
}

/** Stretches that give a list's documents one after the other. */
export function listStretches(query: PlannedQuery): readonly Stretch[] {
  const direction = query.descending ? -1 : 1;
  const field = fieldOf(query);
  const sort = field === '_id' ? { _id: direction } : { [field]: direction, _id: direction };
  return conditions(query, field).map((each) => {
    const filter = { ...equalities(query), ...each };
    return { filter: living(filter), sort: sort as Stretch['sort'] };
  });
}

/** Which documents a query's equalities and bounds hold. */
export function countFilter(query: PlannedQuery): Conditions {
  const field = fieldOf(query);
  return living({ ...equalities(query), ...on(field, bounds(query)) });
}

function fieldOf({ orderBy }: PlannedQuery): string {
  return orderBy === 'id' ? '_id' : orderBy;
}

function conditions(query: PlannedQuery, field: string): readonly Conditions[] {
  const { after, descending } = query;
  const within = bounds(query);
  const beyond = descending ? '$lt' : '$gt';
  if (!after) return [on(field, within)];
  if (field === '_id') return [on('_id', { ...within, ...nearer(within, beyond, after.id) })];
  const same = { ...on(field, { ...within, $eq: after.value }), _id: { [beyond]: after.id } };
  if (after.value === null) return descending ? [same] : [same, on(field, { $ne: null })];
  const others = on(field, { ...within, ...nearer(within, beyond, after.value) });
  const nulls = descending && Object.keys(within).length === 0 ? [{ [field]: { $eq: null } }] : [];
  return [same, others, ...nulls];
}

/** The condition that begins behind a place; where a bound is on the same side, the narrower of both holds. */
function nearer({ $lt }: Bounds, beyond: '$gt' | '$lt', value: Scalar): Readonly<Record<string, Scalar>> {
  return beyond === '$lt' && $lt !== undefined && isBelow($lt, value) ? { $lt } : { [beyond]: value };
}

// Texts are ordered by their bytes in UTF-8, which is not always JavaScript's order.
function isBelow(one: string | number, other: Scalar): boolean {
  if (typeof one === 'string')
    return typeof other === 'string' && Buffer.compare(Buffer.from(one), Buffer.from(other)) < 0;
  return typeof other === 'number' && one < other;
}

interface Bounds {
  readonly $gte?: string | number;
  readonly $lt?: string | number;
}

function bounds({ from, below }: PlannedQuery): Bounds {
  return { ...(from === undefined ? {} : { $gte: from }), ...(below === undefined ? {} : { $lt: below }) };
}

function on(field: string, condition: Condition): Conditions {
  return Object.keys(condition).length === 0 ? {} : { [field]: condition };
}

function equalities({ where }: PlannedQuery): Conditions {
  return Object.fromEntries(where.map(([field, value]) => [field, { $eq: value }]));
}

function living(filter: Conditions): Conditions {
  const asksForValue = Object.entries(filter).some(([field, condition]) => field !== '_id' && condition.$eq !== null);
  return asksForValue ? filter : { ...filter, goneAt: { $eq: null } };
}

// What a query means, the same for every adapter: the declared index that it is the beginning of, and where its page goes on.
import { BerthError } from '../model/errors.ts';
import { INDEXES, type Index, type Kind } from '../model/kinds.ts';
import type { Position, PositionPage, Query, Scalar } from './store.ts';

/** A query that was checked, with what an adapter needs to run it. */
export interface PlannedQuery {
  /** The declared index that serves it; none when it reads all documents in the order of their ids. */
  readonly index: Index | undefined;
  /** Equalities, in the order of the index. */
  readonly where: readonly (readonly [field: string, value: Scalar])[];
  /** `id`, or the field of the index after those of `where`. */
  readonly orderBy: string;
  readonly descending: boolean;
  readonly from: string | number | undefined;
  readonly below: string | number | undefined;
  /** The page begins behind it. */
  readonly after: Position | undefined;
}

/** Most documents that one page holds. */
const LONGEST_PAGE = 1000;

/**
 * Checks a query against the declared indexes.
 * @throws TypeError or RangeError for what no caller may ask; request.invalid for an `after` that no page of this order gave.
 */
export function planQuery(kind: Kind, query: Omit<Query, 'limit'>): PlannedQuery {
  const orderBy = query.orderBy ?? 'id';
  const index = serving(kind, Object.keys(query.where ?? {}), orderBy);
  return {
    index,
    where: equalities(query.where ?? {}, index),
    orderBy,
    descending: query.direction === 'descending',
    from: bound(query.from),
    below: bound(query.below),
    after: query.after === undefined ? undefined : decodePosition(query.after, orderBy),
  };
}

/** The number of documents a page may hold. @throws RangeError unless it is a whole number from 1 to 1000. */
export function pageLimit(limit: number): number {
  if (Number.isInteger(limit) && limit >= 1 && limit <= LONGEST_PAGE) return limit;
  throw new RangeError(`A page holds 1 to ${LONGEST_PAGE} documents, not ${limit}`);
}

/** A page of places from those that were found, of which there may be one more than the page holds. */
export function positionPage(found: readonly Position[], orderBy: string, limit: number): PositionPage {
  const items = found.slice(0, limit);
  const last = items.at(-1);
  return found.length <= limit || !last ? { items } : { items, next: encodePosition(orderBy, last) };
}

/** The opaque text of a page's last position, for `after`. */
export function encodePosition(orderBy: string, position: Position): string {
  return Buffer.from(JSON.stringify([orderBy, position.value, position.id])).toString('base64url');
}

/** Indexes that were found before, by what was asked; as many as there are declared ones and beginnings of them. */
const found = new Map<string, Index>();

function serving(kind: Kind, fields: readonly string[], orderBy: string): Index | undefined {
  if (fields.length === 0 && orderBy === 'id') return undefined;
  const asked = `${kind} ${fields.join(' ')} by ${orderBy}`;
  const index = found.get(asked) ?? search(kind, fields, orderBy);
  found.set(asked, index);
  return index;
}

function search(kind: Kind, fields: readonly string[], orderBy: string): Index {
  const candidates = INDEXES[kind]
    .filter((index) => fields.every((field) => index.slice(0, fields.length).includes(field)))
    .filter((index) => orderBy === 'id' || index[fields.length] === orderBy)
    .toSorted((a, b) => a.length - b.length);
  const [shortest] = candidates;
  if (shortest && shortest.length >= fields.length) return shortest;
  throw new TypeError(`No index of ${kind} begins with (${fields.join(', ')}) and orders by ${orderBy}`);
}

function equalities(where: Readonly<Record<string, Scalar>>, index: Index | undefined): PlannedQuery['where'] {
  const fields = (index ?? []).slice(0, Object.keys(where).length);
  return fields.map((field) => [field, equality(field, where[field])]);
}

function equality(field: string, value: Scalar | undefined): Scalar {
  if (value === undefined) throw new TypeError(`There is no value to compare ${field} with`);
  return value;
}

function bound(value: Scalar | undefined): string | number | undefined {
  if (value === null) throw new TypeError('Null bounds nothing: no document lies at, above or below it');
  return value;
}

function decodePosition(text: string, orderBy: string): Position {
  const [field, value, id] = parsedArray(text);
  const scalar = value === null || typeof value === 'string' || typeof value === 'number';
  if (field !== orderBy || !scalar || typeof id !== 'string') throw notOurs();
  return { value, id };
}

function parsedArray(text: string): readonly unknown[] {
  try {
    const parsed: unknown = JSON.parse(Buffer.from(text, 'base64url').toString());
    return Array.isArray(parsed) ? parsed : [];
  } catch (error) {
    throw notOurs(error);
  }
}

function notOurs(cause?: unknown): BerthError {
  return new BerthError(
    'request.invalid',
    { detail: 'the place to go on after is not one that this list gave' },
    { cause },
  );
}

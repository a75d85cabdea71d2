// Lists of a simulated store: every list is a scan and a sort, which nobody mistakes for anything but what it says.
import type { Documents, Kind } from '../model/kinds.ts';
import type { Page, Position, PositionPage, Scalar, Stored } from '../ports/store.ts';
import { encodePosition, type PlannedQuery, positionPage } from '../ports/store-query.ts';

/** The documents that a query's `where` and bounds hold, in its order, from its place on. */
export function matching<K extends Kind>(all: readonly Stored<Documents[K]>[], query: PlannedQuery) {
  const held = all.filter(({ doc }) => holds(doc, query));
  if (held.length < 2 && !query.after) return held;
  const sign = query.descending ? -1 : 1;
  const placed = held.map((stored) => ({ stored, place: placeOf(stored.doc, query.orderBy) }));
  const { after } = query;
  const beyond = after ? placed.filter(({ place }) => sign * byPlace(place, after) > 0) : placed;
  return beyond.sort((a, b) => sign * byPlace(a.place, b.place)).map(({ stored }) => stored);
}

/** The first page of documents in order. */
export function pageOf<K extends Kind>(
  found: readonly Stored<Documents[K]>[],
  orderBy: string,
  limit: number,
): Page<Documents[K]> {
  const items = found.slice(0, limit);
  const last = items.at(-1);
  if (found.length <= limit || !last) return { items };
  return { items, next: encodePosition(orderBy, placeOf(last.doc, orderBy)) };
}

/** The places of the first page of documents in order. */
export function positionsOf(found: readonly Stored<Documents[Kind]>[], orderBy: string, limit: number): PositionPage {
  const places = found.slice(0, limit + 1).map(({ doc }) => placeOf(doc, orderBy));
  return positionPage(places, orderBy, limit);
}

function holds(doc: Documents[Kind], { where, orderBy, from, below }: PlannedQuery): boolean {
  if (where.some(([field, value]) => scalarOf(doc, field) !== value)) return false;
  if (from === undefined && below === undefined) return true;
  const value = scalarOf(doc, orderBy);
  if (value === null) return false;
  return (from === undefined || compare(value, from) >= 0) && (below === undefined || compare(value, below) < 0);
}

function placeOf(doc: Documents[Kind], orderBy: string): Position {
  return { value: scalarOf(doc, orderBy), id: doc.id };
}

function scalarOf(doc: object, field: string): Scalar {
  return Reflect.get(doc, field) ?? null;
}

function byPlace(a: Position, b: Position): number {
  return compare(a.value, b.value) || compare(a.id, b.id);
}

/** Null, then numbers, then texts by their code points. */
function compare(a: Scalar, b: Scalar): number {
  if (a === b) return 0;
  const [rankA, rankB] = [rankOf(a), rankOf(b)];
  if (rankA !== rankB) return rankA - rankB;
  if (typeof a === 'string' && typeof b === 'string') return compareTexts(a, b);
  return Number(a) - Number(b);
}

function rankOf(value: Scalar): number {
  return value === null ? 0 : typeof value === 'number' ? 1 : 2;
}

/** UTF-16 orders like code points except from the surrogates on. */
const FROM_SURROGATES = /[\ud800-\uffff]/;

function compareTexts(a: string, b: string): number {
  if (FROM_SURROGATES.test(a) || FROM_SURROGATES.test(b)) return Buffer.compare(Buffer.from(a), Buffer.from(b));
  return a < b ? -1 : 1;
}

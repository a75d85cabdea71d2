// Values on their way into SQLite.
import type { Scalar } from '../../ports/store.ts';

/** A value as it is bound. The driver stores every number as a float; whole numbers are to lie, and be read by people, as integers. */
export function sqliteValue(value: Scalar): string | number | bigint | null {
  if (typeof value !== 'number') return value;
  if (!Number.isFinite(value)) throw new TypeError(`${value} cannot be stored`);
  return Number.isSafeInteger(value) ? BigInt(value) : value;
}

/** A document's value of an indexed field. @throws TypeError for what has no place in an order, such as an object. */
export function columnValue(doc: object, field: string): Scalar {
  const value: unknown = Reflect.get(doc, field) ?? null;
  if (typeof value === 'number' && !Number.isFinite(value)) throw new TypeError(`${value} cannot be stored`);
  if (value === null || typeof value === 'string' || typeof value === 'number') return value;
  throw new TypeError(`The indexed field ${field} holds a ${typeof value}`);
}

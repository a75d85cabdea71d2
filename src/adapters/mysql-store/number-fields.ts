// Which indexed fields have a column of numbers. Columns of MySQL have a type each, and a number compared with a text column would be
// neither exact nor served by its index.
import type { Scalar } from '../../ports/store.ts';

/** Fields that hold numbers in whatever kind they are, besides instants, whose names say so. Every other indexed field holds text. */
const NUMBERS: readonly string[] = ['at', 'lastSequence', 'open', 'rank', 'sequence', 'shard', 'stepMs'];

/** Longest text that an indexed field or an id may hold, characters: three of them fit into the largest key of InnoDB, 3072 bytes. */
export const LONGEST_TEXT = 255;

/** Whether a field's column holds numbers. */
export function isNumberField(field: string): boolean {
  return field.endsWith('At') || NUMBERS.includes(field);
}

/** A document's value of an indexed field. @throws TypeError for what does not fit into the field's column */
export function columnValue(doc: object, field: string): Scalar {
  const value: unknown = Reflect.get(doc, field) ?? null;
  if (value === null) return null;
  if (typeof value === 'number' && isNumberField(field)) return finite(value);
  if (typeof value === 'string' && !isNumberField(field)) return fitting(field, value);
  throw new TypeError(
    `The indexed field ${field} holds a ${typeof value}, which its column in MySQL does not: number-fields.ts names those of numbers`,
  );
}

/** A value that a field is compared with. @throws TypeError for one that no document can have there */
export function comparable(field: string, value: Scalar): Scalar {
  if (value === null || (typeof value === 'number') === isNumberField(field)) return value;
  throw new TypeError(`${field} is compared with a ${typeof value}`);
}

/** A text that fits into a column with an index. @throws TypeError when it is too long */
export function fitting(field: string, text: string): string {
  if (text.length <= LONGEST_TEXT || [...text].length <= LONGEST_TEXT) return text;
  throw new TypeError(`${field} is longer than ${LONGEST_TEXT} characters`);
}

function finite(value: number): number {
  if (Number.isFinite(value)) return value;
  throw new TypeError(`${value} cannot be stored`);
}

// Whether values fit the fields of a type. Done for every reading, so each type's check is made once and only compares then.
import type { FieldType, SensorField } from '../model/sensor.ts';

/** Why values do not fit. */
export interface FieldFault {
  /** Null: the reading as a whole. */
  readonly field: string | null;
  readonly found: string;
  readonly expected: string;
}

/** Gives what does not fit in values, or null. */
export type ValuesCheck = (values: Readonly<Record<string, unknown>>) => FieldFault | null;

type ValueCheck = (value: unknown) => boolean;

const MOST_SHOWN = 60;

const OF_TYPE: Readonly<Record<FieldType, ValueCheck>> = {
  number: (value) => typeof value === 'number' && Number.isFinite(value),
  integer: (value) => Number.isSafeInteger(value),
  boolean: (value) => typeof value === 'boolean',
  string: (value) => typeof value === 'string',
  object: (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
};

const IN_WORDS: Readonly<Record<FieldType, string>> = {
  number: 'a number',
  integer: 'a whole number',
  boolean: 'true or false',
  string: 'a text',
  object: 'an object',
};

/** Makes the check of a list of fields: each must be there and fit, and there may be no other. */
export function checkOf(fields: readonly SensorField[]): ValuesCheck {
  const checks = fields.map((field) => ({ field, fits: valueCheck(field) }));
  const names = new Set(fields.map(({ name }) => name));
  return (values) => {
    for (const { field, fits } of checks) {
      if (!Object.hasOwn(values, field.name)) return missing(field);
      const value = values[field.name];
      if (!fits(value)) return { field: field.name, found: shown(value), expected: fieldInWords(field) };
    }
    for (const name in values) if (!names.has(name)) return unknown(name, names);
    return null;
  };
}

/** A fault as a sentence without its full stop. */
export function faultInWords({ field, found, expected }: FieldFault): string {
  const place = field === null ? '' : `${field}: `;
  return `${place}${found} instead of ${expected}`;
}

/** The beginning of a value as it would be written. */
export function shown(value: unknown): string {
  if (value === undefined) return 'nothing';
  const text = JSON.stringify(value) ?? typeof value;
  return text.length > MOST_SHOWN ? `${text.slice(0, MOST_SHOWN)}…` : text;
}

/** What a field takes, in words. */
export function fieldInWords({ type, unit, range }: SensorField): string {
  const between = range ? ` from ${range[0]} to ${range[1]}` : '';
  return `${IN_WORDS[type]}${between}${unit === '' ? '' : ` (${unit})`}`;
}

function valueCheck({ type, range }: SensorField): ValueCheck {
  const ofType = OF_TYPE[type];
  if (!range || (type !== 'number' && type !== 'integer')) return ofType;
  const [least, most] = range;
  return (value) => ofType(value) && Number(value) >= least && Number(value) <= most;
}

function missing(field: SensorField): FieldFault {
  return { field: field.name, found: 'nothing', expected: fieldInWords(field) };
}

function unknown(name: string, names: ReadonlySet<string>): FieldFault {
  return { field: name.slice(0, MOST_SHOWN), found: 'a value', expected: `one of the fields ${[...names].join(', ')}` };
}

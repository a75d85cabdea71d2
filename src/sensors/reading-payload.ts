// What devices send, as readings. One message holds, in JSON:
//
//   21.5                                        the bare value, where the type has one field
//   { "celsius": 21.5 }                         all fields
//   { "celsius": 21.5, "at": "2026-…Z" }        with its time: ISO 8601, or milliseconds since 1970
//   { "value": 21.5, "at": 1767614400000 }      the bare value with its time, where the type has one field
//   [ … ]                                       several of them
//
// A reading without a time is of the moment at which it came. A time that lies ahead is taken as now: the device's clock is wrong, the
// reading may well be right. One that lies too far back fits nothing that is still kept.
import type { Instant } from '../model/instant.ts';
import { isTooDeep } from '../model/nesting.ts';
import type { ReadingValues, SensorField } from '../model/sensor.ts';
import { READING_AHEAD_MS } from '../ports/readings.ts';
import { checkOf, faultInWords, shown, type ValuesCheck } from './reading-check.ts';

/** Readings in one message, at most. */
export const MOST_READINGS = 1000;

/** Readings of one message that fitted, and what did not. */
export interface PayloadReadings {
  readonly fitting: readonly { readonly at: Instant; readonly values: ReadingValues }[];
  readonly misfits: readonly { readonly text: string; readonly fault: string }[];
}

/** Between which instants a reading's time may lie. */
export interface PayloadTimes {
  readonly now: Instant;
  readonly oldestAt: Instant;
}

/** Reads messages of one type of device. */
export type PayloadReader = (payload: Uint8Array, times: PayloadTimes) => PayloadReadings;

type Read = { readonly at: Instant; readonly values: ReadingValues } | string;

interface Shape {
  readonly check: ValuesCheck;
  /** The field whose bare value a reading may be; undefined where there are several. */
  readonly only: string | undefined;
  /** Whether the type uses the words for its own fields. */
  readonly hasAt: boolean;
  readonly hasValue: boolean;
}

/** Makes the reader of a type with these fields. */
export function payloadReader(fields: readonly SensorField[]): PayloadReader {
  const has = (wanted: string) => fields.some(({ name }) => name === wanted);
  const only = fields.length === 1 ? fields[0]?.name : undefined;
  const shape: Shape = { check: checkOf(fields), only, hasAt: has('at'), hasValue: has('value') };
  return (payload, times) => {
    const text = Buffer.from(payload.buffer, payload.byteOffset, payload.byteLength).toString('utf8');
    const parsed = parse(text);
    if (typeof parsed === 'string') return { fitting: [], misfits: [{ text, fault: parsed }] };
    if (!Array.isArray(parsed.value)) return sorted([[text, readOne(parsed.value, shape, times)]]);
    if (parsed.value.length > MOST_READINGS) return { fitting: [], misfits: [{ text, fault: tooMany(parsed.value) }] };
    return sorted(parsed.value.map((each: unknown) => [shown(each), readOne(each, shape, times)] as const));
  };
}

function parse(text: string): { readonly value: unknown } | string {
  try {
    const value: unknown = JSON.parse(text);
    return isTooDeep(value) ? 'it is nested too deeply' : { value };
  } catch (error) {
    // Only what the parser refuses is a fault of the device.
    if (error instanceof SyntaxError) return text.trim() === '' ? 'it is empty' : 'it is not JSON';
    throw error;
  }
}

function tooMany(values: readonly unknown[]): string {
  return `${values.length} readings at once instead of at most ${MOST_READINGS}`;
}

function sorted(read: readonly (readonly [text: string, Read])[]): PayloadReadings {
  const fitting: PayloadReadings['fitting'][number][] = [];
  const misfits: PayloadReadings['misfits'][number][] = [];
  for (const [text, each] of read) {
    if (typeof each !== 'string') fitting.push(each);
    else misfits.push({ text, fault: each });
  }
  return { fitting, misfits };
}

function readOne(value: unknown, shape: Shape, times: PayloadTimes): Read {
  if (!isObject(value) || (shape.only !== undefined && isBareObject(value, shape)))
    return fitting(bare(value, shape), times.now, shape.check);
  if (shape.hasAt || !Object.hasOwn(value, 'at')) return fitting(named(value, shape), times.now, shape.check);
  const { at: said, ...rest } = value;
  const at = timeOf(said, times);
  return typeof at === 'string' ? at : fitting(named(rest, shape), at, shape.check);
}

function fitting(values: ReadingValues | string, at: Instant, check: ValuesCheck): Read {
  if (typeof values === 'string') return values;
  const fault = check(values);
  return fault === null ? { at, values } : faultInWords(fault);
}

function bare(value: unknown, { only }: Shape): ReadingValues | string {
  if (only !== undefined) return { [only]: value };
  return `${shown(value)} instead of an object with all fields of its type`;
}

/** An object with `value` instead of the name of the only field. */
function named(value: Record<string, unknown>, { only, hasValue }: Shape): ReadingValues {
  if (only === undefined || hasValue || !Object.hasOwn(value, 'value') || Object.hasOwn(value, only)) return value;
  const { value: inner, ...rest } = value;
  return { ...rest, [only]: inner };
}

/** Of a type whose only field is an object, an object that does not name the field is the field's value. */
function isBareObject(value: Record<string, unknown>, { only, check }: Shape): boolean {
  if (only === undefined || Object.hasOwn(value, only) || Object.hasOwn(value, 'value')) return false;
  return check({ [only]: value }) === null;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function timeOf(said: unknown, { now, oldestAt }: PayloadTimes): Instant | string {
  const at = typeof said === 'number' ? said : typeof said === 'string' ? instantIn(said) : Number.NaN;
  if (!Number.isFinite(at))
    return `at: ${shown(said)} instead of a time such as 2026-11-22T08:00:00Z or milliseconds since 1970`;
  if (at > now + READING_AHEAD_MS) return now;
  const whole = Math.round(at);
  return whole >= oldestAt
    ? whole
    : `at: ${shown(said)} lies too far back; look at the device's clock, or leave the time out`;
}

function instantIn(text: string): Instant {
  try {
    return Temporal.Instant.from(text).epochMilliseconds;
  } catch (error) {
    if (error instanceof RangeError) return Number.NaN;
    throw error;
  }
}

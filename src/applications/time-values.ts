// The kinds of values by which instance files speak of time: instants, lengths of time, rhythms, zones, times of day.

import { z } from 'zod';
import { isZone } from '../model/zone.ts';
import { calendarLength, DURATION_WORDS, durationMs } from './duration-text.ts';

const DAY_MS = 86_400_000;
const TEN_YEARS_MS = 3_660 * DAY_MS;
const INSTANT_WORDS =
  'an instant of ISO 8601 with a zone, such as "2027-01-31T08:00:00Z" or "2027-01-31T09:00:00+01:00"';
const EVERY_WORDS = `${DURATION_WORDS}, at least one second; or whole years, months, weeks and days of the calendar, such as "P1M" or "P1D"; at most ten years`;
const TIME_OF_DAY = /^(?:([01][0-9]|2[0-3]):([0-5][0-9])|24:00)$/;

/** How often an interval comes: in milliseconds, or in months and days of the calendar. */
export type Rhythm = { readonly everyMs: number } | { readonly months: number; readonly days: number };

/** A text that is read by a function, which gives undefined for what it cannot read. */
function readText<T>(read: (text: string) => T | undefined, expected: string) {
  return z.string().transform((text, context) => {
    const value = read(text);
    if (value !== undefined) return value;
    context.issues.push({ code: 'custom', message: expected, input: text });
    return z.NEVER;
  });
}

function lengthBetween(leastMs: number, mostMs: number) {
  return (text: string) => {
    const ms = durationMs(text);
    return ms !== undefined && ms >= leastMs && ms <= mostMs ? ms : undefined;
  };
}

/** A length of time above zero, as milliseconds. */
export const duration = readText(
  lengthBetween(1, TEN_YEARS_MS),
  `${DURATION_WORDS}, longer than zero, at most ten years`,
);

/** A length of time that may be zero, up to a day, as milliseconds. */
export const wait = readText(lengthBetween(0, DAY_MS), `${DURATION_WORDS}, at most one day`);

/** How often an interval comes. */
export const every = readText(rhythmOf, EVERY_WORDS);

/** An instant, as milliseconds since the epoch. */
export const instant = readText(instantMs, INSTANT_WORDS);

/** A time zone of IANA. */
export const zone = z
  .string()
  .max(100)
  .refine(isZone, { error: 'a time zone of IANA, such as "Europe/Berlin" or "UTC"' });

/** A time of day, as minutes since midnight; `24:00` is the midnight that ends the day. */
export const timeOfDay = readText(minuteOf, 'a time of day from "00:00" to "24:00"');

function rhythmOf(text: string): Rhythm | undefined {
  const length = calendarLength(text);
  if (length) return length.months * 31 + length.days <= 3_720 ? length : undefined;
  const everyMs = lengthBetween(1000, TEN_YEARS_MS)(text);
  return everyMs === undefined || isMixed(text) ? undefined : { everyMs };
}

/** `P1DT1H`: nobody could say whether its day has 24 hours when clocks change. */
function isMixed(text: string): boolean {
  return /^P[^T]+T/.test(text);
}

function minuteOf(text: string): number | undefined {
  const [, hours, minutes] = TIME_OF_DAY.exec(text) ?? [];
  if (hours !== undefined) return Number(hours) * 60 + Number(minutes);
  return text === '24:00' ? 1440 : undefined;
}

function instantMs(text: string): number | undefined {
  try {
    return Temporal.Instant.from(text).epochMilliseconds;
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

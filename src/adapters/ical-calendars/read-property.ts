// The values of single lines, read with ical.js and checked more strictly: it takes the 30th of February for the 2nd of March.
import ICAL from 'ical.js';
import { calendarFault } from './calendar-fault.ts';
import type { ContentLine } from './content-lines.ts';

/** A point in time as a file writes it. */
export type WrittenTime =
  | { readonly kind: 'date'; readonly wall: Temporal.PlainDateTime }
  | { readonly kind: 'floating'; readonly wall: Temporal.PlainDateTime }
  | { readonly kind: 'utc'; readonly at: number }
  | { readonly kind: 'zoned'; readonly zone: string; readonly wall: Temporal.PlainDateTime };

/** The value of a line of text. @throws calendar.invalid */
export function readText(line: ContentLine): string {
  return String(read(line).getFirstValue() ?? '');
}

/** The points in time of a line, which may hold several. @throws calendar.invalid */
export function readTimes(line: ContentLine): readonly WrittenTime[] {
  const property = read(line);
  const zone: unknown = property.getParameter('tzid');
  if (property.getParameter('range') !== undefined)
    throw calendarFault(
      line.number,
      'RANGE=THISANDFUTURE is not understood; write the later events as a series of their own',
    );
  if (property.type === 'period')
    throw calendarFault(line.number, 'RDATE with periods is not understood; write them as events');
  const values: readonly unknown[] = property.jCal.slice(3);
  return values.map((value) => timeOf(line, String(value), typeof zone === 'string' ? zone : undefined));
}

/** The one point in time of a line. @throws calendar.invalid */
export function readTime(line: ContentLine): WrittenTime {
  const [time] = readTimes(line);
  if (!time) throw calendarFault(line.number, `${line.name} has no value`);
  return time;
}

/** A recurrence rule, with its end apart: what is written in UTC is to be compared with local times. */
export interface WrittenRule {
  readonly rule: InstanceType<typeof ICAL.Recur>;
  readonly until: WrittenTime | undefined;
}

/** The rule of a line. @throws calendar.invalid */
export function readRule(line: ContentLine): WrittenRule {
  const rule: unknown = read(line).getFirstValue();
  if (!(rule instanceof ICAL.Recur) || typeof rule.freq !== 'string')
    throw calendarFault(line.number, `${line.name} has no FREQ`);
  const until = rule.until === null ? undefined : timeOf(line, rule.until.toString(), undefined);
  rule.until = null;
  return { rule, until };
}

/** The length of a line: days that count as days whatever the clocks do, and milliseconds. @throws calendar.invalid */
export function readDuration(line: ContentLine): { readonly days: number; readonly ms: number } {
  const value: unknown = read(line).getFirstValue();
  if (!(value instanceof ICAL.Duration)) throw calendarFault(line.number, `${line.name} is not a duration`);
  const { weeks, days, hours, minutes, seconds, isNegative } = value;
  if (isNegative) throw calendarFault(line.number, 'a duration cannot be negative');
  return { days: weeks * 7 + days, ms: ((hours * 60 + minutes) * 60 + seconds) * 1000 };
}

/** The offset from UTC of a line, in ms. @throws calendar.invalid */
export function readOffset(line: ContentLine): number {
  const value: unknown = read(line).getFirstValue();
  if (value instanceof ICAL.UtcOffset) return value.toSeconds() * 1000;
  throw calendarFault(line.number, `${line.name} is not an offset from UTC`);
}

function read(line: ContentLine): InstanceType<typeof ICAL.Property> {
  try {
    const property = ICAL.Property.fromString(line.text);
    // Values are read only when somebody asks for them, and only then is told what is wrong.
    property.getValues();
    return property;
  } catch (error) {
    throw calendarFault(line.number, reasonOf(error), error);
  }
}

function timeOf(line: ContentLine, text: string, zone: string | undefined): WrittenTime {
  try {
    if (text.endsWith('Z')) return { kind: 'utc', at: Temporal.Instant.from(text).epochMilliseconds };
    const wall = Temporal.PlainDateTime.from(text);
    if (!text.includes('T')) return { kind: 'date', wall };
    return zone === undefined ? { kind: 'floating', wall } : { kind: 'zoned', zone, wall };
  } catch (error) {
    if (error instanceof RangeError) throw calendarFault(line.number, `there is no such time as ${text}`, error);
    throw error;
  }
}

function reasonOf(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return text.length > 200 ? `${text.slice(0, 200)}…` : text;
}

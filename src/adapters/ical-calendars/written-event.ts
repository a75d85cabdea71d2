// An event as a file writes it, with its times made definite: at instants in a zone, or local wherever it is looked at.
import type { Instant } from '../../model/instant.ts';
import { calendarFault } from './calendar-fault.ts';
import type { CalendarZones } from './calendar-zones.ts';
import type { ContentLine } from './content-lines.ts';
import type { Component } from './read-components.ts';
import { readDuration, readText, readTime, type WrittenTime } from './read-property.ts';
import { UTC, type Zone } from './zone.ts';

type Wall = Temporal.PlainDateTime;

/** How long each time of an event lasts: days as days of the calendar, then milliseconds. */
export interface EventLength {
  readonly days: number;
  readonly ms: number;
}

/** An event of a file. */
export interface WrittenEvent {
  /** Of its BEGIN. */
  readonly line: number;
  readonly uid: string;
  readonly summary: string;
  readonly lines: readonly ContentLine[];
  readonly start: Wall;
  /** Null: its times are local wherever it is looked at. */
  readonly zone: Zone | null;
  readonly length: EventLength;
  /** Keys of the time of a series that it stands for; null: for none. */
  readonly replaces: ReadonlySet<string> | null;
  /** Cancelled, or leaving its owner free. */
  readonly isVoid: boolean;
}

const LONGEST_SUMMARY = 200;
const DAY_MS = 86_400_000;

/** Reads an event. @throws calendar.invalid */
export function readEvent(component: Component, zones: CalendarZones): WrittenEvent {
  const line = (name: string) => component.lines.find((each) => each.name === name);
  const text = (name: string) => textOf(line(name));
  const begin = line('DTSTART');
  if (!begin) throw calendarFault(component.line, 'the event has no DTSTART');
  const written = readTime(begin);
  const zone = zoneOf(written, begin, zones);
  const replaced = line('RECURRENCE-ID');
  return {
    line: component.line,
    uid: text('UID'),
    summary: text('SUMMARY').slice(0, LONGEST_SUMMARY),
    lines: component.lines,
    start: wallOf(written),
    zone,
    length: lengthOf(written, zone, { end: line('DTEND'), duration: line('DURATION'), zones }),
    replaces: replaced ? keysOf(readTime(replaced), replaced, zones) : null,
    isVoid: text('STATUS').toUpperCase() === 'CANCELLED' || text('TRANSP').toUpperCase() === 'TRANSPARENT',
  };
}

/** The names under which a time of a series can be excluded or replaced: its instant, its local time, or its day. */
export function keysOf(time: WrittenTime, line: ContentLine, zones: CalendarZones): ReadonlySet<string> {
  if (time.kind === 'date') return new Set([dayKey(time.wall)]);
  const zone = zoneOf(time, line, zones);
  return new Set([zone ? instantKey(zone.instantOf(wallOf(time))) : wallKey(wallOf(time))]);
}

/** The same of a time of a series itself. */
export function keysOfTime(wall: Wall, zone: Zone | null): readonly string[] {
  return [wallKey(wall), dayKey(wall), ...(zone ? [instantKey(zone.instantOf(wall))] : [])];
}

/** The zone of a written time; null for times that are local wherever they are looked at. */
export function zoneOf(time: WrittenTime, line: ContentLine, zones: CalendarZones): Zone | null {
  if (time.kind === 'utc') return UTC;
  return time.kind === 'zoned' ? zones.zone(time.zone, line.number) : null;
}

/** The local time that is written; that of UTC for what is written in UTC. */
export function wallOf(time: WrittenTime): Wall {
  return time.kind === 'utc' ? UTC.wallAt(time.at) : time.wall;
}

const instantKey = (at: Instant) => `at ${at}`;
const wallKey = (wall: Wall) => `wall ${wall.toString()}`;
const dayKey = (wall: Wall) => `day ${wall.toPlainDate().toString()}`;

interface LengthLines {
  readonly end: ContentLine | undefined;
  readonly duration: ContentLine | undefined;
  readonly zones: CalendarZones;
}

function lengthOf(start: WrittenTime, zone: Zone | null, { end, duration, zones }: LengthLines): EventLength {
  if (end) return lengthUntil(start, zone, end, zones);
  if (duration) return readDuration(duration);
  return { days: start.kind === 'date' ? 1 : 0, ms: 0 };
}

/** What ends at a time lasts equally long each time, whatever clocks on walls do; whole days are days. */
function lengthUntil(start: WrittenTime, zone: Zone | null, line: ContentLine, zones: CalendarZones): EventLength {
  const end = readTime(line);
  const endZone = zoneOf(end, line, zones);
  if ((start.kind === 'date') !== (end.kind === 'date') || (zone === null) !== (endZone === null))
    throw calendarFault(
      line.number,
      'DTEND is not written the same way as DTSTART: as a day, a local time, or a time in a zone',
    );
  const ms = (endZone ?? UTC).instantOf(wallOf(end)) - (zone ?? UTC).instantOf(wallOf(start));
  if (ms < 0) throw calendarFault(line.number, 'the event ends before it begins');
  return start.kind === 'date' ? { days: Math.round(ms / DAY_MS), ms: 0 } : { days: 0, ms };
}

function textOf(line: ContentLine | undefined): string {
  return line ? readText(line).trim() : '';
}

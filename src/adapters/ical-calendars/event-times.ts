// The times of one event in a window: its first one and those of its rules and dates, without those that are excluded or replaced.
import type { CalendarEvent } from '../../model/calendar.ts';
import type { CalendarWindow } from '../../ports/calendar-format.ts';
import type { CalendarZones } from './calendar-zones.ts';
import type { ContentLine } from './content-lines.ts';
import { readRule, readTimes, type WrittenTime } from './read-property.ts';
import { recurrenceTimes } from './recurrence.ts';
import type { WorkBudget } from './work-budget.ts';
import { keysOf, keysOfTime, type WrittenEvent, wallOf, zoneOf } from './written-event.ts';
import { UTC, type Zone } from './zone.ts';

type Wall = Temporal.PlainDateTime;

/** An event in a window, with the instant that it is sorted by. */
export interface FoundEvent {
  readonly at: number;
  readonly event: CalendarEvent;
}

/** What a file's events are worked out with. */
export interface EventContext {
  readonly window: CalendarWindow;
  readonly zones: CalendarZones;
  readonly budget: WorkBudget;
}

/** No zone is further from UTC than this. */
const MOST_OFFSET = { hours: 15 };

/** The times of an event that overlap the window; `replaced` are the keys of those that other events stand for. */
export function* eventTimes(
  event: WrittenEvent,
  replaced: ReadonlySet<string>,
  context: EventContext,
): Generator<FoundEvent> {
  const excluded = new Set([...replaced, ...excludedKeys(event, context)]);
  const seen = new Set<string>();
  for (const wall of candidates(event, context)) {
    context.budget.spend(1 / 4);
    const keys = keysOfTime(wall, event.zone);
    const name = wall.toString();
    if (seen.has(name) || keys.some((key) => excluded.has(key))) continue;
    seen.add(name);
    const found = foundAt(event, wall);
    if (found.untilAt > found.at && overlaps(found, event.zone, context.window)) yield found;
  }
}

function* candidates(event: WrittenEvent, context: EventContext): Generator<Wall> {
  const { start, zone, lines } = event;
  yield start;
  for (const line of lines) if (line.name === 'RDATE') yield* dates(line, zone, context);
  for (const line of lines) if (line.name === 'RRULE') yield* ruleTimes(line, event, context);
}

function dates(line: ContentLine, zone: Zone | null, { zones }: EventContext): readonly Wall[] {
  return readTimes(line).map((time) => inZone(time, line, zone, zones));
}

function ruleTimes(line: ContentLine, { start, zone, length }: WrittenEvent, context: EventContext): Generator<Wall> {
  const { window, zones, budget } = context;
  const { rule, until } = readRule(line);
  const from = UTC.wallAt(window.fromAt).subtract(MOST_OFFSET).subtract({ days: length.days, milliseconds: length.ms });
  const to = UTC.wallAt(window.untilAt).add(MOST_OFFSET);
  const last = until && lastOf(until, inZone(until, line, zone, zones));
  return recurrenceTimes({ line: line.number, rule, start, until: last }, from, to, budget);
}

/** Programs write a day as the end of a rule for events with times: the whole day is meant. */
function lastOf(until: WrittenTime, wall: Wall): Wall {
  return until.kind === 'date' ? wall.with({ hour: 23, minute: 59, second: 59 }) : wall;
}

/** A written time as a local time of the event. */
function inZone(time: WrittenTime, line: ContentLine, zone: Zone | null, zones: CalendarZones): Wall {
  const own = zoneOf(time, line, zones);
  return own && zone ? zone.wallAt(own.instantOf(wallOf(time))) : wallOf(time);
}

function excludedKeys({ lines }: WrittenEvent, { zones }: EventContext): readonly string[] {
  const exclusions = lines.filter(({ name }) => name === 'EXDATE');
  return exclusions.flatMap((line) => readTimes(line).flatMap((time) => [...keysOf(time, line, zones)]));
}

function foundAt({ summary, zone, length }: WrittenEvent, wall: Wall): FoundEvent & { readonly untilAt: number } {
  const last = wall.add({ days: length.days });
  if (zone === null) {
    const to = last.add({ milliseconds: length.ms });
    const event = { kind: 'local', summary, from: textOf(wall), to: textOf(to) } as const;
    return { at: UTC.instantOf(wall), untilAt: UTC.instantOf(to), event };
  }
  const fromAt = zone.instantOf(wall);
  const toAt = zone.instantOf(last) + length.ms;
  return { at: fromAt, untilAt: toAt, event: { kind: 'exact', summary, fromAt, toAt } };
}

const HALF_DAY_MS = 15 * 3_600_000;

function overlaps(found: { readonly at: number; readonly untilAt: number }, zone: Zone | null, window: CalendarWindow) {
  const margin = zone === null ? HALF_DAY_MS : 0;
  return found.untilAt > window.fromAt - margin && found.at < window.untilAt + margin;
}

function textOf(wall: Wall): string {
  return wall.toString({ smallestUnit: 'second' });
}

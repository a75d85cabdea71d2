// Works out the events of iCalendar files (RFC 5545). ical.js reads lines, values and rules; components, zones, exceptions and all bounds
// are here, because it expands without end, guesses at times that do not exist, and tells no line of what it cannot read.
import type { CalendarEvent } from '../../model/calendar.ts';
import type { CalendarFormat, CalendarWindow } from '../../ports/calendar-format.ts';
import { calendarTooLarge } from './calendar-fault.ts';
import { CalendarZones } from './calendar-zones.ts';
import { type EventContext, eventTimes, type FoundEvent } from './event-times.ts';
import { type Component, readComponents } from './read-components.ts';
import { WorkBudget } from './work-budget.ts';
import { readEvent, type WrittenEvent } from './written-event.ts';

const MOST_BYTES = 1024 * 1024;
const MOST_EVENTS = 20_000;
/** Zones are worked out so far beyond the window: an event that begins in it may end after it. */
const LONGEST_EVENT_MS = 400 * 86_400_000;

/** Reads iCalendar files. */
export class IcalCalendars implements CalendarFormat {
  /** @throws calendar.invalid, calendar.too-large */
  events(source: string, window: CalendarWindow): readonly CalendarEvent[] {
    const sizeBytes = Buffer.byteLength(source);
    if (sizeBytes > MOST_BYTES) throw calendarTooLarge(`it has ${sizeBytes} bytes, at most ${MOST_BYTES} are read`);
    const budget = new WorkBudget();
    const found = readComponents(source).flatMap((calendar) => calendarEvents(calendar, window, budget));
    if (found.length > MOST_EVENTS) throw tooManyEvents();
    return found.toSorted((a, b) => a.at - b.at).map(({ event }) => event);
  }
}

function calendarEvents(calendar: Component, window: CalendarWindow, budget: WorkBudget): readonly FoundEvent[] {
  const zones = new CalendarZones(calendar, window.untilAt + LONGEST_EVENT_MS, budget);
  const written = calendar.components.filter(({ name }) => name === 'VEVENT').map((event) => readEvent(event, zones));
  const replaced = replacedBy(written);
  const context: EventContext = { window, zones, budget };
  const found: FoundEvent[] = [];
  for (const event of written.filter(({ isVoid }) => !isVoid)) {
    const gone = event.replaces === null ? replaced.get(event.uid) : undefined;
    for (const time of eventTimes(event, gone ?? new Set(), context)) {
      found.push(time);
      if (found.length > MOST_EVENTS) throw tooManyEvents();
    }
  }
  return found;
}

/** By series, the keys of the times that have events of their own: moved, changed or cancelled ones. */
function replacedBy(events: readonly WrittenEvent[]): ReadonlyMap<string, ReadonlySet<string>> {
  const bySeries = Map.groupBy(
    events.filter(({ uid, replaces }) => uid !== '' && replaces !== null),
    ({ uid }) => uid,
  );
  return new Map(
    [...bySeries].map(([uid, own]) => [uid, new Set(own.flatMap(({ replaces }) => [...(replaces ?? [])]))]),
  );
}

function tooManyEvents() {
  return calendarTooLarge(`it has more than ${MOST_EVENTS} events in the years that are worked out`);
}

// Timetables for tests: complete and ordinary, so that a test names only what it is about.
import type { Calendar, CalendarEvent } from '../../../src/model/calendar.ts';
import type { Schedule, TimeWindow, Trigger } from '../../../src/model/schedule.ts';
import { nextOccurrence, previousOccurrence, type Timetable } from '../../../src/scheduler/occurrences.ts';

/** A schedule from the beginning of 2026 in UTC. */
export function aSchedule(trigger: Trigger | readonly Trigger[], over: Partial<Schedule> = {}): Schedule {
  const triggers: readonly Trigger[] = 'kind' in trigger ? [trigger] : trigger;
  return { triggers, startAt: utc('2026-01-01'), zone: 'UTC', windows: [], calendars: [], jitterMs: 0, ...over };
}

/** Enabled at its start, in the calendars given. */
export function aTimetable(schedule: Schedule, ...calendars: readonly Calendar[]): Timetable {
  return { schedule, enabledAt: schedule.startAt, calendars };
}

export function aCalendar(id: string, ...events: readonly CalendarEvent[]): Calendar {
  return { id, source: '', events, knownUntilAt: utc('2030-01-01'), createdAt: 0, updatedAt: 0 };
}

export function cron(expression: string): Trigger {
  return { kind: 'cron', expression };
}

/** From `08:00` to `18:00` on days such as `12345`. */
export function aWindow(days: string, from: string, to: string): TimeWindow {
  return { days: [...days].map(Number), fromMinute: minuteOf(from), toMinute: minuteOf(to) };
}

function minuteOf(clock: string): number {
  const [hour = 0, minute = 0] = clock.split(':').map(Number);
  return hour * 60 + minute;
}

/** An instant from ISO 8601, in UTC unless it has an offset. */
export function utc(text: string): number {
  const at = Date.parse(/[Z+]|T.*-/.test(text) ? text : `${text.includes('T') ? text : `${text}T00:00`}Z`);
  if (Number.isNaN(at)) throw new Error(`no instant: ${text}`);
  return at;
}

/** Local time and offset, such as `2026-03-29T03:00+02:00`. */
export function local(zone: string, at: number): string {
  const zoned = Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(zone);
  return `${zoned.toPlainDateTime().toString({ smallestUnit: 'minute' })}${zoned.offset}`;
}

/** Occurrences in [from, until), walked forwards. */
export function walked(timetable: Timetable, from: number, until: number): number[] {
  const found: number[] = [];
  for (let at = nextOccurrence(timetable, from - 1); at !== null && at < until; at = nextOccurrence(timetable, at))
    found.push(at);
  return found;
}

/** Occurrences in [from, until), walked backwards; ascending. */
export function walkedBack(timetable: Timetable, from: number, until: number): number[] {
  const found: number[] = [];
  for (let at = previousOccurrence(timetable, until, from); at !== null; at = previousOccurrence(timetable, at, from))
    found.unshift(at);
  return found;
}

/** Occurrences in local time from a local date for some days, forwards; the way back must find the same. */
export function localOccurrences(timetable: Timetable, from: number, days: number): string[] {
  const until = from + days * 86_400_000;
  const there = walked(timetable, from, until);
  const back = walkedBack(timetable, from, until);
  if (there.join() !== back.join()) throw new Error(`forwards ${there.join()}, backwards ${back.join()}`);
  return there.map((at) => local(timetable.schedule.zone, at));
}

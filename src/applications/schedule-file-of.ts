// Writes a schedule as a file says it: what is read back of it is the same schedule. Other instances cannot stand in it.
import type { Instant } from '../model/instant.ts';
import type { Schedule, TimeWindow, Trigger } from '../model/schedule.ts';
import { durationText } from './duration-text.ts';
import { timeOfDayText } from './time-of-day-text.ts';

const DAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'];

/** The schedule as it stands in files; `startAt` is the start that a file without one has. */
export function scheduleFileOf(schedule: Schedule, startAt: Instant): Record<string, unknown> {
  const { zone, windows, calendars, jitterMs, durationMs, endAt } = schedule;
  const triggers = schedule.triggers.map(triggerFileOf);
  const [only] = triggers;
  return {
    ...(only && triggers.length === 1 ? only : { triggers }),
    ...(schedule.startAt === startAt ? {} : { start: iso(schedule.startAt) }),
    ...(endAt === undefined ? {} : { end: iso(endAt) }),
    ...(durationMs === undefined ? {} : { duration: durationText(durationMs) }),
    ...(zone === 'UTC' ? {} : { zone }),
    ...(windows.length === 0 ? {} : { windows: windows.map(windowFileOf) }),
    ...(calendars.length === 0 ? {} : { calendars: [...calendars] }),
    ...(jitterMs === 0 ? {} : { jitter: durationText(jitterMs) }),
  };
}

function triggerFileOf(trigger: Trigger): Record<string, unknown> {
  switch (trigger.kind) {
    case 'once':
      return { kind: 'once', at: iso(trigger.at) };
    case 'interval':
      return { kind: 'interval', every: durationText(trigger.everyMs) };
    case 'calendar':
      return { kind: 'interval', every: calendarLengthOf(trigger) };
    case 'now':
    case 'cron':
    case 'continuous':
    case 'after':
      return { ...trigger };
    default:
      return trigger satisfies never;
  }
}

function calendarLengthOf({ months, days }: { readonly months: number; readonly days: number }): string {
  return `P${months > 0 ? `${months}M` : ''}${days > 0 ? `${days}D` : ''}`;
}

function windowFileOf({ days, fromMinute, toMinute }: TimeWindow): Record<string, unknown> {
  return { days: days.map((day) => DAYS[day - 1]), from: timeOfDayText(fromMinute), to: timeOfDayText(toMinute) };
}

function iso(at: Instant): string {
  return new Date(at).toISOString();
}

// How far the events of calendars are worked out: far enough that nobody reaches the end before they are worked out again.
import type { Instant } from '../model/instant.ts';
import type { CalendarWindow } from '../ports/calendar-format.ts';

const YEAR_MS = 365.25 * 86_400_000;
/** What was due may still have to be settled, or explained. */
const YEARS_BEFORE = 1;
const YEARS_AHEAD = 5;
/** With less ahead they are worked out again. */
const YEARS_LEFT = 4;

/** The time whose events are worked out now. */
export function calendarWindow(now: Instant): CalendarWindow {
  return { fromAt: now - YEARS_BEFORE * YEAR_MS, untilAt: now + YEARS_AHEAD * YEAR_MS };
}

/** When events that are known until an instant are to be worked out again. */
export function workOutAgainAt(knownUntilAt: Instant): Instant {
  return knownUntilAt - YEARS_LEFT * YEAR_MS;
}

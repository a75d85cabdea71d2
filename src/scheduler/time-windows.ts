// Weekly windows on a clock without zones: the week as one flag for each of its minutes, so that windows that overlap, touch or
// go over midnight need no rule of their own.
import type { TimeWindow } from '../model/schedule.ts';
import type { Wall } from './local-time.ts';

const MINUTE_MS = 60_000;
const DAY_MINUTES = 1440;
const WEEK_MINUTES = 7 * DAY_MINUTES;
/** 1970-01-05T00:00, a Monday. */
const MONDAY_MINUTE = 4 * DAY_MINUTES;

const OPEN = 1;
const CLOSED = 0;

const weeks = new WeakMap<readonly TimeWindow[], Uint8Array>();

/** A minute is open or closed. */
export type WindowState = 'open' | 'closed';

/** Whether a local time lies in a window; without windows every one does. */
export function inWindow(windows: readonly TimeWindow[], wall: Wall): boolean {
  return windows.length === 0 || weekOf(windows)[minuteOfWeek(minuteOf(wall))] === OPEN;
}

/** The first local time at or after another one that is in such a state; null: none is. */
export function firstInState(windows: readonly TimeWindow[], wall: Wall, state: WindowState): Wall | null {
  if (windows.length === 0) return state === 'open' ? wall : null;
  const week = weekOf(windows);
  const wanted = state === 'open' ? OPEN : CLOSED;
  const minute = minuteOf(wall);
  const here = minuteOfWeek(minute);
  const later = week.indexOf(wanted, here);
  const found = later >= 0 ? later : week.indexOf(wanted) + WEEK_MINUTES;
  if (later < 0 && found < WEEK_MINUTES) return null;
  return Math.max(wall, (minute + found - here) * MINUTE_MS);
}

/** The end (exclusive) of the last minute in such a state that is over at or before a local time; null: none is. */
export function endOfLastInState(windows: readonly TimeWindow[], wall: Wall, state: WindowState): Wall | null {
  if (windows.length === 0) return state === 'open' ? wall : null;
  const week = weekOf(windows);
  const wanted = state === 'open' ? OPEN : CLOSED;
  const minute = minuteOf(wall) - 1;
  const here = minuteOfWeek(minute);
  const earlier = week.lastIndexOf(wanted, here);
  const found = earlier >= 0 ? earlier : week.lastIndexOf(wanted) - WEEK_MINUTES;
  if (found < -WEEK_MINUTES) return null;
  return (minute + found - here + 1) * MINUTE_MS;
}

function minuteOf(wall: Wall): number {
  return Math.floor(wall / MINUTE_MS);
}

function minuteOfWeek(minute: number): number {
  const rest = (minute - MONDAY_MINUTE) % WEEK_MINUTES;
  return rest < 0 ? rest + WEEK_MINUTES : rest;
}

function weekOf(windows: readonly TimeWindow[]): Uint8Array {
  const known = weeks.get(windows);
  if (known) return known;
  const week = new Uint8Array(WEEK_MINUTES);
  for (const window of windows) for (const day of window.days) openOnDay(week, window, day);
  weeks.set(windows, week);
  return week;
}

function openOnDay(week: Uint8Array, { fromMinute, toMinute }: TimeWindow, day: number): void {
  const opens = (day - 1) * DAY_MINUTES + fromMinute;
  const minutes = toMinute > fromMinute ? toMinute - fromMinute : toMinute - fromMinute + DAY_MINUTES;
  for (let minute = opens; minute < opens + minutes; minute++) week[minuteOfWeek(MONDAY_MINUTE + minute)] = OPEN;
}

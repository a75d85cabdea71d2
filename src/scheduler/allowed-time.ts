// When a timetable allows anything at all: in one of its windows (any time without windows) and in no event of its calendars.
// Windows are kept in local time: an instant is in a window when the last local time that has come by then is.
import type { Instant } from '../model/instant.ts';
import { blackoutAt, lastBlackoutEnded, nextBlackoutBegins } from './blackouts.ts';
import { instantOf, reachedWall, type Wall } from './local-time.ts';
import { endOfLastInState, firstInState, inWindow, type WindowState } from './time-windows.ts';
import type { Timetable } from './timetable.ts';

/** Searches among what is forbidden give up this long after their beginning: ten years. */
export const SEARCH_MS = 3653 * 86_400_000;

/** Searches among what is forbidden give up after so many steps. */
export const SEARCH_STEPS = 100_000;

/** A gap of the clock may swallow what lies between two windows, not more than a few times in a row. */
const SWALLOWED = 8;

/** Whether an instant is allowed. */
export function isAllowed(timetable: Timetable, at: Instant): boolean {
  return inWindowAt(timetable, at) && blackoutOf(timetable, at) === null;
}

/** Whether an instant lies in one of the windows, whatever calendars say. */
export function inWindowAt({ schedule }: Timetable, at: Instant): boolean {
  return schedule.windows.length === 0 || inWindow(schedule.windows, reachedWall(schedule.zone, at));
}

/** Whether anything can be forbidden. */
export function isRestricted({ schedule, calendars }: Timetable): boolean {
  return schedule.windows.length > 0 || calendars.some(({ events }) => events.length > 0);
}

/** The first allowed instant at or after another one; null: none within ten years. */
export function nextAllowed(timetable: Timetable, from: Instant): Instant | null {
  let at = from;
  for (let step = 0; step < SEARCH_STEPS && at - from <= SEARCH_MS; step++) {
    if (inWindowAt(timetable, at)) {
      const blackout = blackoutOf(timetable, at);
      if (blackout === null) return at;
      at = blackout.toAt;
    } else {
      const opens = nextInState(timetable, at, 'open');
      if (opens === null) return null;
      at = opens;
    }
  }
  return null;
}

/** The end (exclusive) of what is allowed around an allowed instant; null: it has none. */
export function allowedUntil(timetable: Timetable, at: Instant): Instant | null {
  const { schedule, calendars } = timetable;
  let closes = nextInState(timetable, at, 'closed');
  for (let hole = 0; hole < SWALLOWED && closes !== null && inWindowAt(timetable, closes); hole++)
    closes = nextInState(timetable, closes, 'closed');
  const begins = nextBlackoutBegins(calendars, schedule.zone, at);
  return closes === null || begins === null ? (closes ?? begins) : Math.min(closes, begins);
}

/** The beginning of what is allowed around an allowed instant; null: it has none. */
export function allowedSince(timetable: Timetable, at: Instant): Instant | null {
  const { schedule, calendars } = timetable;
  let opened = lastEnd(timetable, at, 'closed');
  for (let hole = 0; hole < SWALLOWED && opened !== null && inWindowAt(timetable, opened - 1); hole++)
    opened = lastEnd(timetable, opened - 1, 'closed');
  const ended = lastBlackoutEnded(calendars, schedule.zone, at);
  return opened === null || ended === null ? (opened ?? ended) : Math.max(opened, ended);
}

/** The end (exclusive) of what was last allowed, at most `until`; null: nothing is, within ten years. */
export function lastAllowedEnd(timetable: Timetable, until: Instant): Instant | null {
  let end = until;
  for (let step = 0; step < SEARCH_STEPS && until - end <= SEARCH_MS; step++) {
    if (inWindowAt(timetable, end - 1)) {
      const blackout = blackoutOf(timetable, end - 1);
      if (blackout === null) return end;
      end = blackout.fromAt;
    } else {
      const closed = lastEnd(timetable, end - 1, 'open');
      if (closed === null) return null;
      end = closed;
    }
  }
  return null;
}

function blackoutOf({ schedule, calendars }: Timetable, at: Instant) {
  return blackoutAt(calendars, schedule.zone, at);
}

function nextInState({ schedule }: Timetable, at: Instant, state: WindowState): Instant | null {
  const { windows, zone } = schedule;
  return inZone(zone, firstInState(windows, reachedWall(zone, at), state));
}

function lastEnd({ schedule }: Timetable, at: Instant, state: WindowState): Instant | null {
  const { windows, zone } = schedule;
  return inZone(zone, endOfLastInState(windows, reachedWall(zone, at), state));
}

function inZone(zone: string, wall: Wall | null): Instant | null {
  return wall === null ? null : instantOf(zone, wall);
}

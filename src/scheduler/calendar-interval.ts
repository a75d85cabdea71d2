// Steps of months and days in a zone: the schedule's start moved on by a multiple, always counted from the start, so that
// 31 January, 28 February, 31 March follow each other.
import type { Instant } from '../model/instant.ts';
import { instantOf, reachedWall, type Wall, wallAt } from './local-time.ts';

/** A start and the length of a step. */
export interface CalendarSteps {
  readonly startAt: Instant;
  readonly zone: string;
  readonly months: number;
  readonly days: number;
}

const DAY_MS = 86_400_000;
/** Of the Gregorian calendar, over its 400 years. */
const MEAN_MONTH_MS = 30.436875 * DAY_MS;
/** An estimate by mean lengths is never further off than this. */
const SLACK = 3;

/** The first step strictly after an instant; the start is step 0. */
export function nextCalendarStep(steps: CalendarSteps, after: Instant): Instant | null {
  if (after < steps.startAt) return steps.startAt;
  if (lengthOf(steps) <= 0) return null;
  for (let n = Math.max(1, estimate(steps, after) - SLACK); ; n++) {
    const at = stepAt(steps, n);
    if (at > after) return at;
  }
}

/** The last step strictly before an instant. */
export function previousCalendarStep(steps: CalendarSteps, before: Instant): Instant | null {
  if (before <= steps.startAt) return null;
  if (lengthOf(steps) <= 0) return steps.startAt;
  for (let n = estimate(steps, before) + SLACK; n > 0; n--) {
    const at = stepAt(steps, n);
    if (at < before) return at;
  }
  return steps.startAt;
}

function lengthOf({ months, days }: CalendarSteps): number {
  return months * MEAN_MONTH_MS + days * DAY_MS;
}

function estimate(steps: CalendarSteps, at: Instant): number {
  return Math.floor((reachedWall(steps.zone, at) - wallAt(steps.zone, steps.startAt)) / lengthOf(steps));
}

/** Steps from 1 on. Step 0 is the start itself, though its local time may have come an hour before it already. */
function stepAt({ startAt, zone, months, days }: CalendarSteps, n: number): Instant {
  return instantOf(zone, addMonths(wallAt(zone, startAt), n * months) + n * days * DAY_MS);
}

function addMonths(wall: Wall, months: number): Wall {
  const date = new Date(wall);
  const month = date.getUTCMonth() + months;
  const lastDay = new Date(Date.UTC(date.getUTCFullYear(), month + 1, 0)).getUTCDate();
  const day = Math.min(date.getUTCDate(), lastDay);
  const timeOfDay = wall - Math.floor(wall / DAY_MS) * DAY_MS;
  return Date.UTC(date.getUTCFullYear(), month, day) + timeOfDay;
}

// What each trigger gives by itself. The schedule's start is kept here; its end, windows and calendars are not, save that
// `continuous` is made of them.
import type { Instant } from '../model/instant.ts';
import type { Trigger } from '../model/schedule.ts';
import { allowedSince, allowedUntil, isAllowed, lastAllowedEnd, nextAllowed } from './allowed-time.ts';
import { nextCalendarStep, previousCalendarStep } from './calendar-interval.ts';
import { nextCron, previousCron } from './cron.ts';
import type { Timetable } from './timetable.ts';

/** The first instant strictly after another one at which any of the triggers fires; null: none does any more. */
export function nextCandidate(timetable: Timetable, after: Instant): Instant | null {
  const from = Math.max(after, timetable.schedule.startAt - 1);
  let first: Instant | null = null;
  for (const trigger of timetable.schedule.triggers) {
    const at = nextOf(timetable, trigger, from);
    if (at !== null && (first === null || at < first)) first = at;
  }
  return first;
}

/** The last instant strictly before another one at which any of the triggers fires; null: none did. */
export function previousCandidate(timetable: Timetable, before: Instant): Instant | null {
  let last: Instant | null = null;
  for (const trigger of timetable.schedule.triggers) {
    const at = previousOf(timetable, trigger, before);
    if (at !== null && (last === null || at > last)) last = at;
  }
  return last === null || last < timetable.schedule.startAt ? null : last;
}

function nextOf(timetable: Timetable, trigger: Trigger, after: Instant): Instant | null {
  const { startAt, zone } = timetable.schedule;
  switch (trigger.kind) {
    case 'now':
      return startAt > after ? startAt : null;
    case 'once':
      return trigger.at > after ? trigger.at : null;
    case 'interval':
      return startAt + (Math.floor((after - startAt) / trigger.everyMs) + 1) * trigger.everyMs;
    case 'calendar':
      return nextCalendarStep({ ...trigger, startAt, zone }, after);
    case 'cron':
      return nextCron({ ...trigger, zone }, after);
    case 'continuous':
      return nextBeginning(timetable, after);
    case 'after':
      return null;
    default:
      return trigger satisfies never;
  }
}

function previousOf(timetable: Timetable, trigger: Trigger, before: Instant): Instant | null {
  const { startAt, zone } = timetable.schedule;
  switch (trigger.kind) {
    case 'now':
      return startAt < before ? startAt : null;
    case 'once':
      return trigger.at < before ? trigger.at : null;
    case 'interval':
      return startAt + (Math.ceil((before - startAt) / trigger.everyMs) - 1) * trigger.everyMs;
    case 'calendar':
      return previousCalendarStep({ ...trigger, startAt, zone }, before);
    case 'cron':
      return previousCron({ ...trigger, zone }, before);
    case 'continuous':
      return previousBeginning(timetable, before);
    case 'after':
      return null;
    default:
      return trigger satisfies never;
  }
}

/** When `continuous` may first run; what is allowed then may have begun long before. */
function earliestOf({ schedule, enabledAt }: Timetable): Instant {
  return Math.max(schedule.startAt, enabledAt);
}

function nextBeginning(timetable: Timetable, after: Instant): Instant | null {
  const earliest = earliestOf(timetable);
  if (after < earliest) return nextAllowed(timetable, earliest);
  const overAt = isAllowed(timetable, after) ? allowedUntil(timetable, after) : after;
  return overAt === null ? null : nextAllowed(timetable, overAt);
}

function previousBeginning(timetable: Timetable, before: Instant): Instant | null {
  const earliest = earliestOf(timetable);
  const end = lastAllowedEnd(timetable, before);
  if (end === null || end <= earliest) return null;
  return Math.max(allowedSince(timetable, end - 1) ?? earliest, earliest);
}

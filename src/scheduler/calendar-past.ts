// What a calendar held before it was replaced: the time until then stays as it was, so that nothing that it forbade is missed.
import type { Calendar, CalendarEvent, EarlierEvents } from '../model/calendar.ts';
import type { Instant } from '../model/instant.ts';

const DAY_MS = 86_400_000;
/** A platform that was away for this long may still have to settle what was due. */
const KEPT_MS = 30 * DAY_MS;
const MOST_KEPT = 20;

/** What counts of a calendar until an instant at which it is given another source: of 30 days, and of the last 20 replacements. */
export function calendarPast(before: Calendar, source: string, untilAt: Instant): readonly EarlierEvents[] {
  const sinceAt = untilAt - KEPT_MS;
  const kept = (before.earlier ?? []).filter((each) => each.untilAt > sinceAt);
  if (source === before.source) return kept;
  const events = before.events.filter((event) => mayOverlap(event, sinceAt, untilAt));
  return [...kept, { events, untilAt }].slice(-MOST_KEPT);
}

/** Local times are within a day of the same times in UTC. */
function mayOverlap(event: CalendarEvent, sinceAt: Instant, untilAt: Instant): boolean {
  if (event.kind === 'exact') return event.fromAt < untilAt && event.toAt > sinceAt;
  return Date.parse(`${event.from}Z`) < untilAt + DAY_MS && Date.parse(`${event.to}Z`) > sinceAt - DAY_MS;
}

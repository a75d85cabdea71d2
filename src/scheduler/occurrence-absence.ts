// Why nothing is due at an instant.
import type { Instant } from '../model/instant.ts';
import { inWindowAt } from './allowed-time.ts';
import { coveringEvent } from './blackouts.ts';
import { nextCandidate } from './candidates.ts';
import { isOccurrence, nextOccurrence, previousOccurrence } from './occurrences.ts';
import { instantInWords, windowsInWords } from './schedule-words.ts';
import type { Timetable } from './timetable.ts';

/** Why there is no occurrence at an instant, in words; null: there is one. */
export function absenceInWords(timetable: Timetable, at: Instant): string | null {
  const { startAt, endAt, triggers } = timetable.schedule;
  if (isOccurrence(timetable, at)) return null;
  if (at < startAt) return `the schedule begins only at ${instantInWords(startAt)}`;
  if (endAt !== undefined && at >= endAt) return `the schedule ended at ${instantInWords(endAt)}`;
  if (triggers.every(({ kind }) => kind === 'after')) return 'it runs only after other instances, not at any time';
  const continuous = triggers.some(({ kind }) => kind === 'continuous');
  const forbidden = continuous || nextCandidate(timetable, at - 1) === at ? forbiddenBy(timetable, at) : null;
  return forbidden ?? `nothing in the schedule says so: ${neighbours(timetable, at)}`;
}

function forbiddenBy(timetable: Timetable, at: Instant): string | null {
  const { windows, zone } = timetable.schedule;
  if (!inWindowAt(timetable, at)) return `it is outside of the times allowed (${windowsInWords(windows)} in ${zone})`;
  const event = coveringEvent(timetable.calendars, zone, at);
  if (event === null) return null;
  const { calendar, summary, fromAt, toAt } = event;
  return `it is in '${summary}' of the calendar ${calendar} (${instantInWords(fromAt)} to ${instantInWords(toAt)})`;
}

function neighbours(timetable: Timetable, at: Instant): string {
  const before = previousOccurrence(timetable, at, timetable.schedule.startAt);
  const after = nextOccurrence(timetable, at);
  const last =
    before === null ? 'no occurrence is before it' : `the occurrence before it is at ${instantInWords(before)}`;
  return `${last}, ${after === null ? 'none is after it' : `the one after it at ${instantInWords(after)}`}`;
}

// Quiet hours: local times of day at which nobody is to be disturbed.
import type { ActionRules } from '../model/action.ts';
import type { Instant } from '../model/instant.ts';

const DAY_MINUTES = 1440;

/**
 * When the quiet hours end in which an instant lies; null: it lies in none. Quiet hours that end at or before the time of day at which they
 * begin end on the next day. An end that a change of the clock skips is the first instant after the gap.
 */
export function quietUntil(quiet: ActionRules['quiet'], zone: string, now: Instant): Instant | null {
  if (quiet === null) return null;
  const here = Temporal.Instant.fromEpochMilliseconds(now).toZonedDateTimeISO(zone);
  const minute = here.hour * 60 + here.minute;
  const from = quiet.fromMinute;
  // Midnight may be written as the end of the day.
  const to = quiet.toMinute % DAY_MINUTES;
  const isQuiet = from < to ? from <= minute && minute < to : minute >= from || minute < to;
  if (!isQuiet) return null;
  const day = here.toPlainDate().add({ days: to <= minute ? 1 : 0 });
  return firstInstantOf(day.toPlainDateTime(new Temporal.PlainTime(Math.floor(to / 60), to % 60)), zone);
}

function firstInstantOf(local: Temporal.PlainDateTime, zone: string): Instant {
  const later = local.toZonedDateTime(zone, { disambiguation: 'compatible' });
  if (later.toPlainDateTime().equals(local)) return later.epochMilliseconds;
  const beforeGap = local.toZonedDateTime(zone, { disambiguation: 'earlier' });
  return beforeGap.getTimeZoneTransition('next')?.epochMilliseconds ?? later.epochMilliseconds;
}

/** A time of day as people read it: `06:30 (Europe/Berlin)`. */
export function clockTime(at: Instant, zone: string): string {
  const local = Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(zone).toPlainTime();
  return `${local.toString({ smallestUnit: 'minute' })} (${zone})`;
}

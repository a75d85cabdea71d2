// Times as people type them: an instant, or what a clock on their wall shows.
import { BerthError } from '../model/errors.ts';
import type { Instant } from '../model/instant.ts';

const TIME_OF_DAY = /^([01]?\d|2[0-3]):[0-5]\d(?::[0-5]\d)?$/;

/** An ISO 8601 instant as it is; a local date with its time (`2027-01-31T08:00`) as the instant that it is in a zone; anything else as it is. */
export function instantIn(text: string, zone: string): string {
  if (!/^\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(?::\d{2})?$/.test(text)) return text;
  try {
    return Temporal.PlainDateTime.from(text.replace(' ', 'T')).toZonedDateTime(zone).toInstant().toString();
  } catch (error) {
    if (error instanceof RangeError) return text;
    throw error;
  }
}

/** The last time that clocks in a zone showed `08:00`; or a date with its time there; or an ISO 8601 instant. @throws cli.usage */
export function lastTimeOf(
  text: string,
  { zone, now }: { readonly zone: string; readonly now: Instant },
  command: string,
): string {
  if (TIME_OF_DAY.test(text)) return lastTimeOfDay(/^\d:/.test(text) ? `0${text}` : text, zone, now);
  const instant = instantIn(text, zone);
  try {
    return Temporal.Instant.from(instant).toString();
  } catch (cause) {
    const detail = `"${text}" is not a time such as 08:00, 2027-01-31T08:00 or 2027-01-31T08:00:00Z.`;
    throw new BerthError('cli.usage', { detail, command }, { cause });
  }
}

function lastTimeOfDay(text: string, zone: string, now: Instant): string {
  const here = Temporal.Instant.fromEpochMilliseconds(now).toZonedDateTimeISO(zone);
  const today = here.toPlainDate().toZonedDateTime({ timeZone: zone, plainTime: Temporal.PlainTime.from(text) });
  const isPast = Temporal.ZonedDateTime.compare(today, here) <= 0;
  return (isPast ? today : today.subtract({ days: 1 })).toInstant().toString();
}

// Lengths of time as people write them: ISO 8601 (`PT1H30M`, `P1D`) or short (`1h30m`, `10s`, `500ms`).

const SHORT = /^(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m(?!s))?(?:(\d+)s)?(?:(\d+)ms)?$/;
const UNIT_MS = [86_400_000, 3_600_000, 60_000, 1000, 1];
const UNITS = ['d', 'h', 'm', 's', 'ms'];
// With a year, a month or a week a length would depend on the calendar; a day is 24 hours here.
const ISO = /^P(?!$)(?:\d+D)?(?:T(?=\d)(?:\d+H)?(?:\d+M)?(?:\d+(?:[.,]\d{1,3})?S)?)?$/;
const CALENDAR = /^P(?!$)(?:(\d{1,4})Y)?(?:(\d{1,4})M)?(?:(\d{1,4})W)?(?:(\d{1,4})D)?$/;

/** What durationMs reads, in words. */
export const DURATION_WORDS = 'a length of time such as "10s", "1h30m", "2d" or "PT10S"';

/** The milliseconds of a length of time; undefined when the text is none, or longer than JavaScript can count. */
export function durationMs(text: string): number | undefined {
  const totalMs = ISO.test(text) ? Temporal.Duration.from(text).total({ unit: 'milliseconds' }) : shortMs(text);
  return totalMs !== undefined && Number.isSafeInteger(totalMs) ? totalMs : undefined;
}

/** The months and days of a length of the calendar (`P1Y2M`, `P1W`, `P1D`), longer than zero; undefined when the text is none. */
export function calendarLength(text: string): { readonly months: number; readonly days: number } | undefined {
  const found = CALENDAR.exec(text)?.slice(1);
  if (found === undefined) return undefined;
  const [years = 0, months = 0, weeks = 0, days = 0] = found.map((digits) => Number(digits ?? 0));
  const length = { months: years * 12 + months, days: weeks * 7 + days };
  return length.months + length.days > 0 ? length : undefined;
}

/** A length of time as durationMs reads it, such as `1h30m`. */
export function durationText(ms: number): string {
  const parts: string[] = [];
  let left = ms;
  for (const [index, unit] of UNIT_MS.entries()) {
    const count = Math.floor(left / unit);
    if (count > 0) parts.push(`${count}${UNITS[index]}`);
    left -= count * unit;
  }
  return parts.join('') || '0s';
}

function shortMs(text: string): number | undefined {
  const numbers = text === '' ? undefined : SHORT.exec(text)?.slice(1);
  return numbers?.reduce((totalMs, number, index) => totalMs + Number(number ?? 0) * (UNIT_MS[index] ?? 0), 0);
}

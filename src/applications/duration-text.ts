// Lengths of time as people write them: ISO 8601 (`PT1H30M`, `P1D`) or short (`1h30m`, `10s`, `500ms`).

const SHORT = /^(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m(?!s))?(?:(\d+)s)?(?:(\d+)ms)?$/;
const UNIT_MS = [86_400_000, 3_600_000, 60_000, 1000, 1];
// With a year, a month or a week a length would depend on the calendar; a day is 24 hours here.
const ISO = /^P(?!$)(?:\d+D)?(?:T(?=\d)(?:\d+H)?(?:\d+M)?(?:\d+(?:[.,]\d{1,3})?S)?)?$/;

/** What durationMs reads, in words. */
export const DURATION_WORDS = 'a length of time such as "10s", "1h30m", "2d" or "PT10S"';

/** The milliseconds of a length of time; undefined when the text is none, or longer than JavaScript can count. */
export function durationMs(text: string): number | undefined {
  const totalMs = ISO.test(text) ? Temporal.Duration.from(text).total({ unit: 'milliseconds' }) : shortMs(text);
  return totalMs !== undefined && Number.isSafeInteger(totalMs) ? totalMs : undefined;
}

function shortMs(text: string): number | undefined {
  const numbers = text === '' ? undefined : SHORT.exec(text)?.slice(1);
  return numbers?.reduce((totalMs, number, index) => totalMs + Number(number ?? 0) * (UNIT_MS[index] ?? 0), 0);
}

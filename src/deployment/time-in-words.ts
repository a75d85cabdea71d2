// Times as people read them in reasons.
import type { Instant } from '../model/instant.ts';

/** `12:03:04 UTC`, with its date when that is not today's. */
export function timeInWords(at: Instant, now: Instant): string {
  const [date, time] = new Date(at).toISOString().split('T');
  const words = `${time?.slice(0, 8)} UTC`;
  return new Date(now).toISOString().startsWith(`${date}T`) ? words : `${date} ${words}`;
}

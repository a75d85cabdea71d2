// Times as people give them to logs: an instant, or a length of time back from now.
import { BerthError } from '../model/errors.ts';
import type { Instant } from '../model/instant.ts';

const SHORT = /^(\d{1,12})(ms|s|m|h|d)$/;
const UNIT_MS = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;
/** What a date can be (ECMA-262, section 21.4.1.1). */
const FURTHEST_MS = 8.64e15;

/** Reads `2026-11-22T08:00:00Z`, `PT10M` or `10m`. @throws request.invalid */
export function sinceTime(text: string, now: Instant): Instant {
  const at = readTime(text, now);
  if (Math.abs(at) > FURTHEST_MS) throw new BerthError('request.invalid', { detail: `"${text}" lies too far away.` });
  return at;
}

function readTime(text: string, now: Instant): Instant {
  const short = SHORT.exec(text);
  if (short) return now - Number(short[1]) * UNIT_MS[short[2] as keyof typeof UNIT_MS];
  try {
    return text.startsWith('P')
      ? now - Temporal.Duration.from(text).total('milliseconds')
      : Temporal.Instant.from(text).epochMilliseconds;
  } catch (cause) {
    const detail = `"${text}" is not a time such as 2026-11-22T08:00:00Z, nor a length of time such as 10m or PT10M.`;
    throw new BerthError('request.invalid', { detail }, { cause });
  }
}

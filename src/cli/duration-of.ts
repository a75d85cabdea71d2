// Lengths of time as people type them.
import { BerthError } from '../model/errors.ts';

const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** `90s`, `10m`, `2h` or `1d` in milliseconds. @throws cli.usage */
export function durationOf(text: string, command: string): number {
  const [, count, unit = ''] = /^(\d+)(ms|s|m|h|d)$/.exec(text) ?? [];
  const size = UNITS[unit];
  if (count === undefined || size === undefined)
    throw new BerthError('cli.usage', { detail: `"${text}" is not a length of time such as 30s, 10m or 2h.`, command });
  return Number(count) * size;
}

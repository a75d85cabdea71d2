// Rates as people type them.
import { BerthError } from '../model/errors.ts';

const MOST_HZ = 10_000;

/** Readings per second. @throws cli.usage */
export function rateOf(text: string, command: string): number {
  const rate = Number(text);
  if (rate > 0 && rate <= MOST_HZ) return rate;
  throw new BerthError('cli.usage', { detail: `"${text}" is not a number above 0, of ${MOST_HZ} at most.`, command });
}

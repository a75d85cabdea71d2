// The few statistics that the bench reports.

/** The middle value; the mean of the two middle ones of an even number. @throws RangeError for no values */
export function median(values: readonly number[]): number {
  return (percentile(values, 0.5, Math.floor) + percentile(values, 0.5, Math.ceil)) / 2;
}

/** The value below which the given share lies; `round` chooses between two ranks. @throws RangeError for no values */
export function percentile(values: readonly number[], share: number, round = Math.ceil): number {
  const sorted = values.toSorted((a, b) => a - b);
  const value = sorted[round(share * (sorted.length - 1))];
  if (value === undefined) throw new RangeError('there is no value to take a percentile of');
  return value;
}

/** How late many things were, in milliseconds. */
export interface Lateness {
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly mostMs: number;
}

/** The lateness of many; zeros for none. */
export function latenessOf(milliseconds: readonly number[]): Lateness {
  const sorted = milliseconds.toSorted((a, b) => a - b);
  const at = (share: number) => sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? 0;
  return { p50Ms: at(0.5), p99Ms: at(0.99), mostMs: at(1) };
}

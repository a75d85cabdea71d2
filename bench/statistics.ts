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

// Times as containers print them and as the bench reads them. The bench, the engines and the servers of the test fleet share one
// kernel and so one wall clock; figures that were taken across machines would need the offsets of their clocks.

/** Now in milliseconds since the epoch, with fractions. */
export function wallNow(): number {
  return performance.timeOrigin + performance.now();
}

/** What Python's time.time_ns() printed, in milliseconds. @throws RangeError for anything else */
export function millisecondsOf(nanoseconds: string): number {
  const value = Number(nanoseconds) / 1e6;
  if (Number.isFinite(value) && value > 0) return value;
  throw new RangeError(`${JSON.stringify(nanoseconds)} is no time in nanoseconds`);
}

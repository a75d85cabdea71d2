// How far a node's clock is from the platform's, from several readings. The quickest answer knows best; and what cannot be told from nothing
// is nothing, because two machines that keep time agree better than a question and its answer can show.

/** How many of the last readings count. */
const READINGS = 5;

/** One reading: node clock minus platform clock, and by how much it may be wrong. Milliseconds. */
export interface OffsetReading {
  readonly offsetMs: number;
  readonly withinMs: number;
}

/** The last few readings of a clock offset. */
export type OffsetReadings = readonly OffsetReading[];

/** The readings with one more. Those that cannot be true beside it are of a clock that was set since, and are forgotten. */
export function withReading(readings: OffsetReadings, reading: OffsetReading): OffsetReadings {
  const agreeing = readings.filter(
    ({ offsetMs, withinMs }) => Math.abs(offsetMs - reading.offsetMs) <= withinMs + reading.withinMs,
  );
  return [...agreeing, reading].slice(-READINGS);
}

/** The offset that they show, in whole milliseconds; zero without readings. */
export function clockOffset(readings: OffsetReadings): number {
  const [best] = readings.toSorted((a, b) => a.withinMs - b.withinMs);
  return best && Math.abs(best.offsetMs) > best.withinMs ? Math.round(best.offsetMs) : 0;
}

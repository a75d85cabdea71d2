// How far a node's clock is from the platform's, from several readings.

/** How many of the last readings count. */
const READINGS = 5;

/** The last few readings of a clock offset, in milliseconds. */
export type OffsetReadings = readonly number[];

/** The readings with one more, the oldest forgotten. */
export function withReading(readings: OffsetReadings, offsetMs: number): OffsetReadings {
  return [...readings, offsetMs].slice(-READINGS);
}

/** Their median, whole milliseconds: one slow answer does not move it. Zero without readings. */
export function medianOffset(readings: OffsetReadings): number {
  const sorted = [...readings].sort((a, b) => a - b);
  return Math.round(sorted[Math.floor(sorted.length / 2)] ?? 0);
}

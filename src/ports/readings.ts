// Raw readings of sensors, for a bounded time. Plots over longer times come from Series.
import type { Instant } from '../model/instant.ts';
import type { KeptReading, SensorReading } from '../model/sensor.ts';

/** Which readings of one sensor: from `fromAt` on, before `toAt`, oldest first, at most so many after a sequence. */
export interface ReadingQuery {
  readonly sensor: string;
  readonly fromAt: Instant;
  readonly toAt: Instant;
  /** Goes on after this one; 0: from the beginning. */
  readonly after: number;
  readonly limit: number;
}

/** No reading's time lies further ahead of its arrival; who takes readings in sees to it. */
export const READING_AHEAD_MS = 60_000;

/** Raw readings, in the order in which they came. */
export interface Readings {
  /** Resolves when they are durable, with them as they are kept: sequences grow in their order, and never come again. */
  append(readings: readonly SensorReading[]): Promise<readonly KeptReading[]>;
  /** Readings of these sensors that came after a sequence, in order, at most `limit`. */
  since(sensors: readonly string[], sequence: number, limit: number): Promise<readonly KeptReading[]>;
  /** The last one of each of these sensors that has any. */
  latest(sensors: readonly string[]): Promise<readonly KeptReading[]>;
  /** The newest of one sensor that are at or after an instant, oldest first, at most `limit`. */
  recent(sensor: string, fromAt: Instant, limit: number): Promise<readonly KeptReading[]>;
  range(query: ReadingQuery): Promise<readonly KeptReading[]>;
  /** The sequence of the last reading that was ever kept; 0: none was. */
  lastSequence(): Promise<number>;
  /** Forgets at most `most` of those older than an instant; gives how many. */
  forgetBefore(at: Instant, most: number): Promise<number>;
  close(): Promise<void>;
}

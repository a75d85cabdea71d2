// Numeric fields of readings over time, for plots: gathered into buckets in memory, appended to the series in bulk.

import type { KeptReading } from '../model/sensor.ts';
import type { Cancel, Clock } from '../ports/clock.ts';
import type { Log } from '../ports/log.ts';
import {
  bucketOf,
  mergedBuckets,
  SERIES_TIERS,
  type Series,
  type SeriesBucket,
  type SeriesPortion,
} from '../ports/series.ts';

/** What the series of readings need. */
export interface ReadingSeriesParts {
  readonly series: Series;
  readonly clock: Clock;
  readonly log: Log;
}

const FLUSH_EVERY_MS = 5000;
const STEP_MS = SERIES_TIERS[0]?.stepMs ?? FLUSH_EVERY_MS;
/** A series takes nothing that is older. */
const OLDEST_MS = 3_600_000;
/** Buckets that wait, at most: some seconds of very many sensors; what is beyond is not plotted. */
const MOST_WAITING = 200_000;

/** The series of a field of a sensor. */
export function readingSeries(sensor: string, field: string): string {
  return `sensor/${sensor}/${field}`;
}

/** Gathers readings until `close`. */
export class ReadingSeries {
  readonly #parts: ReadingSeriesParts;
  /** By series and time. */
  #buckets = new Map<string, SeriesPortion>();
  #cancel: Cancel | undefined;
  #appending: Promise<void> = Promise.resolve();
  #isClosed = false;

  constructor(parts: ReadingSeriesParts) {
    this.#parts = parts;
  }

  /** Adds the named numbers of readings. */
  add(readings: readonly KeptReading[], numbers: readonly string[]): void {
    if (this.#isClosed || numbers.length === 0) return;
    const oldestAt = this.#parts.clock.now() - OLDEST_MS;
    for (const { sensor, at, values } of readings) {
      if (at < oldestAt) continue;
      for (const field of numbers) this.#add(readingSeries(sensor, field), at, Number(values[field]));
    }
    this.#cancel ??= this.#parts.clock.after(FLUSH_EVERY_MS, () => this.#flush());
  }

  /** Appends what waits; the series itself is closed by whoever opened it. */
  async close(): Promise<void> {
    this.#isClosed = true;
    this.#cancel?.();
    this.#flush();
    await this.#appending;
  }

  #add(series: string, at: number, value: number): void {
    const bucket: SeriesBucket = bucketOf({ series, at, value }, STEP_MS);
    const key = `${series} ${bucket.at}`;
    const present = this.#buckets.get(key);
    if (!present && this.#buckets.size >= MOST_WAITING) return;
    this.#buckets.set(key, { series, bucket: present ? mergedBuckets(present.bucket, bucket) : bucket });
  }

  #flush(): void {
    this.#cancel = undefined;
    const portions = [...this.#buckets.values()];
    this.#buckets = new Map();
    if (portions.length === 0) return;
    this.#appending = this.#appending.then(() => this.#append(portions));
  }

  /** A plot with a gap is no reason to disturb anything else. */
  async #append(portions: readonly SeriesPortion[]): Promise<void> {
    try {
      await this.#parts.series.merge(portions);
    } catch (error) {
      this.#parts.log.warn('Readings could not be added to their plots', { buckets: portions.length, error });
    }
  }
}

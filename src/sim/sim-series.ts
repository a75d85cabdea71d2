// Series in memory, with the same tiers and bounds as any other.
import type { Clock } from '../ports/clock.ts';
import {
  bucketOf,
  mergedBuckets,
  pointsOf,
  type Reading,
  type Series,
  type SeriesBucket,
  type SeriesPortion,
  type SeriesQuery,
  type SeriesRange,
  stepFor,
  tierFor,
  tiersOf,
  widened,
} from '../ports/series.ts';

/** Series that end with their process. */
export class SimSeries implements Series {
  readonly #clock: Clock;
  /** By series and step, then by time. */
  readonly #buckets = new Map<string, Map<number, SeriesBucket>>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  async append(readings: readonly Reading[]): Promise<void> {
    await this.merge(readings.map((reading) => ({ series: reading.series, bucket: bucketOf(reading, 1) })));
  }

  async merge(portions: readonly SeriesPortion[]): Promise<void> {
    for (const portion of portions)
      for (const { stepMs, keptMs } of tiersOf(portion.series)) this.#put(portion, stepMs, keptMs);
  }

  async range(query: SeriesQuery): Promise<SeriesRange> {
    const tier = tierFor(query, this.#clock.now());
    const stepMs = stepFor(query, tier);
    const firstAt = Math.max(query.fromAt, this.#clock.now() - tier.keptMs) - tier.stepMs;
    const found = [...(this.#buckets.get(keyOf(query.series, tier.stepMs))?.values() ?? [])]
      .filter(({ at }) => at > firstAt && at < query.toAt)
      .toSorted((a, b) => a.at - b.at);
    return { stepMs, points: pointsOf(found, stepMs) };
  }

  async close(): Promise<void> {
    this.#buckets.clear();
  }

  /** The oldest go as new ones come; they are the first that were put. */
  #put(portion: SeriesPortion, stepMs: number, keptMs: number): void {
    const key = keyOf(portion.series, stepMs);
    const buckets = this.#buckets.get(key) ?? new Map<number, SeriesBucket>();
    this.#buckets.set(key, buckets);
    const bucket = widened(portion.bucket, stepMs);
    const present = buckets.get(bucket.at);
    buckets.set(bucket.at, present ? mergedBuckets(present, bucket) : bucket);
    const oldest = this.#clock.now() - keptMs - stepMs;
    for (const at of buckets.keys()) {
      if (at >= oldest) return;
      buckets.delete(at);
    }
  }
}

function keyOf(series: string, stepMs: number): string {
  return `${series} ${stepMs}`;
}

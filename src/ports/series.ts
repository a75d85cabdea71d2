// Numbers over time, for plots: appended in bulk, kept the coarser the older they are, read by range.
import type { Instant } from '../model/instant.ts';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** How finely readings are kept, and for how long; milliseconds. */
export interface SeriesTier {
  readonly stepMs: number;
  readonly keptMs: number;
}

/** From the finest on, each a step of the next longer than people ask for, so that the last hour is an hour. Every reading goes into one bucket of each; a bucket begins at a multiple of its step. */
export const SERIES_TIERS: readonly SeriesTier[] = [
  { stepMs: 5 * SECOND, keptMs: HOUR + MINUTE },
  { stepMs: MINUTE, keptMs: 7 * DAY + HOUR },
  { stepMs: HOUR, keptMs: 366 * DAY },
];

/** Series of this kind are as many as tasks ever were: an hour's mean of each would be kept for a year. */
const OF_TASKS = 'task/';

/** The tiers in which a series is kept. */
export function tiersOf(series: string): readonly SeriesTier[] {
  return series.startsWith(OF_TASKS) ? SERIES_TIERS.slice(0, -1) : SERIES_TIERS;
}

/** One reading. */
export interface Reading {
  /** Whose it is and what, for example `node/n1/cpu`. */
  readonly series: string;
  readonly at: Instant;
  readonly value: number;
}

/** The readings between `at` and one step later. */
export interface SeriesPoint {
  readonly at: Instant;
  readonly min: number;
  readonly mean: number;
  readonly max: number;
}

/** A part of a series, down-sampled; spans without readings have no point. */
export interface SeriesRange {
  readonly stepMs: number;
  readonly points: readonly SeriesPoint[];
}

/** What is asked for: from `fromAt` on, before `toAt`, in at most so many points. */
export interface SeriesQuery {
  readonly series: string;
  readonly fromAt: Instant;
  readonly toAt: Instant;
  readonly mostPoints: number;
}

/** Numbers over time. What was appended is there for who asks afterwards; the last seconds may be lost with the process. */
export interface Series {
  /** Readings of any series in any order, none of them older than an hour. */
  append(readings: readonly Reading[]): Promise<void>;
  /** The same for many readings that were gathered before into buckets of the finest step. */
  merge(portions: readonly SeriesPortion[]): Promise<void>;
  range(query: SeriesQuery): Promise<SeriesRange>;
  close(): Promise<void>;
}

/** The finest tier that still holds the beginning of a range without more than ten times the points that are wanted. */
export function tierFor({ series, fromAt, toAt, mostPoints }: SeriesQuery, now: Instant): SeriesTier {
  const tiers = tiersOf(series);
  const held = tiers.filter(({ keptMs }) => now - fromAt <= keptMs);
  const fitting = held.find(({ stepMs }) => (toAt - fromAt) / stepMs <= mostPoints * 10);
  const coarsest = tiers.at(-1);
  if (!coarsest) throw new Error('There is a coarsest tier.');
  return fitting ?? coarsest;
}

/** The step of an answer: the smallest multiple of the tier's that keeps to the wanted number of points. */
export function stepFor({ fromAt, toAt, mostPoints }: SeriesQuery, { stepMs }: SeriesTier): number {
  return stepMs * Math.max(1, Math.ceil((toAt - fromAt) / stepMs / mostPoints));
}

/** What is kept of the readings of one bucket. */
export interface SeriesBucket {
  readonly at: Instant;
  readonly count: number;
  readonly sum: number;
  readonly min: number;
  readonly max: number;
}

/** Buckets, in order of time, as points of a greater step. */
export function pointsOf(buckets: readonly SeriesBucket[], stepMs: number): readonly SeriesPoint[] {
  const groups = Map.groupBy(buckets, ({ at }) => Math.floor(at / stepMs) * stepMs);
  return [...groups].map(([at, group]) => {
    const all = group.reduce(mergedBuckets);
    return { at, min: all.min, mean: all.sum / all.count, max: all.max };
  });
}

/** Two buckets as one, at the first one's time. */
export function mergedBuckets(a: SeriesBucket, b: SeriesBucket): SeriesBucket {
  const count = a.count + b.count;
  return { at: a.at, count, sum: a.sum + b.sum, min: Math.min(a.min, b.min), max: Math.max(a.max, b.max) };
}

/** A bucket of the finest step, and whose it is. */
export interface SeriesPortion {
  readonly series: string;
  readonly bucket: SeriesBucket;
}

/** A bucket as part of one of a step that is a multiple of its own. */
export function widened(bucket: SeriesBucket, stepMs: number): SeriesBucket {
  return { ...bucket, at: Math.floor(bucket.at / stepMs) * stepMs };
}

/** A reading as the bucket of a step. */
export function bucketOf({ at, value }: Reading, stepMs: number): SeriesBucket {
  return { at: Math.floor(at / stepMs) * stepMs, count: 1, sum: value, min: value, max: value };
}

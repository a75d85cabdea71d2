// How series lie in documents: each holds the buckets of one series in one tier over one span of time.
import { createHash } from 'node:crypto';
import type { Instant } from '../../model/instant.ts';
import type { SeriesSpan } from '../../model/kept-bytes.ts';
import { mergedBuckets, type SeriesBucket, type SeriesTier } from '../../ports/series.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** Spans by the step of their buckets: 120 to 240 buckets of each, so that few documents hold a plot and none is dear to write again. */
const SPANS: ReadonlyMap<number, number> = new Map([
  [5000, 10 * MINUTE],
  [MINUTE, 4 * HOUR],
  [HOUR, 10 * DAY],
]);
/** Of a tier that came later and has no span of its own yet. */
const BUCKETS_OTHERWISE = 120;

/** Texts in indexed fields may be so long; the rest of an id is for step and time. */
const LONGEST_NAME = 200;
const KEPT_OF_NAME = 120;

/** Buckets that belong into one document and are not in it yet. */
export interface PendingSpan {
  readonly id: string;
  readonly series: string;
  readonly tier: SeriesTier;
  readonly fromAt: Instant;
  readonly buckets: Map<Instant, SeriesBucket>;
}

/** How long a span of a tier is, milliseconds. */
export function spanOf({ stepMs }: SeriesTier): number {
  return SPANS.get(stepMs) ?? stepMs * BUCKETS_OTHERWISE;
}

/** A series' name as documents have it: long ones end in a digest in place of the rest. */
export function keptName(series: string): string {
  if (series.length <= LONGEST_NAME) return series;
  return `${series.slice(0, KEPT_OF_NAME)}~${createHash('sha256').update(series).digest('hex')}`;
}

/** The id of the document of a span. */
export function spanId(series: string, { stepMs }: SeriesTier, fromAt: Instant): string {
  return `${keptName(series)} ${stepMs} ${fromAt}`;
}

/** A document with pending buckets added to those that it had. */
export function filledSpan(before: SeriesSpan | undefined, pending: PendingSpan): SeriesSpan {
  const { id, series, tier, fromAt } = pending;
  const buckets = new Map((before?.buckets ?? []).map(bucketFrom).map((bucket) => [bucket.at, bucket]));
  for (const [at, bucket] of pending.buckets) addTo(buckets, at, bucket);
  const inOrder = [...buckets.values()].toSorted((a, b) => a.at - b.at);
  return {
    ...{ id, series: keptName(series), stepMs: tier.stepMs, fromAt },
    forgetAt: fromAt + spanOf(tier) + tier.keptMs,
    buckets: inOrder.map(({ at, count, sum, min, max }) => [at, count, sum, min, max]),
  };
}

/** The buckets of a document. */
export function bucketsOf({ buckets }: SeriesSpan): readonly SeriesBucket[] {
  return buckets.map(bucketFrom);
}

/** Adds a bucket to what there is of its time. */
export function addTo(buckets: Map<Instant, SeriesBucket>, at: Instant, bucket: SeriesBucket): void {
  const present = buckets.get(at);
  buckets.set(at, present ? mergedBuckets(present, bucket) : bucket);
}

function bucketFrom([at, count, sum, min, max]: SeriesSpan['buckets'][number]): SeriesBucket {
  return { at, count, sum, min, max };
}

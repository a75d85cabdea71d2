// Buckets that wait to be written, by the document that they belong into; the number of documents is bounded.
import { type SeriesPortion, type SeriesTier, tiersOf, widened } from '../../ports/series.ts';
import { addTo, type PendingSpan, spanId, spanOf } from './series-spans.ts';

/** Documents that may wait while the database is away: beyond, those that waited longest are lost. */
const MOST_SPANS = 60_000;

/** What waits. */
export class PendingBuckets {
  /** By id, the one that waits longest first. */
  readonly #spans = new Map<string, PendingSpan>();
  #lost = 0;

  get size(): number {
    return this.#spans.size;
  }

  /** Adds a portion to the document of each of its tiers. */
  add(portion: SeriesPortion): void {
    for (const tier of tiersOf(portion.series)) {
      const bucket = widened(portion.bucket, tier.stepMs);
      const fromAt = Math.floor(bucket.at / spanOf(tier)) * spanOf(tier);
      addTo(this.#span(portion.series, tier, fromAt).buckets, bucket.at, bucket);
    }
    this.#trim();
  }

  /** Puts back what could not be written. */
  giveBack(spans: readonly PendingSpan[]): void {
    for (const { series, tier, fromAt, buckets } of spans) {
      const span = this.#span(series, tier, fromAt);
      for (const [at, bucket] of buckets) addTo(span.buckets, at, bucket);
    }
    this.#trim();
  }

  /** Takes out some that match, those that wait longest first. */
  take(most: number, isWanted: (span: PendingSpan) => boolean): readonly PendingSpan[] {
    const taken: PendingSpan[] = [];
    for (const span of this.#spans.values()) {
      if (taken.length >= most) break;
      if (!isWanted(span)) continue;
      taken.push(span);
      this.#spans.delete(span.id);
    }
    return taken;
  }

  /** Takes out one document's. */
  takeOne(id: string): PendingSpan | undefined {
    const span = this.#spans.get(id);
    this.#spans.delete(id);
    return span;
  }

  /** How many were lost since this was asked before. */
  takeLost(): number {
    const lost = this.#lost;
    this.#lost = 0;
    return lost;
  }

  #span(series: string, tier: SeriesTier, fromAt: number): PendingSpan {
    const id = spanId(series, tier, fromAt);
    const span = this.#spans.get(id) ?? { id, series, tier, fromAt, buckets: new Map() };
    this.#spans.set(id, span);
    return span;
  }

  #trim(): void {
    for (const id of this.#spans.keys()) {
      if (this.#spans.size <= MOST_SPANS) return;
      this.#spans.delete(id);
      this.#lost++;
    }
  }
}

// Series in the platform's database, so that every process plots what any of them measured. Numbers are gathered in memory and written
// together: those of the finest tier every ten seconds, those of the others every minute, because each of them is in a finer tier as well.
// So much may be lost with a process that is killed, and so old may be what another process shows.
//
// INVARIANTS:
// - A document is changed by compare-and-set only, by adding buckets to what it holds: several processes may measure the same.
// - What this process has taken is in its own answers: it is written before they are read.
// - One batch is written at a time; what could not be written waits on, up to a bound.
import type { Instant } from '../../model/instant.ts';
import type { SeriesSpan } from '../../model/kept-bytes.ts';
import type { Cancel, Clock } from '../../ports/clock.ts';
import type { Log } from '../../ports/log.ts';
import {
  bucketOf,
  pointsOf,
  type Reading,
  SERIES_TIERS,
  type Series,
  type SeriesBucket,
  type SeriesPortion,
  type SeriesQuery,
  type SeriesRange,
  type SeriesTier,
  stepFor,
  tierFor,
} from '../../ports/series.ts';
import type { Store, Stored, Write } from '../../ports/store.ts';
import { PendingBuckets } from './pending-buckets.ts';
import { bucketsOf, filledSpan, keptName, type PendingSpan, spanId, spanOf } from './series-spans.ts';

/** How often the finest tier is written; and how many times as seldom the others are, and what is too old is looked for. */
const FLUSH_EVERY_MS = 10_000;
const WHOLE_FLUSH_EVERY = 6;

/** Documents in one batch. */
const SPANS_AT_ONCE = 200;
/** Others may have written the same documents at this moment; it is tried again so often. */
const TRIES = 10;

/** Old documents are deleted so many at a time, and so many after one flush. */
const FORGOTTEN_AT_ONCE = 100;
const MOST_FORGOTTEN = 4000;

/** Readings lie ahead of the clock by no more: an end that somebody asks for beyond is no better. */
const AHEAD_MS = 86_400_000;
const PAGE = 50;

/** What series in a database need. */
export interface StoreSeriesParts {
  /** Not one that tells of what is written: spans are nobody's news. */
  readonly store: Store;
  readonly clock: Clock;
  readonly log: Log;
}

/** Series that all processes of a platform share. */
export class StoreSeries implements Series {
  readonly #parts: StoreSeriesParts;
  readonly #pending = new PendingBuckets();
  #writing: Promise<void> = Promise.resolve();
  #flushing: Promise<void> = Promise.resolve();
  #flushes = 0;
  /** Who writes forgets; who only reads has no business with what is old. */
  #hasWritten = false;
  #cancel: Cancel;
  #isClosed = false;

  constructor(parts: StoreSeriesParts) {
    this.#parts = parts;
    this.#cancel = parts.clock.after(FLUSH_EVERY_MS, () => this.#flushNow());
  }

  append(readings: readonly Reading[]): Promise<void> {
    return this.merge(readings.map((reading) => ({ series: reading.series, bucket: bucketOf(reading, 1) })));
  }

  async merge(portions: readonly SeriesPortion[]): Promise<void> {
    if (this.#isClosed) throw new Error('The series are closed');
    this.#hasWritten = true;
    for (const portion of portions) this.#pending.add(portion);
  }

  async range(query: SeriesQuery): Promise<SeriesRange> {
    const now = this.#parts.clock.now();
    const tier = tierFor(query, now);
    const stepMs = stepFor(query, tier);
    const firstAt = Math.max(query.fromAt, now - tier.keptMs) - tier.stepMs;
    const pastAt = Math.min(query.toAt, now + AHEAD_MS);
    if (pastAt <= firstAt) return { stepMs, points: [] };
    await this.#writeSpans(spanIds(query.series, tier, firstAt, pastAt));
    const found = await this.#stored(query.series, tier, firstAt, pastAt);
    return { stepMs, points: pointsOf(found, stepMs) };
  }

  /** Writes everything that waits, and takes no more. */
  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#cancel();
    await this.#flushing;
    await this.#writeAll(() => true);
    this.#tellLost();
  }

  #flushNow(): void {
    this.#flushing = this.#flush().finally(() => {
      if (!this.#isClosed) this.#cancel = this.#parts.clock.after(FLUSH_EVERY_MS, () => this.#flushNow());
    });
  }

  async #flush(): Promise<void> {
    this.#flushes++;
    const isWhole = this.#flushes % WHOLE_FLUSH_EVERY === 0;
    const finest = SERIES_TIERS[0]?.stepMs;
    try {
      await this.#writeAll(({ tier }) => isWhole || tier.stepMs === finest);
      if (isWhole && this.#hasWritten) await this.#forgetOld(this.#parts.clock.now());
    } catch (error) {
      this.#parts.log.warn('Series could not be written; they wait for the next time', { error });
    }
    this.#tellLost();
  }

  #tellLost(): void {
    const lost = this.#pending.takeLost();
    if (lost > 0) this.#parts.log.error('Series were lost, because they could not be written for long', { lost });
  }

  /** As many batches as what waits now is: what comes meanwhile waits for the next time. */
  async #writeAll(isWanted: (span: PendingSpan) => boolean): Promise<void> {
    for (let batches = Math.ceil(this.#pending.size / SPANS_AT_ONCE); batches > 0; batches--) {
      await this.#inTurn(() => this.#pending.take(SPANS_AT_ONCE, isWanted));
    }
  }

  async #writeSpans(ids: readonly string[]): Promise<void> {
    await this.#inTurn(() => ids.map((id) => this.#pending.takeOne(id)).filter((span) => span !== undefined));
  }

  /** One batch at a time: who reads after it finds all of what was taken out before. */
  #inTurn(take: () => readonly PendingSpan[]): Promise<void> {
    const written = this.#writing.then(() => this.#write(take()));
    this.#writing = written.catch(() => undefined);
    return written;
  }

  async #write(spans: readonly PendingSpan[]): Promise<void> {
    let rest = spans;
    try {
      for (let tries = 0; rest.length > 0 && tries < TRIES; tries++) rest = await this.#tryWrite(rest);
    } finally {
      this.#pending.giveBack(rest);
    }
  }

  /** Gives those that somebody else wrote at the same moment. */
  async #tryWrite(spans: readonly PendingSpan[]): Promise<readonly PendingSpan[]> {
    const { store } = this.#parts;
    const ids = spans.map(({ id }) => id);
    const found = new Map((await store.getMany('seriesSpan', ids)).map((stored) => [stored.doc.id, stored]));
    const results = await store.apply(spans.map((span) => writeOf(found.get(span.id), span)));
    return spans.filter((_, index) => results[index]?.ok !== true);
  }

  async #stored(series: string, tier: SeriesTier, firstAt: Instant, pastAt: Instant): Promise<readonly SeriesBucket[]> {
    const found: SeriesBucket[] = [];
    const where = { series: keptName(series), stepMs: tier.stepMs };
    const bounds = { from: firstAt - spanOf(tier), below: pastAt };
    for (let after: string | undefined; ; ) {
      const query = { where, orderBy: 'fromAt', ...bounds, limit: PAGE, ...(after === undefined ? {} : { after }) };
      const { items, next } = await this.#parts.store.list('seriesSpan', query);
      for (const { doc } of items) found.push(...bucketsOf(doc).filter(({ at }) => at > firstAt && at < pastAt));
      if (next === undefined) return found;
      after = next;
    }
  }

  /** Every process looks; what one has deleted the others do not find. */
  async #forgetOld(now: Instant): Promise<void> {
    const { store } = this.#parts;
    for (let forgotten = 0; forgotten < MOST_FORGOTTEN; forgotten += FORGOTTEN_AT_ONCE) {
      const { items, next } = await store.list('seriesSpan', {
        ...{ orderBy: 'forgetAt', below: now, limit: FORGOTTEN_AT_ONCE },
      });
      await store.apply(
        items.map(({ doc, version }): Write => ({ do: 'delete', kind: 'seriesSpan', id: doc.id, version })),
      );
      if (next === undefined) return;
    }
  }
}

function writeOf(found: Stored<SeriesSpan> | undefined, span: PendingSpan): Write {
  const doc = filledSpan(found?.doc, span);
  if (!found) return { do: 'create', kind: 'seriesSpan', doc };
  return { do: 'update', kind: 'seriesSpan', doc, version: found.version };
}

function spanIds(series: string, tier: SeriesTier, firstAt: Instant, pastAt: Instant): readonly string[] {
  const span = spanOf(tier);
  const first = Math.floor(firstAt / span) * span;
  const count = Math.ceil((pastAt - first) / span);
  return Array.from({ length: count }, (_, index) => spanId(series, tier, first + index * span));
}

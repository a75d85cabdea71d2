// Series in one SQLite file of their own: what is lost with the last seconds is a few points of a plot, so it does not wait for the
// disk, and the platform's documents never wait for it.
import { closeSync, openSync } from 'node:fs';
import { DatabaseSync, type StatementSync } from 'node:sqlite';
import type { Instant } from '../../model/instant.ts';
import type { Clock } from '../../ports/clock.ts';
import {
  bucketOf,
  mergedBuckets,
  pointsOf,
  type Reading,
  SERIES_TIERS,
  type Series,
  type SeriesBucket,
  type SeriesPortion,
  type SeriesQuery,
  type SeriesRange,
  stepFor,
  tierFor,
  tiersOf,
  widened,
} from '../../ports/series.ts';

/** SQLite's calls are synchronous: the loop gets a turn after so many rows. */
const ROWS_AT_ONCE = 500;
const TRIM_EVERY_MS = 60_000;
/** Series that one trim looks at: those of tasks are many, and what is kept a little longer does no harm. */
const TRIMMED_AT_ONCE = 4000;
/** Numbers of series that are remembered. */
const MOST_IDS = 100_000;
const BUSY_MS = 2000;

const SCHEMA = `
  PRAGMA journal_mode = WAL;
  PRAGMA synchronous = NORMAL;
  CREATE TABLE IF NOT EXISTS series (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);
  CREATE TABLE IF NOT EXISTS bucket (
    series INTEGER NOT NULL, step_ms INTEGER NOT NULL, at INTEGER NOT NULL,
    count INTEGER NOT NULL, sum REAL NOT NULL, min REAL NOT NULL, max REAL NOT NULL,
    PRIMARY KEY (series, step_ms, at)
  ) WITHOUT ROWID;
`;

const UPSERT = `
  INSERT INTO bucket (series, step_ms, at, count, sum, min, max) VALUES (?, ?, ?, ?, ?, ?, ?)
  ON CONFLICT (series, step_ms, at) DO UPDATE SET
    count = count + excluded.count, sum = sum + excluded.sum, min = min(min, excluded.min), max = max(max, excluded.max)
`;

/** Gives a name its number, an old one or a new one. */
const NAME = 'INSERT INTO series (name) VALUES (?) ON CONFLICT (name) DO UPDATE SET name = name RETURNING id';

interface Row {
  readonly series: number;
  readonly stepMs: number;
  readonly bucket: SeriesBucket;
}

/** Series of an embedded platform. */
export class SqliteSeries implements Series {
  readonly #database: DatabaseSync;
  readonly #clock: Clock;
  readonly #upsert: StatementSync;
  readonly #name: StatementSync;
  readonly #ids = new Map<string, number>();
  #trimmedMs = Number.NEGATIVE_INFINITY;
  #trimmedId = 0;
  /** Appends follow one another: a transaction of one is never another's. */
  #writing: Promise<void> = Promise.resolve();
  #isClosed = false;

  private constructor(database: DatabaseSync, clock: Clock) {
    this.#database = database;
    this.#clock = clock;
    this.#upsert = database.prepare(UPSERT);
    this.#name = database.prepare(NAME);
  }

  /** Opens or makes the file, readable for its owner only. */
  static open({ path, clock }: { readonly path: string; readonly clock: Clock }): SqliteSeries {
    closeSync(openSync(path, 'a', 0o600));
    const database = new DatabaseSync(path, { timeout: BUSY_MS });
    database.exec(SCHEMA);
    return new SqliteSeries(database, clock);
  }

  append(readings: readonly Reading[]): Promise<void> {
    return this.merge(readings.map((reading) => ({ series: reading.series, bucket: bucketOf(reading, 1) })));
  }

  merge(portions: readonly SeriesPortion[]): Promise<void> {
    const written = this.#writing.then(() => this.#write(portions));
    this.#writing = written.catch(() => undefined);
    return written;
  }

  async range(query: SeriesQuery): Promise<SeriesRange> {
    const tier = tierFor(query, this.#clock.now());
    const stepMs = stepFor(query, tier);
    const found = this.#database
      .prepare(
        `SELECT at, count, sum, min, max FROM bucket
         WHERE series = (SELECT id FROM series WHERE name = ?) AND step_ms = ? AND at > ? AND at < ? ORDER BY at`,
      )
      .all(query.series, tier.stepMs, query.fromAt - tier.stepMs, query.toAt);
    return { stepMs, points: pointsOf(found.map(bucketFrom), stepMs) };
  }

  async close(): Promise<void> {
    await this.#writing;
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#database.close();
  }

  async #write(portions: readonly SeriesPortion[]): Promise<void> {
    for (let done = 0; done < portions.length; done += ROWS_AT_ONCE) {
      this.#inTransaction(() => {
        for (const { series } of portions.slice(done, done + ROWS_AT_ONCE)) this.#id(series);
      });
      await this.#turn();
    }
    const rows = this.#rows(portions);
    for (let done = 0; done < rows.length; done += ROWS_AT_ONCE) {
      this.#inTransaction(() => {
        for (const row of rows.slice(done, done + ROWS_AT_ONCE)) this.#put(row);
      });
      await this.#turn();
    }
    if (this.#clock.monotonic() - this.#trimmedMs >= TRIM_EVERY_MS) await this.#trim(this.#clock.now());
  }

  /** Readings of one bucket are one row, whatever their number. */
  #rows(portions: readonly SeriesPortion[]): readonly Row[] {
    const rows = new Map<string, Row>();
    for (const portion of portions) {
      const series = this.#id(portion.series);
      for (const { stepMs } of tiersOf(portion.series)) {
        const bucket = widened(portion.bucket, stepMs);
        const key = `${series} ${stepMs} ${bucket.at}`;
        const present = rows.get(key);
        rows.set(key, { series, stepMs, bucket: present ? mergedBuckets(present.bucket, bucket) : bucket });
      }
    }
    return [...rows.values()];
  }

  #put({ series, stepMs, bucket }: Row): void {
    this.#upsert.run(series, stepMs, bucket.at, bucket.count, bucket.sum, bucket.min, bucket.max);
  }

  #id(name: string): number {
    const known = this.#ids.get(name);
    if (known !== undefined) return known;
    const id = Number(this.#name.get(name)?.id);
    if (this.#ids.size >= MOST_IDS) this.#ids.clear();
    this.#ids.set(name, id);
    return id;
  }

  /** Forgets what each tier of the next series need not hold any more, and those of which nothing is left. */
  async #trim(now: Instant): Promise<void> {
    this.#trimmedMs = this.#clock.monotonic();
    const after = 'SELECT id FROM series WHERE id > ? ORDER BY id LIMIT ?';
    const all = this.#database.prepare(after).all(this.#trimmedId, TRIMMED_AT_ONCE);
    const [from, to] = [this.#trimmedId, Number(all.at(-1)?.id ?? 0)];
    this.#trimmedId = all.length < TRIMMED_AT_ONCE ? 0 : to;
    const forget = this.#database.prepare('DELETE FROM bucket WHERE series = ? AND step_ms = ? AND at < ?');
    for (let done = 0; done < all.length; done += ROWS_AT_ONCE) {
      this.#inTransaction(() => {
        for (const { id } of all.slice(done, done + ROWS_AT_ONCE))
          for (const { stepMs, keptMs } of SERIES_TIERS) forget.run(Number(id), stepMs, now - keptMs - stepMs);
      });
      await this.#turn();
    }
    const empty =
      'DELETE FROM series WHERE id > ? AND id <= ? AND NOT EXISTS (SELECT 1 FROM bucket WHERE bucket.series = series.id)';
    if (Number(this.#database.prepare(empty).run(from, to).changes) > 0) this.#ids.clear();
  }

  #inTransaction(work: () => void): void {
    this.#database.exec('BEGIN');
    try {
      work();
      this.#database.exec('COMMIT');
    } catch (error) {
      this.#database.exec('ROLLBACK');
      throw error;
    }
  }

  #turn(): Promise<void> {
    return new Promise((resolve) => this.#clock.after(0, resolve));
  }
}

function bucketFrom(row: Record<string, unknown>): SeriesBucket {
  const { at, count, sum, min, max } = row;
  return { at: Number(at), count: Number(count), sum: Number(sum), min: Number(min), max: Number(max) };
}

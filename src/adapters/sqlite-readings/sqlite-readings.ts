// Raw readings in one SQLite file of their own, so that the platform's documents never wait for them. Readings that come while a
// transaction is under way share the next one, and so one wait for the disk.
//
// INVARIANTS:
// - A reading is answered, and seen by anybody, only when it is on disk.
// - Sequences are given in the order of the calls, and those that are answered grow in the order of the answers.
import { closeSync, openSync } from 'node:fs';
import { DatabaseSync, type StatementSync } from 'node:sqlite';
import { BerthError } from '../../model/errors.ts';
import type { Instant } from '../../model/instant.ts';
import type { KeptReading, ReadingValues, SensorReading } from '../../model/sensor.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Log } from '../../ports/log.ts';
import { READING_AHEAD_MS, type ReadingQuery, type Readings } from '../../ports/readings.ts';
import type { AppendOrder } from './reading-messages.ts';
import { READING_SCHEMA } from './reading-tables.ts';
import { ReadingWriter } from './reading-writer.ts';

const BUSY_MS = 5000;
/** Readings in one transaction: bounds how long those behind them wait. */
const LARGEST_GROUP = 2000;
/** Readings that may wait; beyond, the disk is not keeping up and callers are told. */
const LONGEST_QUEUE = 200_000;
/** SQLite's reads are synchronous: the loop gets a turn after so many rows. */
const ROWS_AT_ONCE = 2000;

interface Waiting {
  readonly readings: readonly SensorReading[];
  readonly resolve: (kept: readonly KeptReading[]) => void;
  readonly reject: (error: unknown) => void;
}

/** Raw readings of an embedded platform. */
export class SqliteReadings implements Readings {
  readonly #database: DatabaseSync;
  readonly #clock: Clock;
  readonly #writer: ReadingWriter;
  readonly #after: StatementSync;
  readonly #before: StatementSync;
  readonly #ids = new Map<string, number>();
  #waiting: Waiting[] = [];
  #queued = 0;
  #forgetting: (() => Promise<void>)[] = [];
  #writing: Promise<void> | undefined;
  #sequence: number;
  #isClosed = false;

  private constructor(database: DatabaseSync, clock: Clock, writer: ReadingWriter) {
    this.#database = database;
    this.#clock = clock;
    this.#writer = writer;
    const columns = 'SELECT sequence, at, value FROM reading WHERE sensor = ?';
    this.#after = database.prepare(`${columns} AND sequence > ? ORDER BY sequence LIMIT ?`);
    this.#before = database.prepare(`${columns} AND sequence < ? ORDER BY sequence DESC LIMIT ?`);
    this.#sequence = Number(database.prepare('SELECT sequence FROM last').get()?.sequence);
  }

  /** Opens or makes the file, readable for its owner only. */
  static open({ path, clock, log }: { readonly path: string; readonly clock: Clock; readonly log: Log }) {
    closeSync(openSync(path, 'a', 0o600));
    const database = new DatabaseSync(path, { timeout: BUSY_MS });
    database.exec(`${READING_SCHEMA} PRAGMA query_only = ON`);
    return new SqliteReadings(database, clock, new ReadingWriter({ path, busyMs: BUSY_MS }, log));
  }

  append(readings: readonly SensorReading[]): Promise<readonly KeptReading[]> {
    if (this.#isClosed) return Promise.reject(new Error('The readings are closed'));
    if (readings.length === 0) return Promise.resolve([]);
    if (this.#queued + readings.length > LONGEST_QUEUE) return Promise.reject(queueFull());
    const { promise, resolve, reject } = Promise.withResolvers<readonly KeptReading[]>();
    this.#waiting.push({ readings, resolve, reject });
    this.#queued += readings.length;
    this.#writing ??= this.#writeAll();
    return promise;
  }

  async since(sensors: readonly string[], sequence: number, limit: number): Promise<readonly KeptReading[]> {
    const found: KeptReading[] = [];
    let [place, each] = [sequence, Math.ceil(limit / Math.max(1, sensors.length))];
    while (found.length < limit) {
      const parts = sensors.map((sensor) => this.#rows(this.#after, sensor, place, each));
      // Of a sensor that may have more, only what lies before its next is known to be whole.
      const whole = parts.flatMap((part) => (part.length === each ? (part.at(-1)?.sequence ?? []) : []));
      const until = Math.min(Number.MAX_SAFE_INTEGER, ...whole);
      const some = parts.flat().filter((reading) => reading.sequence <= until);
      found.push(...some.sort((a, b) => a.sequence - b.sequence).slice(0, limit - found.length));
      if (whole.length === 0) break;
      // Where few of many sensors give all, pages of each must grow, or they would be very many.
      [place, each] = [until, Math.min(limit, each * 2)];
    }
    return found;
  }

  async latest(sensors: readonly string[]): Promise<readonly KeptReading[]> {
    return sensors.flatMap((sensor) => this.#rows(this.#before, sensor, Number.MAX_SAFE_INTEGER, 1));
  }

  async recent(sensor: string, fromAt: Instant, limit: number): Promise<readonly KeptReading[]> {
    const found: KeptReading[] = [];
    for (let place = Number.MAX_SAFE_INTEGER; found.length < limit; ) {
      const rows = this.#rows(this.#before, sensor, place, ROWS_AT_ONCE);
      const fitting = rows.filter(({ at }) => at >= fromAt);
      found.push(...fitting.slice(0, limit - found.length));
      place = rows.at(-1)?.sequence ?? 0;
      if (rows.length < ROWS_AT_ONCE || fitting.length === 0) break;
      await this.#turn();
    }
    return found.reverse();
  }

  async range({ sensor, fromAt, toAt, after, limit }: ReadingQuery): Promise<readonly KeptReading[]> {
    const found: KeptReading[] = [];
    for (let place = Math.max(after, this.#markBefore(fromAt - READING_AHEAD_MS)); found.length < limit; ) {
      const rows = this.#rows(this.#after, sensor, place, ROWS_AT_ONCE);
      const fitting = rows.filter(({ at }) => at >= fromAt && at < toAt);
      found.push(...fitting.slice(0, limit - found.length));
      if (rows.length < ROWS_AT_ONCE) break;
      place = rows.at(-1)?.sequence ?? place;
      await this.#turn();
    }
    return found;
  }

  async lastSequence(): Promise<number> {
    return Number(this.#database.prepare('SELECT sequence FROM last').get()?.sequence);
  }

  async forgetBefore(at: Instant, most: number): Promise<number> {
    let forgotten = 0;
    for (let behind: number | null = 0; behind !== null && forgotten < most && !this.#isClosed; ) {
      const some = await this.#forgetSome(at, most - forgotten, behind);
      forgotten += some.forgotten;
      behind = some.behind;
    }
    return forgotten;
  }

  /** Writes everything that waits, and takes no more. */
  async close(): Promise<void> {
    if (this.#isClosed) return this.#writing;
    this.#isClosed = true;
    await this.#writing;
    await this.#writer.end();
    this.#database.close();
  }

  /** Sequences after which nothing can lie before an instant. */
  #markBefore(at: Instant): number {
    const row = this.#database.prepare('SELECT sequence FROM mark WHERE at <= ? ORDER BY at DESC LIMIT 1').get(at);
    return Number(row?.sequence ?? 0);
  }

  #rows(statement: StatementSync, sensor: string, place: number, limit: number): KeptReading[] {
    const id = this.#id(sensor);
    if (id === undefined) return [];
    return statement.all(id, place, limit).map(({ sequence, at, value }) => ({
      sequence: Number(sequence),
      sensor,
      at: Number(at),
      values: JSON.parse(String(value)) as ReadingValues,
    }));
  }

  #id(sensor: string): number | undefined {
    const known = this.#ids.get(sensor);
    if (known !== undefined) return known;
    const row = this.#database.prepare('SELECT id FROM sensor WHERE name = ?').get(sensor);
    if (!row) return undefined;
    this.#ids.set(sensor, Number(row.id));
    return Number(row.id);
  }

  #forgetSome(before: Instant, most: number, behind: number) {
    const { promise, resolve, reject } = Promise.withResolvers<{ forgotten: number; behind: number | null }>();
    const order = { do: 'forget', before, most, behind } as const;
    this.#forgetting.push(() => this.#writer.execute(order).then(resolve, reject));
    this.#writing ??= this.#writeAll();
    return promise;
  }

  async #writeAll(): Promise<void> {
    // The rest of this turn of the loop may bring more.
    await this.#turn();
    while (this.#waiting.length + this.#forgetting.length > 0) {
      if (this.#waiting.length > 0) await this.#writeGroup(this.#next());
      await this.#forgetting.shift()?.();
    }
    // In the same step as the last look at what waits: whoever comes next must find nobody at work.
    this.#writing = undefined;
  }

  async #writeGroup(group: readonly Waiting[]): Promise<void> {
    const readings = group.flatMap((waiting) => waiting.readings);
    const first = this.#sequence + 1;
    this.#sequence += readings.length;
    try {
      await this.#writer.execute(orderOf(readings, first, this.#clock.now()));
    } catch (error) {
      for (const { reject } of group) reject(error);
      return;
    }
    let sequence = first;
    for (const waiting of group) {
      waiting.resolve(waiting.readings.map((reading) => ({ ...reading, sequence: sequence++ })));
    }
  }

  #next(): readonly Waiting[] {
    let size = 0;
    const tooMuch = this.#waiting.findIndex(({ readings }, index) => {
      size += readings.length;
      return size > LARGEST_GROUP && index > 0;
    });
    const group = tooMuch < 0 ? this.#waiting : this.#waiting.slice(0, tooMuch);
    this.#waiting = tooMuch < 0 ? [] : this.#waiting.slice(tooMuch);
    this.#queued -= group.reduce((sum, { readings }) => sum + readings.length, 0);
    return group;
  }

  #turn(): Promise<void> {
    return new Promise((resolve) => setImmediate(resolve));
  }
}

function orderOf(readings: readonly SensorReading[], first: number, now: Instant): AppendOrder {
  return {
    do: 'append',
    first,
    now,
    sensors: readings.map(({ sensor }) => sensor).join('\n'),
    times: Float64Array.from(readings, ({ at }) => at),
    values: readings.map(({ values }) => JSON.stringify(values)).join('\n'),
  };
}

function queueFull(): BerthError {
  return new BerthError('platform.queue-full', { queue: 'The queue of readings', limit: LONGEST_QUEUE });
}

// Raw readings in the platform's database, so that several processes may take them in and any may read them.
//
// Sequences are one row for all processes, and a follower goes on behind the last one that it saw: a reading that became visible behind it
// would be lost to it. So whoever writes takes a block of sequences in the document `readings` first, and gives it back when its readings are
// durable; `since` and `lastSequence` go no further than to before the first block that somebody still has. A process that dies with a block
// holds followers up for fifteen seconds; then the block is struck off, and one that was only slow finds that out when it gives it back,
// takes its readings back and writes them again under new sequences. `range`, `recent` and `latest` show what is there.
//
// INVARIANTS:
// - A reading is answered only when it is durable, and `since` gives it: whoever hears of it then does not look in vain.
// - Sequences grow in the order of the calls within a process, and none is ever given twice.
import type { Instant } from '../../model/instant.ts';
import type { KeptReading, SensorReading } from '../../model/sensor.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Log } from '../../ports/log.ts';
import type { Random } from '../../ports/random.ts';
import type { ReadingQuery, Readings } from '../../ports/readings.ts';
import type { Query, Store } from '../../ports/store.ts';
import { forgetReadings } from './forget-readings.ts';
import { ReadingAppender } from './reading-appender.ts';
import { readingsOf } from './reading-batches.ts';
import { SequenceBook } from './sequence-book.ts';
import { SequenceMarks } from './sequence-marks.ts';

/** Documents in one page. */
const SMALLEST_PAGE = 4;
const PAGES_GROW = 4;
const LARGEST_PAGE = 100;
/** Sensors that are looked at side by side. */
const SENSORS_AT_ONCE = 8;
const WRITER_LENGTH = 12;

/** What readings in a database need. */
export interface StoreReadingsParts {
  /** Not one that tells of what is written: readings have followers of their own. */
  readonly store: Store;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
}

/** Some readings of a sensor, and whether more may follow. */
interface Part {
  readonly readings: readonly KeptReading[];
  readonly hasMore: boolean;
}

/** Raw readings that all processes of a platform share. */
export class StoreReadings implements Readings {
  readonly #store: Store;
  readonly #book: SequenceBook;
  readonly #marks: SequenceMarks;
  readonly #appender: ReadingAppender;
  #isClosed = false;

  constructor({ store, clock, random, log }: StoreReadingsParts) {
    this.#store = store;
    this.#book = new SequenceBook({ store, clock, writer: random.id(WRITER_LENGTH) });
    this.#marks = new SequenceMarks(store);
    this.#appender = new ReadingAppender({ store, clock, log, book: this.#book, marks: this.#marks });
  }

  async append(readings: readonly SensorReading[]): Promise<readonly KeptReading[]> {
    if (this.#isClosed) throw new Error('The readings are closed');
    return readings.length === 0 ? [] : this.#appender.append(readings);
  }

  async since(sensors: readonly string[], sequence: number, limit: number): Promise<readonly KeptReading[]> {
    const settled = await this.#book.settled();
    const found: KeptReading[] = [];
    let [place, each] = [sequence, Math.ceil(limit / Math.max(1, sensors.length))];
    while (found.length < limit && place < settled) {
      const [behind, most] = [place, each];
      const parts = await sideBySide(sensors, (sensor) => this.#after(sensor, behind, most));
      // Of a sensor that may have more, only what lies before its next is known to be whole.
      const whole = parts.flatMap(({ readings, hasMore }) => (hasMore ? (readings.at(-1)?.sequence ?? []) : []));
      const until = Math.min(settled, ...whole);
      const some = parts.flatMap(({ readings }) => readings.filter((reading) => reading.sequence <= until));
      found.push(...some.toSorted((a, b) => a.sequence - b.sequence).slice(0, limit - found.length));
      if (whole.length === 0) break;
      // Where few of many sensors give all, pages of each must grow, or they would be very many.
      [place, each] = [until, Math.min(limit, each * 2)];
    }
    return found;
  }

  async latest(sensors: readonly string[]): Promise<readonly KeptReading[]> {
    const parts = await sideBySide(sensors, (sensor) => this.#before(sensor, Number.MAX_SAFE_INTEGER, 1));
    return parts.flatMap(({ readings }) => readings.slice(-1));
  }

  async recent(sensor: string, fromAt: Instant, limit: number): Promise<readonly KeptReading[]> {
    const first = await this.#marks.before(fromAt);
    let found: readonly KeptReading[] = [];
    for (let place = Number.MAX_SAFE_INTEGER; found.length < limit && place > first; ) {
      const { readings, hasMore } = await this.#before(sensor, place, limit);
      found = [...readings.filter(({ at }) => at >= fromAt), ...found];
      place = readings[0]?.sequence ?? 0;
      if (!hasMore) break;
    }
    return found.slice(-limit);
  }

  async range({ sensor, fromAt, toAt, after, limit }: ReadingQuery): Promise<readonly KeptReading[]> {
    const found: KeptReading[] = [];
    for (let place = Math.max(after, await this.#marks.before(fromAt)); found.length < limit; ) {
      const { readings, hasMore } = await this.#after(sensor, place, limit);
      const fitting = readings.filter(({ at }) => at >= fromAt && at < toAt);
      found.push(...fitting.slice(0, limit - found.length));
      if (!hasMore) break;
      place = readings.at(-1)?.sequence ?? place;
    }
    return found;
  }

  lastSequence(): Promise<number> {
    return this.#book.settled();
  }

  forgetBefore(at: Instant, most: number): Promise<number> {
    return forgetReadings({ store: this.#store, marks: this.#marks }, at, most);
  }

  /** Writes everything that waits, and takes no more. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#appender.idle();
  }

  /** Readings of a sensor behind a sequence, in order: as many as are wanted, or some more. */
  async #after(sensor: string, place: number, wanted: number): Promise<Part> {
    const { readings, hasMore } = await this.#documents(sensor, { from: place + 1 }, wanted);
    return { readings: readings.flat().filter(({ sequence }) => sequence > place), hasMore };
  }

  /** The last readings of a sensor before a sequence, in order. */
  async #before(sensor: string, place: number, wanted: number): Promise<Part> {
    const { readings, hasMore } = await this.#documents(sensor, { below: place, direction: 'descending' }, wanted);
    return { readings: readings.toReversed().flat(), hasMore };
  }

  /** Whether a document holds one reading or hundreds is seen by reading some: pages grow until enough have come. */
  async #documents(sensor: string, bounds: Pick<Query, 'from' | 'below' | 'direction'>, wanted: number) {
    const readings: (readonly KeptReading[])[] = [];
    let [count, limit] = [0, Math.min(SMALLEST_PAGE, wanted)];
    for (let after: string | undefined; ; limit = Math.min(LARGEST_PAGE, limit * PAGES_GROW)) {
      const query = { where: { sensor }, orderBy: 'lastSequence', ...bounds, limit };
      const place = after === undefined ? {} : { after };
      const { items, next } = await this.#store.list('readingBatch', { ...query, ...place });
      for (const { doc } of items) {
        const some = readingsOf(doc);
        readings.push(some);
        count += some.length;
      }
      if (next === undefined || count >= wanted) return { readings, hasMore: next !== undefined };
      after = next;
    }
  }
}

async function sideBySide<T>(sensors: readonly string[], look: (sensor: string) => Promise<T>): Promise<readonly T[]> {
  const found: T[] = [];
  for (let from = 0; from < sensors.length; from += SENSORS_AT_ONCE)
    found.push(...(await Promise.all(sensors.slice(from, from + SENSORS_AT_ONCE).map(look))));
  return found;
}

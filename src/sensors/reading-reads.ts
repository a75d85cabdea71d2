// Readings for people: the latest, a range of raw ones, plots, and readings as they come.
import { BerthError } from '../model/errors.ts';
import type { Instant } from '../model/instant.ts';
import type { KeptReading, SensorField } from '../model/sensor.ts';
import type { Readings } from '../ports/readings.ts';
import type { Series, SeriesPoint } from '../ports/series.ts';
import type { Store } from '../ports/store.ts';
import type { LiveReadings } from './live-readings.ts';
import { readingSeries } from './reading-series.ts';

/** What is read from. */
export interface ReadingReadsParts {
  readonly store: Store;
  readonly readings: Readings;
  readonly series: Series;
  readonly live: LiveReadings;
}

/** Numbers of a sensor over time, field by field. */
export interface SensorOverTime {
  readonly sensor: string;
  readonly fromAt: Instant;
  readonly toAt: Instant;
  readonly stepMs: number;
  readonly fields: readonly { readonly name: string; readonly unit: string; readonly points: readonly SeriesPoint[] }[];
}

/** Which part of which sensor's past. */
export interface ReadingRange {
  readonly sensor: string;
  readonly fromAt: Instant;
  readonly toAt: Instant;
}

const PAGE = 2000;

/** Reads readings. */
export class ReadingReads {
  readonly #parts: ReadingReadsParts;

  constructor(parts: ReadingReadsParts) {
    this.#parts = parts;
  }

  /** The fields of a sensor's type. @throws request.not-found */
  async fields(sensor: string): Promise<readonly SensorField[]> {
    const { store } = this.#parts;
    const stored = await store.get('sensor', sensor);
    if (!stored) throw new BerthError('request.not-found', { what: 'sensor', id: sensor });
    return (await store.get('sensorType', stored.doc.type))?.doc.fields ?? [];
  }

  /** The last reading; null: none is kept. @throws request.not-found */
  async latest(sensor: string): Promise<KeptReading | null> {
    await this.fields(sensor);
    return this.#parts.live.latest(sensor);
  }

  /** A page of raw readings, oldest first, behind a sequence. @throws request.not-found */
  async page(range: ReadingRange, after: number, limit: number): Promise<readonly KeptReading[]> {
    await this.fields(range.sensor);
    return this.#parts.readings.range({ ...range, after, limit });
  }

  /** All raw readings of a range, page by page. */
  async *all(range: ReadingRange): AsyncGenerator<readonly KeptReading[]> {
    let after = 0;
    let page: readonly KeptReading[];
    do {
      page = await this.#parts.readings.range({ ...range, after, limit: PAGE });
      if (page.length > 0) yield page;
      after = page.at(-1)?.sequence ?? after;
    } while (page.length === PAGE);
  }

  /** Numbers over time, in at most so many points; of one field, or of all. @throws request.not-found, reading.no-field */
  async overTime(range: ReadingRange, mostPoints: number, field: string | undefined): Promise<SensorOverTime> {
    const { sensor, fromAt, toAt } = range;
    const numbers = (await this.fields(sensor)).filter(({ type }) => type === 'number' || type === 'integer');
    const wanted = numbers.filter(({ name }) => field === undefined || name === field);
    if (field !== undefined && wanted.length === 0) {
      const there = numbers.map(({ name }) => name).join(', ') || 'none';
      throw new BerthError('reading.no-field', { sensor, field, there });
    }
    const read = async ({ name, unit }: SensorField) => {
      const found = await this.#parts.series.range({ series: readingSeries(sensor, name), fromAt, toAt, mostPoints });
      return { name, unit, ...found };
    };
    const fields = await Promise.all(wanted.map(read));
    return { sensor, fromAt, toAt, stepMs: fields[0]?.stepMs ?? toAt - fromAt, fields };
  }

  /** Readings as they come, from now on or behind a sequence, until the signal aborts. @throws request.not-found */
  async *watch(
    sensor: string,
    { after, rateHz }: { readonly after: number | null; readonly rateHz: number | null },
    signal: AbortSignal,
  ): AsyncGenerator<readonly KeptReading[]> {
    await this.fields(sensor);
    yield* this.#parts.live.follow({ sensors: [sensor], after, rateHz }, signal);
  }
}

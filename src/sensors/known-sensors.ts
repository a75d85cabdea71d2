// Sensors as the intake needs them: with the reader of their type, kept ready because it is asked for with every message. What was
// written is read again, and everything now and then, because others may write too.
import type { Instant } from '../model/instant.ts';
import type { Kind } from '../model/kinds.ts';
import type { Schedule } from '../model/schedule.ts';
import type { Sensor, SensorType } from '../model/sensor.ts';
import type { Clock } from '../ports/clock.ts';
import type { Store } from '../ports/store.ts';
import { type PayloadReader, payloadReader } from './reading-payload.ts';

/** Whether a sensor is read by its schedule now, and until when it stays so; null: for good. */
export interface OpenTime {
  readonly isOpen: boolean;
  readonly untilAt: Instant | null;
}

/** Judges a schedule; reads the calendars that it names. */
export type OpenTimes = (schedule: Schedule, at: Instant) => Promise<OpenTime>;

/** A sensor with what its readings are checked by. */
export interface KnownSensor {
  readonly sensor: Sensor;
  readonly type: SensorType;
  readonly read: PayloadReader;
  /** Names of the fields that have a series. */
  readonly numbers: readonly string[];
}

/** What sensors are known from. */
export interface KnownSensorsParts {
  readonly store: Store;
  readonly clock: Clock;
  readonly openTimes: OpenTimes;
}

interface Kept {
  readonly known: KnownSensor | null;
  readonly staleMs: number;
  open: OpenTime | null;
}

const FRESH_MS = 60_000;
const ALWAYS: OpenTime = { isOpen: true, untilAt: null };
/** Schedules without an end to their present state are looked at again: calendars change. */
const OPEN_FOR_MS = 60_000;
/** Sensors that are not there, of which so many are remembered. */
const MOST_UNKNOWN = 10_000;

/** Sensors of the platform, as far as somebody asked for them. */
export class KnownSensors {
  readonly #parts: KnownSensorsParts;
  readonly #kept = new Map<string, Kept>();
  readonly #loading = new Map<string, Promise<Kept>>();
  readonly #readers = new Map<string, { readonly type: SensorType; readonly read: PayloadReader }>();
  #unknown = 0;

  constructor(parts: KnownSensorsParts) {
    this.#parts = parts;
  }

  /** A sensor; null: there is none, or its type is not there. At once where it is fresh. */
  find(id: string): KnownSensor | null | Promise<KnownSensor | null> {
    const kept = this.#kept.get(id);
    if (kept && kept.staleMs > this.#parts.clock.monotonic()) return kept.known;
    return this.#load(id).then(({ known }) => known);
  }

  /** Whether a known sensor is read now. At once unless its schedule must be looked at. */
  isOpen({ sensor }: KnownSensor, now: Instant): boolean | Promise<boolean> {
    const { schedule } = sensor;
    if (schedule === null) return true;
    const kept = this.#kept.get(sensor.id);
    if (kept?.open && (kept.open.untilAt ?? 0) > now) return kept.open.isOpen;
    return this.#judge(sensor.id, schedule, now);
  }

  /** A document was written: what it is part of is read again. */
  written(kind: Kind, id: string): void {
    if (kind === 'sensor') this.#forget(id);
    if (kind === 'sensorType' || kind === 'calendar') this.#forgetAll();
  }

  async #judge(id: string, schedule: Schedule, now: Instant): Promise<boolean> {
    const judged = schedule === null ? ALWAYS : await this.#parts.openTimes(schedule, now);
    const untilAt = Math.min(judged.untilAt ?? Number.POSITIVE_INFINITY, now + OPEN_FOR_MS);
    const kept = this.#kept.get(id);
    if (kept) kept.open = { isOpen: judged.isOpen, untilAt };
    return judged.isOpen;
  }

  #load(id: string): Promise<Kept> {
    const under = this.#loading.get(id);
    if (under) return under;
    const loading = this.#read(id).finally(() => {
      if (this.#loading.get(id) === loading) this.#loading.delete(id);
    });
    this.#loading.set(id, loading);
    return loading;
  }

  async #read(id: string): Promise<Kept> {
    const { store, clock } = this.#parts;
    const sensor = (await store.get('sensor', id))?.doc;
    const type = sensor && (await store.get('sensorType', sensor.type))?.doc;
    const staleMs = clock.monotonic() + FRESH_MS;
    const known = sensor && type ? this.#known(sensor, type) : null;
    const kept = { known, staleMs, open: null };
    this.#keep(id, kept);
    return kept;
  }

  #known(sensor: Sensor, type: SensorType): KnownSensor {
    const present = this.#readers.get(type.id);
    const isSame = present?.type.updatedAt === type.updatedAt;
    const reader = present && isSame ? present : { type, read: payloadReader(type.fields) };
    this.#readers.set(type.id, reader);
    const numbers = type.fields.filter((field) => field.type === 'number' || field.type === 'integer');
    return { sensor, type: reader.type, read: reader.read, numbers: numbers.map(({ name }) => name) };
  }

  /** Names that nobody registered come from outside: they must not fill the memory. */
  #keep(id: string, kept: Kept): void {
    if (kept.known === null && ++this.#unknown > MOST_UNKNOWN) this.#forgetAll();
    this.#kept.set(id, kept);
  }

  #forget(id: string): void {
    this.#kept.delete(id);
    this.#loading.delete(id);
  }

  #forgetAll(): void {
    this.#kept.clear();
    this.#loading.clear();
    this.#readers.clear();
    this.#unknown = 0;
  }
}

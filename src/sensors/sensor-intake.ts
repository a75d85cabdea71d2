// What devices send, on its way to the store of readings, to plots, and to those who follow it. Whatever door it came through, it is
// checked here, and answered when it is durable.
import type { Instant } from '../model/instant.ts';
import type { KeptReading, Misfit, SensorReading } from '../model/sensor.ts';
import type { Clock } from '../ports/clock.ts';
import type { Readings } from '../ports/readings.ts';
import type { KnownSensor, KnownSensors } from './known-sensors.ts';
import type { PayloadReadings } from './reading-payload.ts';
import type { ReadingSeries } from './reading-series.ts';
import type { StatusBook } from './status-book.ts';

/** What the intake needs. */
export interface SensorIntakeParts {
  readonly clock: Clock;
  readonly readings: Readings;
  readonly sensors: KnownSensors;
  readonly statuses: StatusBook;
  readonly series: ReadingSeries;
  /** Hands readings that are durable to those who follow them. */
  readonly publish: (readings: readonly KeptReading[]) => void;
  /** Readings whose time lies further back are refused: they would be forgotten at once. */
  readonly oldestMs: number;
}

/** What became of a message. */
export type TakenReadings =
  | {
      readonly outcome: 'taken';
      readonly taken: number;
      readonly misfits: PayloadReadings['misfits'];
      readonly type: string;
    }
  | { readonly outcome: 'unknown' | 'disabled' | 'closed' };

/** Takes messages of all devices. */
export class SensorIntake {
  readonly #parts: SensorIntakeParts;

  constructor(parts: SensorIntakeParts) {
    this.#parts = parts;
  }

  /** Takes one message; resolves when what fitted is durable. @throws platform.store-failed, platform.queue-full */
  async take(sensor: string, payload: Uint8Array): Promise<TakenReadings> {
    const { sensors, clock } = this.#parts;
    const found = sensors.find(sensor);
    const known = found instanceof Promise ? await found : found;
    if (known === null) return { outcome: 'unknown' };
    const now = clock.now();
    const open = sensors.isOpen(known, now);
    const isOpen = open instanceof Promise ? await open : open;
    const read = known.read(payload, { now, oldestAt: now - this.#parts.oldestMs });
    if (!known.sensor.enabled || !isOpen) return this.#drop(known, read);
    if (read.misfits.length > 0) await this.#refuse(known, read, now);
    const kept = await this.#keep(known, read, now);
    return { outcome: 'taken', taken: kept, misfits: read.misfits, type: known.type.id };
  }

  async #drop({ sensor }: KnownSensor, { fitting, misfits }: PayloadReadings): Promise<TakenReadings> {
    await this.#parts.statuses.dropped(sensor.id, fitting.length + misfits.length);
    return { outcome: sensor.enabled ? 'closed' : 'disabled' };
  }

  async #refuse({ sensor }: KnownSensor, { misfits }: PayloadReadings, at: Instant): Promise<void> {
    const found: Misfit[] = misfits.map(({ text, fault }) => ({ at, text, fault }));
    await this.#parts.statuses.misfits(sensor.id, found);
  }

  async #keep(known: KnownSensor, { fitting }: PayloadReadings, now: Instant): Promise<number> {
    if (fitting.length === 0) return 0;
    const { id } = known.sensor;
    const kept = await this.#parts.readings.append(fitting.map((each): SensorReading => ({ sensor: id, ...each })));
    this.#parts.publish(kept);
    this.#parts.series.add(kept, known.numbers);
    await this.#parts.statuses.heard(known, kept.length, now);
    return kept.length;
  }
}

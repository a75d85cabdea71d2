// Readings as a task sees them: by the names that its algorithm declared, through the binding of its job.
import { BerthError } from '../model/errors.ts';
import type { KeptReading, Sensor, SensorType } from '../model/sensor.ts';
import type { Task } from '../model/task.ts';
import type { Clock } from '../ports/clock.ts';
import type { Readings } from '../ports/readings.ts';
import type { Store } from '../ports/store.ts';
import type { LiveReadings } from './live-readings.ts';
import type { BoundSensor, StreamWish, TaskSensors } from './task-sensor-reads.ts';

/** What the feeds need. */
export interface SensorFeedsParts {
  readonly store: Store;
  readonly clock: Clock;
  readonly readings: Readings;
  readonly live: LiveReadings;
}

/** Readings that a window holds, at most: the newest. */
const MOST_IN_WINDOW = 10_000;

/** Readings for tasks. */
export class SensorFeeds {
  readonly #parts: SensorFeedsParts;

  constructor(parts: SensorFeedsParts) {
    this.#parts = parts;
  }

  /** What the names of a task's algorithm stand for. */
  async describe(task: Task): Promise<TaskSensors> {
    const needs = task.spec.sensorNeeds;
    const binding = (await this.#parts.store.get('jobBinding', task.job))?.doc;
    const bound = await this.#devices([
      ...Object.values(binding?.sensors ?? {}).flat(),
      ...Object.values(binding?.controls ?? {}).flat(),
    ]);
    const of = (ids: readonly string[] = []) => ids.flatMap((id) => bound.get(id) ?? []);
    return {
      sensors: (needs?.sensors ?? []).map(({ name, type }) => ({
        ...{ name, type },
        sensors: of(binding?.sensors[name]).map((each) => ({ ...device(each), ...given(each) })),
      })),
      controls: (needs?.controls ?? []).map(({ name, type }) => {
        const devices = of(binding?.controls[name]);
        return { name, type, sensors: devices.map(device), controls: devices[0]?.type.controls ?? [] };
      }),
    };
  }

  /** The last reading of one of a name's sensors; null: none is kept. @throws sensor.not-bound, sensor.no-such-index */
  async latest(task: Task, name: string, index: number): Promise<KeptReading | null> {
    return this.#parts.live.latest(await this.#one(task, name, index));
  }

  /** Readings of the last seconds, oldest first; the newest where there are very many. @throws sensor.not-bound, sensor.no-such-index */
  async window(task: Task, name: string, index: number, seconds: number): Promise<readonly KeptReading[]> {
    const sensor = await this.#one(task, name, index);
    const { readings, clock } = this.#parts;
    return readings.recent(sensor, clock.now() - seconds * 1000, MOST_IN_WINDOW);
  }

  /** Batches of readings as they come, until the signal aborts. @throws sensor.not-bound, sensor.no-such-index */
  async *stream(
    task: Task,
    name: string,
    { index, after, rateHz }: StreamWish,
    signal: AbortSignal,
  ): AsyncGenerator<readonly KeptReading[]> {
    const sensors = index === null ? await this.#bound(task, name) : [await this.#one(task, name, index)];
    yield* this.#parts.live.follow({ sensors, after, rateHz }, signal);
  }

  async #one(task: Task, name: string, index: number): Promise<string> {
    const sensors = await this.#bound(task, name);
    const sensor = sensors[index];
    if (sensor === undefined) throw new BerthError('sensor.no-such-index', { name, index, count: sensors.length });
    return sensor;
  }

  async #bound(task: Task, name: string): Promise<readonly string[]> {
    const binding = (await this.#parts.store.get('jobBinding', task.job))?.doc;
    const isThere = binding !== undefined && Object.hasOwn(binding.sensors, name);
    const sensors = isThere ? binding.sensors[name] : undefined;
    if (!sensors) throw new BerthError('sensor.not-bound', { name, job: task.job });
    return sensors;
  }

  async #devices(ids: readonly string[]): Promise<ReadonlyMap<string, Device>> {
    const { store } = this.#parts;
    const sensors = (await store.getMany('sensor', [...new Set(ids)])).map(({ doc }) => doc);
    const types = await store.getMany('sensorType', [...new Set(sensors.map(({ type }) => type))]);
    const byId = new Map(types.map(({ doc }) => [doc.id, doc]));
    return new Map(sensors.flatMap((sensor) => entryOf(sensor, byId.get(sensor.type))));
  }
}

interface Device {
  readonly sensor: Sensor;
  readonly type: SensorType;
}

function entryOf(sensor: Sensor, type: SensorType | undefined): (readonly [string, Device])[] {
  return type ? [[sensor.id, { sensor, type }]] : [];
}

function device({ sensor: { id, name, location } }: Device): BoundSensor {
  return { id, name, location };
}

function given({ type: { rateHz, fields } }: Device): Pick<SensorType, 'rateHz' | 'fields'> {
  return { rateHz, fields };
}

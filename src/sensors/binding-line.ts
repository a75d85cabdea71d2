// The jobs of this process that wait for sensors, found by what they wait for. It makes wake-ups few, and is needed for nothing else.
import type { SensorState } from '../model/sensor.ts';

interface Waiting {
  readonly types: ReadonlySet<string>;
  /** Devices that were looked at, with the states that they had then; null: they are being looked at. */
  readonly states: ReadonlyMap<string, SensorState> | null;
}

/** Who waits for which devices. */
export class BindingLine {
  readonly #waiting = new Map<string, Waiting>();
  readonly #byType = new Map<string, Set<string>>();
  readonly #bySensor = new Map<string, Set<string>>();
  /** Those that are about to be decided: whatever comes now may be news to them. */
  readonly #looking = new Set<string>();

  /** A job is about to be decided. */
  look(job: string, types: ReadonlySet<string>): void {
    this.leave(job);
    this.#waiting.set(job, { types, states: null });
    this.#looking.add(job);
    for (const type of types) add(this.#byType, type, job);
  }

  /** A job was decided on these devices, and waits. */
  wait(job: string, states: ReadonlyMap<string, SensorState>): void {
    const { types } = this.#waiting.get(job) ?? { types: new Set<string>() };
    this.#looking.delete(job);
    this.#waiting.set(job, { types, states });
    for (const sensor of states.keys()) add(this.#bySensor, sensor, job);
  }

  /** A job waits no more. */
  leave(job: string): void {
    const before = this.#waiting.get(job);
    if (!before) return;
    this.#waiting.delete(job);
    this.#looking.delete(job);
    for (const type of before.types) remove(this.#byType, type, job);
    for (const sensor of before.states?.keys() ?? []) remove(this.#bySensor, sensor, job);
  }

  /** Who waits for devices of a type. */
  ofType(type: string): readonly string[] {
    return [...(this.#byType.get(type) ?? [])];
  }

  /** Who may go on now that a device has come. */
  arrived(sensor: string): readonly string[] {
    const waiting = [...(this.#bySensor.get(sensor) ?? [])];
    return [...this.#looking, ...waiting.filter((job) => this.#waiting.get(job)?.states?.get(sensor) !== 'online')];
  }
}

function add(index: Map<string, Set<string>>, key: string, job: string): void {
  const jobs = index.get(key) ?? new Set();
  index.set(key, jobs.add(job));
}

function remove(index: Map<string, Set<string>>, key: string, job: string): void {
  const jobs = index.get(key);
  jobs?.delete(job);
  if (jobs?.size === 0) index.delete(key);
}

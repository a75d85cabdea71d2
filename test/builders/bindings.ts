// Builders of sensors, and of what jobs need of them, for tests: complete and ordinary, so that a test names only what it is about.
import type { JobSensorNeeds } from '../../src/model/binding.ts';
import type { Sensor, SensorState, SensorStatus, SensorType } from '../../src/model/sensor.ts';
import { T0 } from './jobs.ts';

/** A type with one number unless the test says otherwise. */
export function aTypeOf(id: string, over: Partial<SensorType> = {}): SensorType {
  const fields = [{ name: 'value', type: 'number', unit: '', range: [-30, 60] }] as const;
  return { id, description: '', fields, rateHz: 1, controls: [], createdAt: T0, updatedAt: T0, ...over };
}

/** A sensor of the type `temperature`. */
export function aThermometer(id: string, over: Partial<Sensor> = {}): Sensor {
  const facts = { location: '', tags: [], network: {}, enabled: true, schedule: null, passwordHash: null };
  return { id, name: id, type: 'temperature', ...facts, createdAt: T0, updatedAt: T0, shard: 0, ...over };
}

/** What is known of a sensor. */
export function aStatusIn(id: string, state: SensorState): SensorStatus {
  const counts = { lastReadingAt: null, readings: 0, misfits: 0, samples: [] };
  return { id, state, reason: `it is ${state}`, stateSinceAt: T0, ...counts, shard: 0, nextAt: null };
}

/** Needs of so many sensors of types, by name: `{ indoor: ['temperature', 2] }`. */
export function needsOfSensors(
  sensors: Readonly<Record<string, readonly [type: string, count: number]>>,
  wishes: Partial<JobSensorNeeds['wishes']> = {},
  controls: Readonly<Record<string, string>> = {},
): JobSensorNeeds {
  return {
    sensors: Object.entries(sensors).map(([name, [type, count]]) => ({ name, type, format: 'number', count })),
    controls: Object.entries(controls).map(([name, type]) => ({ name, type })),
    wishes: { sensors: {}, controls: {}, missing: 'wait', ...wishes },
  };
}

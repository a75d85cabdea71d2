// Builders of sensors for tests: complete and ordinary, so that a test names only what it is about.
import { createHash } from 'node:crypto';
import type { JobBinding } from '../../src/model/binding.ts';
import type { Sensor, SensorField, SensorType } from '../../src/model/sensor.ts';
import { T0 } from './jobs.ts';

/** The field that ordinary sensors give. */
export const CELSIUS: SensorField = { name: 'celsius', type: 'number', unit: '°C', range: [-40, 85] };

export function aSensorType(over: Partial<SensorType> = {}): SensorType {
  const fan = { name: 'fan', parameters: [{ name: 'speed', type: 'integer', unit: '%', range: [0, 100] }] } as const;
  const times = { createdAt: T0, updatedAt: T0 };
  return { id: 'thermometer', description: '', fields: [CELSIUS], rateHz: 1, controls: [fan], ...times, ...over };
}

/** The password of every sensor of tests that has one. */
export const PASSWORD = 'open-sesame';

export function aSensor(id: string, over: Partial<Sensor> = {}): Sensor {
  const nowhere = { location: '', tags: [], network: {}, schedule: null };
  const passwordHash = createHash('sha256').update(PASSWORD).digest('hex');
  const times = { createdAt: T0, updatedAt: T0 };
  return { id, name: id, type: 'thermometer', ...nowhere, enabled: true, passwordHash, ...times, shard: 0, ...over };
}

export function aBinding(job: string, over: Partial<JobBinding> = {}): JobBinding {
  const nothing = { sensors: {}, controls: {}, nextAt: null, shard: 0 };
  const times = { createdAt: T0, updatedAt: T0 };
  return { id: job, instance: 'room-abc123', state: 'bound', reason: 'as wished', ...nothing, ...times, ...over };
}

// Writes what is registered as a sensor file: what is read back of it is the same. Passwords of devices are in none.
import { stringify } from 'yaml';
import type { Sensor, SensorType } from '../model/sensor.ts';
import { scheduleFileOf } from './schedule-file-of.ts';
import { sensorCsv } from './sensor-csv.ts';

/** The forms of a sensor file. CSV holds the sensors alone. */
export type SensorFileForm = 'json' | 'yaml' | 'csv';

const ALWAYS = 0;

/** A sensor file as text. */
export function writeSensorFile(
  { types, sensors }: { readonly types: readonly SensorType[]; readonly sensors: readonly Sensor[] },
  form: SensorFileForm,
): string {
  if (form === 'csv') return sensorCsv(sensors.map(rowOf));
  const file = { types: types.map(typeFileOf), sensors: sensors.map(sensorFileOf) };
  return form === 'json' ? `${JSON.stringify(file, null, 2)}\n` : stringify(file);
}

function typeFileOf({ id, description, fields, rateHz, controls }: SensorType): Record<string, unknown> {
  return { id, description, fields, rateHz, controls };
}

function sensorFileOf({ id, name, type, location, tags, network, enabled, schedule }: Sensor): Record<string, unknown> {
  const always = schedule === null ? {} : { schedule: scheduleFileOf(schedule, ALWAYS) };
  return { id, name, type, location, tags, network, enabled, ...always };
}

function rowOf({
  id,
  name,
  type,
  location,
  tags,
  network,
  enabled,
  schedule,
}: Sensor): Parameters<typeof sensorCsv>[0][number] {
  return {
    ...{ id, name, type, location, tags: tags.join(' '), enabled: String(enabled) },
    network: Object.keys(network).length === 0 ? '' : JSON.stringify(network),
    schedule: schedule === null ? '' : JSON.stringify(scheduleFileOf(schedule, ALWAYS)),
  };
}

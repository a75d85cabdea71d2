// What people may ask of a sensor type: forget one that no sensor is of.
import { changeDocument } from '../engine/change-document.ts';
import { BerthError } from '../model/errors.ts';
import { type Store, StoreConflict } from '../ports/store.ts';
import type { SensorParts } from './sensor-parts.ts';

/** Sensors that a refusal names. */
const NAMED = 10;

/** Forgets a type. @throws request.not-found, sensor.type-in-use, platform.store-conflict */
export async function removeSensorType(parts: SensorParts, id: string, by: string): Promise<void> {
  const { store, recordEvent } = parts;
  await refuseInUse(store, id);
  const stored = await store.get('sensorType', id);
  if (!stored) throw new BerthError('request.not-found', { what: 'sensor type', id });
  try {
    await store.delete('sensorType', id, stored.version);
  } catch (error) {
    if (error instanceof StoreConflict) throw new BerthError('platform.store-conflict', { kind: 'sensorType', id });
    throw error;
  }
  // Whoever registers a sensor looks for its type once more afterwards, so one of the two always sees the other.
  try {
    await refuseInUse(store, id);
  } catch (error) {
    await changeDocument(store, 'sensorType', id, (before) => before ?? stored.doc);
    throw error;
  }
  await recordEvent({
    kind: 'sensor-type.removed',
    subject: `sensor-type:${id}`,
    text: `The sensor type ${id} was removed by ${by}.`,
  });
}

async function refuseInUse(store: Store, type: string): Promise<void> {
  const where = { type };
  const { items } = await store.list('sensor', { where, limit: NAMED });
  if (items.length === 0) return;
  const count = await store.count('sensor', { where });
  const names = items.map(({ doc }) => doc.id).join(', ');
  throw new BerthError('sensor.type-in-use', { type, count, sensors: count > NAMED ? `${names} and others` : names });
}

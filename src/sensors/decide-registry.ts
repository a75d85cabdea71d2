// A type or a sensor as a wish makes it of what is registered. Pure; the very one from before when nothing changes.
import { isDeepStrictEqual } from 'node:util';
import type { Instant } from '../model/instant.ts';
import type { Sensor, SensorType } from '../model/sensor.ts';
import { shardOf } from '../model/shard.ts';

/** A kind of device as somebody wants it registered. */
export type TypeWish = Pick<SensorType, 'id' | 'description' | 'fields' | 'rateHz' | 'controls'>;

/** A device as somebody wants it registered; without `enabled` it stays as it is. */
export type SensorWish = Pick<Sensor, 'id' | 'name' | 'type' | 'location' | 'tags' | 'network' | 'schedule'> & {
  readonly enabled?: boolean;
};

/** A type as it is wanted. */
export function decideType(wish: TypeWish, before: SensorType | undefined, now: Instant): SensorType {
  const { id, description, fields, rateHz, controls } = wish;
  if (!before) return { id, description, fields, rateHz, controls, createdAt: now, updatedAt: now };
  return changed(before, { ...before, description, fields, rateHz, controls }, now);
}

/** A sensor as it is wanted; its password stays what it is. */
export function decideSensor(wish: SensorWish, before: Sensor | undefined, now: Instant): Sensor {
  const { id, name, type, location, tags, network, schedule, enabled } = wish;
  const said = { name, type, location, tags, network, schedule };
  if (before) return changed(before, { ...before, ...said, enabled: enabled ?? before.enabled }, now);
  const fresh = { passwordHash: null, createdAt: now, updatedAt: now, shard: shardOf(id) };
  return { id, ...said, enabled: enabled ?? true, ...fresh };
}

function changed<D extends { readonly updatedAt: Instant }>(before: D, after: D, now: Instant): D {
  return isDeepStrictEqual(before, after) ? before : { ...after, updatedAt: Math.max(now, before.updatedAt + 1) };
}

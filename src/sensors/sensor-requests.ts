// What people may ask of one sensor: take its readings or not, give its device a password, forget it.
import { createHash } from 'node:crypto';
import { changeExisting } from '../engine/change-document.ts';
import { BerthError } from '../model/errors.ts';
import type { Sensor } from '../model/sensor.ts';
import { StoreConflict } from '../ports/store.ts';
import type { SensorParts } from './sensor-parts.ts';

/** A new password of a device, in the clear this once. */
export interface DeviceCredential {
  readonly sensor: Sensor;
  readonly password: string;
}

/** 192 bits of chance: a slow hash would add nothing. */
const PASSWORD_BYTES = 24;

/** Takes a sensor's readings, or refuses them. @throws request.not-found */
export async function switchSensor(
  parts: SensorParts,
  id: string,
  { enabled, by }: { readonly enabled: boolean; readonly by: string },
): Promise<Sensor> {
  let isChanged = false;
  const sensor = await changeSensor(parts, id, (before) => {
    isChanged = before.enabled !== enabled;
    return isChanged ? { ...before, enabled } : before;
  });
  if (isChanged) await tell(parts, id, enabled ? 'enabled' : 'disabled', by);
  return sensor;
}

/** Gives a device a new password, in place of one that it had. Only its SHA-256 is kept. @throws request.not-found */
export async function renewCredential(parts: SensorParts, id: string, by: string): Promise<DeviceCredential> {
  const password = Buffer.from(parts.random.bytes(PASSWORD_BYTES)).toString('base64url');
  const passwordHash = createHash('sha256').update(password).digest('hex');
  const sensor = await changeSensor(parts, id, (before) => ({ ...before, passwordHash }));
  await tell(parts, id, 'credential-made', by);
  return { sensor, password };
}

/** Takes a device's password away: it cannot sign in any more. @throws request.not-found */
export async function revokeCredential(parts: SensorParts, id: string, by: string): Promise<Sensor> {
  const sensor = await changeSensor(parts, id, (before) =>
    before.passwordHash === null ? before : { ...before, passwordHash: null },
  );
  await tell(parts, id, 'credential-revoked', by);
  return sensor;
}

/** Forgets a sensor. What is bound to it goes on without its readings. @throws request.not-found, platform.store-conflict */
export async function removeSensor(parts: SensorParts, id: string, by: string): Promise<void> {
  const stored = await parts.store.get('sensor', id);
  if (!stored) throw notFound(id);
  try {
    await parts.store.delete('sensor', id, stored.version);
  } catch (error) {
    if (error instanceof StoreConflict) throw new BerthError('platform.store-conflict', { kind: 'sensor', id });
    throw error;
  }
  await tell(parts, id, 'removed', by);
}

function changeSensor({ store, clock }: SensorParts, id: string, change: (before: Sensor) => Sensor): Promise<Sensor> {
  return changeExisting(store, 'sensor', id, (before) => {
    const after = change(before);
    return after === before ? before : { ...after, updatedAt: Math.max(clock.now(), before.updatedAt + 1) };
  });
}

const WORDS = {
  enabled: 'was enabled',
  disabled: 'was disabled',
  removed: 'was removed',
  'credential-made': 'was given a new password',
  'credential-revoked': 'was denied to sign in',
} as const;

async function tell({ recordEvent }: SensorParts, id: string, what: keyof typeof WORDS, by: string): Promise<void> {
  await recordEvent({
    kind: `sensor.${what}`,
    subject: `sensor:${id}`,
    text: `The sensor ${id} ${WORDS[what]} by ${by}.`,
  });
}

function notFound(id: string): BerthError {
  return new BerthError('request.not-found', { what: 'sensor', id });
}

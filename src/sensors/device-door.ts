// What stands behind the gate: who may come in, and where what devices say goes.
import { createHash, timingSafeEqual } from 'node:crypto';
import type { Kind } from '../model/kinds.ts';
import type { Sensor } from '../model/sensor.ts';
import type { DeviceGate, DeviceListener } from '../ports/device-gate.ts';
import type { Log } from '../ports/log.ts';
import type { AnyDocument, Store } from '../ports/store.ts';
import type { DeviceCommands } from './device-commands.ts';
import type { SensorIntake } from './sensor-intake.ts';
import type { StatusBook } from './status-book.ts';

/** What the door hands things to. */
export interface DeviceDoorParts {
  readonly store: Store;
  readonly log: Log;
  readonly intake: SensorIntake;
  readonly statuses: StatusBook;
  readonly commands: DeviceCommands;
  readonly gate: () => Pick<DeviceGate, 'cut'>;
}

/** Listens to devices. */
export class DeviceDoor implements DeviceListener {
  readonly #parts: DeviceDoorParts;
  /** Of those that signed in: the hash that their password had then. */
  readonly #signedIn = new Map<string, string>();

  constructor(parts: DeviceDoorParts) {
    this.#parts = parts;
  }

  async signIn(sensor: string, password: string): Promise<boolean> {
    const stored = (await this.#parts.store.get('sensor', sensor))?.doc;
    const fits = isPassword(stored, password);
    if (fits && stored?.passwordHash) this.#signedIn.set(sensor, stored.passwordHash);
    return fits;
  }

  async readings(sensor: string, payload: Uint8Array): Promise<void> {
    const { outcome } = await this.#parts.intake.take(sensor, payload);
    if (outcome === 'unknown') this.#parts.log.debug('Readings of a sensor that is not registered', { sensor });
  }

  acknowledged(sensor: string, payload: Uint8Array): void {
    this.#parts.commands.acknowledged(sensor, payload);
  }

  presence(sensor: string, state: 'online' | 'offline', reason: string): void {
    this.#parts.statuses.presence(sensor, state, reason).catch((error: unknown) => {
      this.#parts.log.warn('That a device came or went could not be noted', { sensor, state, error });
    });
  }

  /** A sensor was changed or removed: a device that holds a password of before is put out. */
  written(kind: Kind, id: string, doc: AnyDocument | undefined): void {
    if (kind !== 'sensor') return;
    const before = this.#signedIn.get(id);
    if (before === undefined) return;
    const now = doc && 'passwordHash' in doc ? doc.passwordHash : null;
    if (now === before) return;
    this.#signedIn.delete(id);
    this.#parts.gate().cut(id);
  }
}

/** Whether a text is the password of a sensor's device. */
export function isPassword(sensor: Sensor | undefined, password: string): boolean {
  const hash = createHash('sha256').update(password).digest();
  const expected = Buffer.from(sensor?.passwordHash ?? '', 'hex');
  return expected.length === hash.length && timingSafeEqual(expected, hash);
}

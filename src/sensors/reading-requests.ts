// Readings of simple devices, which come over HTTP: with the same credential, checked and kept like any other.
import { BerthError } from '../model/errors.ts';
import type { Store } from '../ports/store.ts';
import { isPassword } from './device-door.ts';
import type { SensorIntake } from './sensor-intake.ts';

/** What requests need. */
export interface ReadingRequestParts {
  readonly store: Store;
  readonly intake: Pick<SensorIntake, 'take'>;
}

/** What simple devices may ask. */
export class ReadingRequests {
  readonly #parts: ReadingRequestParts;

  constructor(parts: ReadingRequestParts) {
    this.#parts = parts;
  }

  /** Refuses whoever is not the device of a sensor. @throws reading.device-refused */
  async authenticate(sensor: string, password: string): Promise<void> {
    const stored = await this.#parts.store.get('sensor', sensor);
    if (!isPassword(stored?.doc, password)) throw new BerthError('reading.device-refused', { sensor });
  }

  /**
   * Takes a message of a device; resolves to the number of its readings when they are durable.
   * @throws reading.misfit (what fitted was taken), reading.sensor-disabled, reading.sensor-closed, request.not-found
   */
  async take(sensor: string, payload: Uint8Array): Promise<number> {
    const found = await this.#parts.intake.take(sensor, payload);
    if (found.outcome === 'unknown')
      throw new BerthError('request.not-found', { what: 'sensor type of the sensor', id: sensor });
    if (found.outcome !== 'taken') throw new BerthError(`reading.sensor-${found.outcome}`, { sensor });
    const { taken, misfits, type } = found;
    const [first] = misfits;
    if (!first) return taken;
    const problems = misfits.map(({ text, fault }, index) => {
      return {
        file: 'body',
        path: misfits.length > 1 ? `$[${index}]` : '$',
        found: text.slice(0, 200),
        expected: fault,
      };
    });
    const details = { sensor, type, refused: misfits.length, count: taken + misfits.length, fault: first.fault };
    throw new BerthError('reading.misfit', details, { problems: problems.slice(0, 20) });
  }
}

// Readings that wait to be written, with who asked for it.
import { BerthError } from '../../model/errors.ts';
import type { KeptReading, SensorReading } from '../../model/sensor.ts';

/** Readings in one group: bounds how long those behind them wait. */
const LARGEST_GROUP = 2000;

/** Readings that may wait; beyond, the database is not keeping up and callers are told. */
const LONGEST_QUEUE = 200_000;

/** Who waits. */
export interface Waiting {
  readonly readings: readonly SensorReading[];
  readonly resolve: (kept: readonly KeptReading[]) => void;
  readonly reject: (error: unknown) => void;
}

/** A queue of readings. */
export class WaitingReadings {
  #waiting: Waiting[] = [];
  #queued = 0;

  get isEmpty(): boolean {
    return this.#waiting.length === 0;
  }

  /** Adds some; resolves when they are kept. @throws platform.queue-full */
  add(readings: readonly SensorReading[]): Promise<readonly KeptReading[]> {
    if (this.#queued + readings.length > LONGEST_QUEUE)
      return Promise.reject(
        new BerthError('platform.queue-full', { queue: 'The queue of readings', limit: LONGEST_QUEUE }),
      );
    const { promise, resolve, reject } = Promise.withResolvers<readonly KeptReading[]>();
    this.#waiting.push({ readings, resolve, reject });
    this.#queued += readings.length;
    return promise;
  }

  /** Takes out the next that are written together; none when nobody waits. */
  next(): readonly Waiting[] {
    let size = 0;
    const tooMuch = this.#waiting.findIndex(({ readings }, index) => {
      size += readings.length;
      return size > LARGEST_GROUP && index > 0;
    });
    const group = this.#waiting.splice(0, tooMuch < 0 ? this.#waiting.length : tooMuch);
    this.#queued -= sizeOf(group);
    return group;
  }

  /** Puts a group back before all others. */
  giveBack(group: readonly Waiting[]): void {
    this.#waiting = [...group, ...this.#waiting];
    this.#queued += sizeOf(group);
  }
}

/** Readings of a group. */
export function sizeOf(group: readonly Waiting[]): number {
  return group.reduce((sum, { readings }) => sum + readings.length, 0);
}

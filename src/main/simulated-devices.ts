// Devices that are made up, as they live: each measures at its rate, sends what it measured, and does what it is told.
import type { Instant } from '../model/instant.ts';
import type { ReadingValues } from '../model/sensor.ts';
import type { Cancel, Clock } from '../ports/clock.ts';
import { answerOf, type DeviceModel, measuredAt, readingsUntil, readingTime } from '../sensors/device-model.ts';

/** What moves the devices, and where what they say goes. */
export interface SimulatedDevicesParts {
  readonly clock: Clock;
  readonly devices: ReadonlyMap<string, DeviceModel>;
  /** Takes what a device sends: an array of readings in JSON. Resolves when it was taken: the device sends no more before. */
  readonly send: (sensor: string, payload: string) => Promise<void>;
  /** Told what could not be sent. */
  readonly failed: (sensor: string, error: unknown) => void;
}

/** Readings in one message, at most. Of a device that cannot keep up, older ones are lost, as with real ones. */
const MOST_AT_ONCE = 500;

/** A device looks no more often than this, whatever its rate: what is due by then goes together. */
const LEAST_PAUSE_MS = 2;

/** Lets devices live until `stop`. */
export class SimulatedDevices {
  readonly #parts: SimulatedDevicesParts;
  readonly #held = new Map<string, ReadingValues>();
  readonly #timers = new Map<string, Cancel>();
  readonly #sending = new Set<Promise<void>>();
  #isStopped = false;
  #sent = 0;

  constructor(parts: SimulatedDevicesParts) {
    this.#parts = parts;
  }

  /** Readings that were sent. */
  get sent(): number {
    return this.#sent;
  }

  /** Begins: every device measures at once, and then at its rate. What it measured in a time before is sent first; resolves when it was taken. */
  async start(pastMs: number): Promise<void> {
    const beganAt = this.#parts.clock.now() - pastMs;
    const first = [...this.#parts.devices].map(([id, model]) => this.#live(id, model, { beganAt, number: 0 }));
    for (const sending of first) this.#begin(sending);
    await Promise.all(first);
  }

  /** Hands a device a command as it comes by the gate; gives its acknowledgement, undefined for what is no command of a device. */
  command(sensor: string, control: string, payload: Uint8Array): string | undefined {
    const model = this.#parts.devices.get(sensor);
    const command = commandIn(payload);
    if (!model || !command) return undefined;
    const { ok, detail, held } = answerOf(model, { control, parameters: command.parameters });
    this.#held.set(sensor, { ...this.#held.get(sensor), ...held });
    return JSON.stringify({ id: command.id, ok, detail });
  }

  /** Ends them; resolves when nothing is on its way any more. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    for (const cancel of this.#timers.values()) cancel();
    await Promise.all(this.#sending);
  }

  /** Sends what is due, and looks again when the next is. */
  async #live(
    id: string,
    model: DeviceModel,
    { beganAt, number }: { beganAt: Instant; number: number },
  ): Promise<void> {
    const { clock, send, failed } = this.#parts;
    const until = readingsUntil(model, beganAt, clock.now());
    const readings = this.#measured(id, model, { beganAt, from: Math.max(number, until - MOST_AT_ONCE), until });
    if (readings.length > 0) {
      try {
        await send(id, JSON.stringify(readings));
        this.#sent += readings.length;
      } catch (error) {
        failed(id, error);
      }
    }
    if (this.#isStopped) return;
    const pause = Math.max(LEAST_PAUSE_MS, readingTime(model, beganAt, until) - clock.now());
    const next = () => this.#begin(this.#live(id, model, { beganAt, number: until }));
    this.#timers.set(id, clock.after(pause, next));
  }

  #measured(
    id: string,
    model: DeviceModel,
    { beganAt, from, until }: { readonly beganAt: Instant; readonly from: number; readonly until: number },
  ): readonly ReadingValues[] {
    const readings: ReadingValues[] = [];
    for (let number = from; number < until; number++) {
      const at = readingTime(model, beganAt, number);
      const values = measuredAt(model, at, this.#held.get(id) ?? {});
      if (values) readings.push({ at, ...values });
    }
    return readings;
  }

  #begin(sending: Promise<void>): void {
    this.#sending.add(sending);
    void sending.finally(() => this.#sending.delete(sending));
  }
}

interface Command {
  readonly id: string;
  readonly parameters: Readonly<Record<string, unknown>>;
}

function commandIn(payload: Uint8Array): Command | undefined {
  try {
    const { id, parameters } = JSON.parse(Buffer.from(payload).toString());
    return typeof id === 'string' && typeof parameters === 'object' ? { id, parameters: parameters ?? {} } : undefined;
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof TypeError) return undefined;
    throw error;
  }
}

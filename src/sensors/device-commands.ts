// Commands to devices, and their word on them. A command is published with its id, and the device acknowledges that id; what is not
// acknowledged in time may still have been done, which is for the caller to say.
import { BerthError, type Problem } from '../model/errors.ts';
import { isTooDeep } from '../model/nesting.ts';
import type { SensorControl, SensorField } from '../model/sensor.ts';
import type { Clock } from '../ports/clock.ts';
import type { DeviceGate } from '../ports/device-gate.ts';
import type { KnownSensor } from './known-sensors.ts';
import { checkOf, fieldInWords } from './reading-check.ts';

/** A command. */
export interface DeviceCommand {
  /** Sent along, so that a device knows a repeated command and an acknowledgement is known by it. */
  readonly id: string;
  readonly sensor: string;
  readonly control: string;
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly timeoutMs: number;
}

/** What became of it. `failed`: it could not be sent. `timed-out`: the device said nothing in time; it may have done it. */
export interface CommandOutcome {
  readonly outcome: 'acknowledged' | 'refused' | 'timed-out' | 'failed';
  readonly detail: string;
  readonly answer?: unknown;
}

/** What commands need. */
export interface DeviceCommandsParts {
  readonly clock: Clock;
  readonly gate: () => Pick<DeviceGate, 'command'>;
  readonly find: (sensor: string) => KnownSensor | null | Promise<KnownSensor | null>;
}

/** Commands that wait for their devices, at most. */
const MOST_WAITING = 10_000;
const LONGEST_DETAIL = 500;
const LONGEST_ANSWER = 16 * 1024;

/** Commands to all devices of the platform. */
export class DeviceCommands {
  readonly #parts: DeviceCommandsParts;
  readonly #waiting = new Map<string, (outcome: CommandOutcome) => void>();

  constructor(parts: DeviceCommandsParts) {
    this.#parts = parts;
  }

  /**
   * Sends a command and waits for the device's word.
   * @throws sensor.bad-parameters, sensor.no-such-control, request.not-found; the signal's reason when it aborts
   */
  async send(command: DeviceCommand, signal: AbortSignal): Promise<CommandOutcome> {
    signal.throwIfAborted();
    await this.#check(command);
    const key = keyOf(command.sensor, command.id);
    if (this.#waiting.size >= MOST_WAITING || this.#waiting.has(key))
      return { outcome: 'failed', detail: 'too many commands wait for their devices, or this one does already' };
    const { promise, resolve, reject } = Promise.withResolvers<CommandOutcome>();
    this.#waiting.set(key, resolve);
    // Left while it is being published, nobody waits for the outcome.
    promise.catch(() => undefined);
    const cancel = this.#parts.clock.after(command.timeoutMs, () => resolve(tooLate(command)));
    const left = () => reject(signal.reason as Error);
    signal.addEventListener('abort', left);
    try {
      return (await this.#publish(command)) ?? (await promise);
    } finally {
      cancel();
      signal.removeEventListener('abort', left);
      this.#waiting.delete(key);
    }
  }

  /** A device acknowledged something. */
  acknowledged(sensor: string, payload: Uint8Array): void {
    const ack = readAck(payload);
    if (ack) this.#waiting.get(keyOf(sensor, ack.id))?.(ack.outcome);
  }

  async #check({ sensor, control: wanted, parameters }: DeviceCommand): Promise<void> {
    const known = await this.#parts.find(sensor);
    if (known === null) throw new BerthError('request.not-found', { what: 'sensor', id: sensor });
    const control = known.type.controls.find(({ name }) => name === wanted);
    if (!control) throw noControl(known, wanted);
    const fault = checkOf(control.parameters)(parameters);
    if (fault) throw badParameters(control, { ...fault, field: fault.field ?? '' });
  }

  async #publish({ id, sensor, control, parameters }: DeviceCommand): Promise<CommandOutcome | undefined> {
    try {
      await this.#parts.gate().command(sensor, control, Buffer.from(JSON.stringify({ id, parameters })));
      return undefined;
    } catch (error) {
      // Whatever the broker said: the command has not left.
      return { outcome: 'failed', detail: error instanceof Error ? error.message : String(error) };
    }
  }
}

function keyOf(sensor: string, id: string): string {
  return `${sensor} ${id}`;
}

function tooLate({ sensor, timeoutMs }: DeviceCommand): CommandOutcome {
  return { outcome: 'timed-out', detail: `${sensor} did not acknowledge it within ${timeoutMs / 1000} s` };
}

function noControl({ sensor, type }: KnownSensor, control: string): BerthError {
  const there = type.controls.map(({ name }) => name).join(', ') || 'none';
  return new BerthError('sensor.no-such-control', { sensor: sensor.id, type: type.id, control, there });
}

function badParameters(
  { name, parameters }: SensorControl,
  { field, found, expected }: { readonly field: string; readonly found: string; readonly expected: string },
): BerthError {
  const problem: Problem = { file: 'parameters', path: `$.${field}`, found, expected };
  const takes = parameters.map(parameterInWords).join(', ') || 'nothing';
  return new BerthError(
    'sensor.bad-parameters',
    { control: name, field, found, expected, takes },
    { problems: [problem] },
  );
}

function parameterInWords(parameter: SensorField): string {
  return `${parameter.name}: ${fieldInWords(parameter)}`;
}

/** What a device said; undefined for what is no acknowledgement. */
function readAck(payload: Uint8Array): { readonly id: string; readonly outcome: CommandOutcome } | undefined {
  if (payload.byteLength > LONGEST_ANSWER) return undefined;
  const value = parsed(Buffer.from(payload).toString());
  if (typeof value !== 'object' || value === null || isTooDeep(value)) return undefined;
  const { id, ok, detail, answer } = value as Readonly<Record<string, unknown>>;
  if (typeof id !== 'string' || typeof ok !== 'boolean') return undefined;
  const said =
    typeof detail === 'string' ? detail.slice(0, LONGEST_DETAIL) : ok ? 'the device did it' : 'the device refused';
  const outcome = { outcome: ok ? 'acknowledged' : 'refused', detail: said } as const;
  return { id, outcome: answer === undefined ? outcome : { ...outcome, answer } };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

// berth sensor simulate: made-up devices for registered sensors. They come in by the door that real devices use, each with a credential
// of its own, which is taken back at the end.

import { MqttDevice } from '../adapters/mqtt-device/mqtt-device.ts';
import { SystemClock } from '../adapters/system-clock/system-clock.ts';
import type { AnswerOf } from '../api/contract/answers.ts';
import type { ApiClient } from '../cli/api-client.ts';
import type { CommandContext } from '../cli/command-context.ts';
import { BerthError } from '../model/errors.ts';
import type { SensorField } from '../model/sensor.ts';
import type { Clock } from '../ports/clock.ts';
import type { DeviceModel } from '../sensors/device-model.ts';
import { SimulatedDevices } from './simulated-devices.ts';

/** What a person may say about a simulation. */
export interface SimulateOptions {
  /** Ids; empty: all that have no credential. */
  readonly sensors: readonly string[];
  readonly type: string | null;
  readonly rateHz: number | null;
  readonly longestDropOutMs: number;
  /** Share, 0 to 1. */
  readonly misfits: number;
  /** Null: until the person leaves. */
  readonly forMs: number | null;
  readonly seed: string;
  readonly broker: string | null;
  readonly mayTakeOver: boolean;
}

type SensorView = AnswerOf<'listSensors'>['items'][number];

const AT_ONCE = 16;
const MQTT_PORT = 1883;
const TELL_EVERY_MS = 10_000;
const NAMED = 5;

/** Simulates until the time is over or the person leaves. @throws simulate.*, request.not-found */
export async function simulate(context: CommandContext, options: SimulateOptions): Promise<void> {
  const { client, printer, surroundings } = context;
  const say = (text: string) => (printer.json ? undefined : printer.line(text));
  const sensors = await chosenSensors(client, options);
  const models = await deviceModels(client, sensors, { ...options, offsetMs: offsetOf(context) });
  const url = options.broker ?? brokerBeside(surroundings.credentials.url);
  const fleet = new DeviceFleet(client, models, url);
  try {
    await fleet.signIn((sensor, error) => say(`${sensor}: ${error instanceof Error ? error.message : error}`));
    say(`${models.size} ${models.size === 1 ? 'device measures' : 'devices measure'} and send to ${url}.`);
    await until(context, options.forMs, () => say(`${fleet.sent} readings were sent.`));
  } finally {
    await fleet.signOut();
  }
  const { sent } = fleet;
  printer.result({ sensors: [...models.keys()], sent }, () => printer.line(`${sent} readings were sent in all.`));
}

/** The devices, signed in. */
class DeviceFleet {
  readonly #client: ApiClient;
  readonly #url: string;
  readonly #models: ReadonlyMap<string, DeviceModel>;
  readonly #devices = new Map<string, MqttDevice>();
  /** Those whose credentials are to be taken back. */
  readonly #given = new Set<string>();
  #living: SimulatedDevices | undefined;

  constructor(client: ApiClient, models: ReadonlyMap<string, DeviceModel>, url: string) {
    this.#client = client;
    this.#models = models;
    this.#url = url;
  }

  get sent(): number {
    return this.#living?.sent ?? 0;
  }

  /** Gives each device a credential, signs it in, and lets it begin. */
  async signIn(failed: (sensor: string, error: unknown) => void): Promise<void> {
    const living = new SimulatedDevices({
      clock: new SystemClock(),
      devices: this.#models,
      send: async (sensor, payload) => this.#devices.get(sensor)?.send(payload),
      failed,
    });
    await inTurns([...this.#models.keys()], async (sensor) => {
      const { password } = await this.#client.call('renewSensorCredential', { params: { sensor } });
      this.#given.add(sensor);
      const onCommand = (control: string, payload: Uint8Array) =>
        this.#obey(living, { sensor, control, payload, failed });
      const device = await MqttDevice.connect({ url: this.#url, sensor, password, certificates: '', onCommand });
      this.#devices.set(sensor, device);
    });
    this.#living = living;
    void living.start(0);
  }

  /** Lets every device say goodbye, and takes its credential back. */
  async signOut(): Promise<void> {
    await this.#living?.stop();
    await inTurns([...this.#devices.values()], (device) => device.close());
    await inTurns([...this.#given], async (sensor) => {
      await this.#client.call('revokeSensorCredential', { params: { sensor } });
    });
  }

  #obey(
    living: SimulatedDevices,
    {
      sensor,
      control,
      payload,
      failed,
    }: {
      readonly sensor: string;
      readonly control: string;
      readonly payload: Uint8Array;
      readonly failed: (sensor: string, error: unknown) => void;
    },
  ): void {
    const answer = living.command(sensor, control, payload);
    if (answer)
      this.#devices
        .get(sensor)
        ?.acknowledge(answer)
        .catch((error: unknown) => failed(sensor, error));
  }
}

async function chosenSensors(client: ApiClient, options: SimulateOptions): Promise<readonly SensorView[]> {
  const { sensors: named, type, mayTakeOver } = options;
  const all = await client.all('listSensors', { query: type === null ? {} : { type } });
  const missing = named.find((id) => !all.some((sensor) => sensor.id === id));
  if (missing !== undefined) throw new BerthError('request.not-found', { what: 'sensor', id: missing });
  const wanted = all.filter(({ id, enabled }) => (named.length === 0 ? enabled : named.includes(id)));
  const taken = wanted.filter(({ hasCredential }) => hasCredential && !mayTakeOver);
  const free = wanted.filter((sensor) => !taken.includes(sensor));
  if (taken.length > 0 && (named.length > 0 || free.length === 0)) throw hasCredential(taken);
  if (free.length === 0)
    throw new BerthError('simulate.nothing', { detail: type === null ? '' : ` of the type ${type}` });
  return free;
}

function hasCredential(taken: readonly SensorView[]): BerthError {
  const sensors = taken.slice(0, NAMED).map(({ id }) => id);
  const rest = taken.length > NAMED ? ', …' : '';
  return new BerthError('simulate.has-credential', { count: taken.length, sensors: sensors.join(', ') + rest });
}

async function deviceModels(
  client: ApiClient,
  sensors: readonly SensorView[],
  how: SimulateOptions & { readonly offsetMs: number },
): Promise<ReadonlyMap<string, DeviceModel>> {
  const names = [...new Set(sensors.map(({ type }) => type))];
  const types = new Map<string, AnswerOf<'showSensorType'>>();
  await inTurns(names, async (type) => {
    types.set(type, await client.call('showSensorType', { params: { type } }));
  });
  return new Map(
    sensors.flatMap(({ id, type: name }) => {
      const type = types.get(name);
      return type ? [[id, modelOf(id, type, how)] as const] : [];
    }),
  );
}

function modelOf(
  id: string,
  { fields, controls, rateHz }: AnswerOf<'showSensorType'>,
  { seed, misfits, offsetMs, longestDropOutMs, rateHz: wanted }: SimulateOptions & { readonly offsetMs: number },
): DeviceModel {
  const how = { offsetMs, longestDropOutMs, misfits };
  const told = controls.map(({ name, parameters }) => ({ name, parameters: parameters.map(fieldOf) }));
  return { seed: `${seed}/${id}`, fields: fields.map(fieldOf), controls: told, rateHz: wanted ?? rateHz, ...how };
}

function fieldOf({ range, ...field }: AnswerOf<'showSensorType'>['fields'][number]): SensorField {
  return range ? { ...field, range } : field;
}

/** The platform's own broker listens beside its API. */
function brokerBeside(url: string): string {
  const { hostname } = new URL(url);
  return `mqtt://${hostname}:${MQTT_PORT}`;
}

function offsetOf({ surroundings: { now, zone } }: CommandContext): number {
  const local = Temporal.Instant.fromEpochMilliseconds(now()).toZonedDateTimeISO(zone);
  return local.offsetNanoseconds / 1e6;
}

/** Resolves when the time is over or the person leaves; tells now and then. */
async function until({ surroundings }: CommandContext, forMs: number | null, tell: () => void): Promise<void> {
  const clock: Clock = new SystemClock();
  const { promise, resolve } = Promise.withResolvers<void>();
  const cancelEnd = forMs === null ? () => {} : clock.after(forMs, resolve);
  let cancelTell = () => {};
  const telling = () => {
    tell();
    cancelTell = clock.after(TELL_EVERY_MS, telling);
  };
  cancelTell = clock.after(TELL_EVERY_MS, telling);
  if (surroundings.leave.aborted) resolve();
  surroundings.leave.addEventListener('abort', () => resolve(), { once: true });
  await promise;
  cancelEnd();
  cancelTell();
}

/** Does something for each, a few at a time, until all are done or one has failed; then what is under way is still waited for. */
async function inTurns<T>(items: readonly T[], act: (item: T) => Promise<void>): Promise<void> {
  const queue = [...items];
  const one = async () => {
    try {
      for (let item = queue.shift(); item !== undefined; item = queue.shift()) await act(item);
    } catch (error) {
      queue.length = 0;
      throw error;
    }
  };
  const ends = await Promise.allSettled(Array.from({ length: AT_ONCE }, one));
  const failure = ends.find((end) => end.status === 'rejected');
  if (failure) throw failure.reason;
}

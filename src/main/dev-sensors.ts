// The sensors of a trial: the platform's own room of sensors, with made-up devices before its gate.
import type { DeviceGate, DeviceListener } from '../ports/device-gate.ts';
import { BindingController } from '../sensors/binding-controller.ts';
import type { DeviceModel } from '../sensors/device-model.ts';
import { applyRegistry } from '../sensors/registry-requests.ts';
import type { DevFoundations } from './dev-foundations.ts';
import type { DevRegistry } from './dev-registry.ts';
import { buildSensorRoom, type SensorRoom } from './sensor-room.ts';
import { SimulatedDevices } from './simulated-devices.ts';

/** The sensors of a trial, and the devices that they stand for. */
export interface DevSensors extends Pick<SensorRoom, 'feeds' | 'commands'> {
  readonly bindings: BindingController;
  /** Lets the devices measure; resolves when what they have measured lately is there. */
  start(): Promise<void>;
  close(): Promise<void>;
}

/** How the devices are made up. */
export interface DevDevices {
  readonly registry: DevRegistry;
  readonly seed: string;
  readonly offsetMs: number;
  /** How long a device may be silent at a time; 0: never. */
  readonly longestDropOutMs: number;
}

const KEPT_MS = 7 * 86_400_000;
/** An algorithm that looks back finds something. */
const MEASURED_BEFORE_MS = 300_000;

/** Registers the devices and opens the room; nothing measures before `start`. */
export async function openDevSensors(foundations: DevFoundations, wanted: DevDevices): Promise<DevSensors> {
  const { store, recordEvent } = foundations;
  await applyRegistry(foundations, wanted.registry, 'berth dev');
  const gate = new DevGate(foundations, wanted);
  const room = buildSensorRoom({
    ...foundations,
    readingMaxAgeMs: KEPT_MS,
    openGate: async (listener) => gate.opened(listener),
  });
  const silence = store.onWritten((kind, id, doc) => room.written(kind, id, doc));
  await room.open();
  return {
    feeds: room.feeds,
    commands: room.commands,
    bindings: new BindingController({ store, recordEvent }),
    start: () => gate.devices.start(MEASURED_BEFORE_MS),
    close: async () => {
      await gate.devices.stop();
      await room.close();
      silence();
    },
  };
}

/** A door within this process: what devices say is handed over, and commands are answered at once. */
class DevGate implements DeviceGate {
  readonly url = null;
  readonly devices: SimulatedDevices;
  #listener: DeviceListener | undefined;

  constructor({ clock, log }: DevFoundations, wanted: DevDevices) {
    this.devices = new SimulatedDevices({
      clock,
      devices: deviceModels(wanted),
      send: async (sensor, payload) => this.#listener?.readings(sensor, Buffer.from(payload)),
      failed: (sensor, error) => log.warn('Readings of a made-up device were not taken', { sensor, error }),
    });
  }

  opened(listener: DeviceListener): this {
    this.#listener = listener;
    return this;
  }

  async command(sensor: string, control: string, payload: Uint8Array): Promise<void> {
    const answer = this.devices.command(sensor, control, payload);
    if (answer) this.#listener?.acknowledged(sensor, Buffer.from(answer));
  }

  cut(): void {}

  async close(): Promise<void> {}
}

/** A model for each sensor that is registered, by its id. */
function deviceModels({ registry, seed, ...how }: DevDevices): ReadonlyMap<string, DeviceModel> {
  const types = new Map(registry.types.map((type) => [type.id, type]));
  const models = registry.sensors.flatMap(({ id, type: name }): [string, DeviceModel][] => {
    const type = types.get(name);
    if (!type) return [];
    const { fields, controls, rateHz } = type;
    const { offsetMs, longestDropOutMs } = how;
    return [[id, { seed: `${seed}/${id}`, fields, controls, rateHz, offsetMs, longestDropOutMs, misfits: 0 }]];
  });
  return new Map(models);
}

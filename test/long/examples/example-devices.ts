// Devices of the examples as they live: each signs in over MQTT, sends what a test says again and again, and does what it is told.
import { MqttDevice } from '../../../src/adapters/mqtt-device/mqtt-device.ts';
import type { ApiClient } from '../../../src/cli/api-client.ts';

/** A command that a device was given. */
export interface Command {
  readonly control: string;
  readonly parameters: Readonly<Record<string, unknown>>;
}

const EVERY_MS = 200;

/** A device of a registered sensor. */
export class ExampleDevice {
  readonly commands: Command[] = [];
  readonly #device: MqttDevice;
  readonly #timer: NodeJS.Timeout;
  #measures: unknown;

  private constructor(device: MqttDevice, measures: unknown) {
    this.#device = device;
    this.#measures = measures;
    // A device does not wait for who takes its readings; what is not acknowledged while the platform is down goes out afterwards.
    this.#timer = setInterval(() => void this.#send(), EVERY_MS);
  }

  /** Gives the sensor's device a password, signs in with it and begins to send. */
  static async connect(client: ApiClient, url: string, sensor: string, measures: unknown): Promise<ExampleDevice> {
    const { password } = await client.call('renewSensorCredential', { params: { sensor } });
    const onCommand = (control: string, payload: Uint8Array) => device.#obey(control, payload);
    const signedIn = await MqttDevice.connect({ url, sensor, password, certificates: '', onCommand });
    const device: ExampleDevice = new ExampleDevice(signedIn, measures);
    return device;
  }

  /** What it sends from now on. */
  measures(value: unknown): void {
    this.#measures = value;
  }

  async end(): Promise<void> {
    clearInterval(this.#timer);
    await this.#device.close();
  }

  async #send(): Promise<void> {
    await this.#device.send(JSON.stringify(this.#measures)).catch(() => undefined);
  }

  #obey(control: string, payload: Uint8Array): void {
    const { id, parameters } = JSON.parse(Buffer.from(payload).toString());
    this.commands.push({ control, parameters });
    void this.#device.acknowledge(JSON.stringify({ id, ok: true })).catch(() => undefined);
  }
}

// A device's side of the gate, over MQTT 3.1.1: it signs in as its sensor, leaves a last will, sends readings with QoS 1 and hears its
// controls.
import { connect, type MqttClient } from 'mqtt';
import { BerthError } from '../../model/errors.ts';
import { controlTopic, deviceTopic } from '../../ports/device-topics.ts';

/** Who the device is, and where it connects. */
export interface MqttDeviceParts {
  /** `mqtt://host:port` or `mqtts://host:port`. */
  readonly url: string;
  readonly sensor: string;
  readonly password: string;
  /** PEM certificates to trust besides the machine's; empty: none. */
  readonly certificates: string;
  /** Told each command. */
  readonly onCommand: (control: string, payload: Uint8Array) => void;
}

const CONNECT_WITHIN_MS = 10_000;
const RECONNECT_MS = 1000;

/** A device that is signed in, and signs in again when its connection breaks. */
export class MqttDevice {
  readonly #client: MqttClient;
  readonly #sensor: string;

  private constructor({ url, sensor, password, certificates }: MqttDeviceParts) {
    this.#sensor = sensor;
    const will = {
      topic: deviceTopic(sensor, 'status'),
      payload: Buffer.from('offline'),
      qos: 1,
      retain: false,
    } as const;
    this.#client = connect(url, {
      protocolVersion: 4,
      clientId: `simulated-${sensor}`,
      username: sensor,
      password,
      will,
      connectTimeout: CONNECT_WITHIN_MS,
      reconnectPeriod: RECONNECT_MS,
      ...(certificates === '' ? {} : { ca: certificates }),
    });
  }

  /** Signs in and listens. @throws simulate.sign-in-failed */
  static async connect(parts: MqttDeviceParts): Promise<MqttDevice> {
    const device = new MqttDevice(parts);
    const { url, sensor } = parts;
    try {
      await device.#connected();
      device.#listen(parts.onCommand);
      await device.#client.subscribeAsync(controlTopic(sensor, '+'), { qos: 1 });
      await device.#sayOnline();
      device.#client.on('connect', () => void device.#sayOnline().catch(() => {}));
    } catch (cause) {
      await device.#client.endAsync(true);
      const reason = cause instanceof Error && cause.message !== '' ? cause.message : 'nobody answers there';
      throw new BerthError('simulate.sign-in-failed', { sensor, url, reason }, { cause });
    }
    return device;
  }

  /** Sends readings; resolves when the gate has acknowledged them. */
  async send(payload: string): Promise<void> {
    await this.#client.publishAsync(deviceTopic(this.#sensor, 'readings'), payload, { qos: 1 });
  }

  /** Acknowledges a command. */
  async acknowledge(payload: string): Promise<void> {
    await this.#client.publishAsync(deviceTopic(this.#sensor, 'acks'), payload, { qos: 1 });
  }

  /** Says goodbye and ends. */
  async close(): Promise<void> {
    if (this.#client.connected)
      await this.#client.publishAsync(deviceTopic(this.#sensor, 'status'), 'offline', { qos: 0 });
    await this.#client.endAsync(!this.#client.connected);
  }

  async #sayOnline(): Promise<void> {
    await this.#client.publishAsync(deviceTopic(this.#sensor, 'status'), 'online', { qos: 1 });
  }

  /** The first connection; later ones are the client's own business. */
  #connected(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#client.once('connect', () => resolve());
      // It goes on trying, but whoever starts a simulation is told what is wrong.
      this.#client.once('error', reject);
      this.#client.once('close', () => reject(new Error('')));
      this.#client.on('error', () => {});
    });
  }

  #listen(onCommand: MqttDeviceParts['onCommand']): void {
    this.#client.on('message', (topic, payload) => {
      const control = topic.split('/').at(-1) ?? '';
      onCommand(control, payload);
    });
  }
}

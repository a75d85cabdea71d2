// A device that counts, with QoS 1 and a session of its own, at a real platform without nodes.
import { connectAsync, type MqttClient } from 'mqtt';
import type { ApiClient } from '../../../src/cli/api-client.ts';
import { freePort } from '../../world/free-port.ts';
import { until } from '../../world/until.ts';
import { BerthProcess } from '../spine/berth-process.ts';

const FILE = {
  types: [{ id: 'counter', rateHz: 100, fields: [{ name: 'count', type: 'integer' }] }],
  sensors: [{ id: 'meter', type: 'counter' }],
};
const EVERY_MS = 5;
const WITHIN_MS = 30_000;

/** The platform, and the meter that sends to it from `open` to `remove`. */
export class CountingMeter {
  readonly platform: BerthProcess;
  client: ApiClient;
  readonly #device: MqttClient;
  #counting: NodeJS.Timeout | undefined;
  #sent = 0;
  #acknowledged = 0;
  #isRemoved = false;

  private constructor(platform: BerthProcess, client: ApiClient, device: MqttClient) {
    this.platform = platform;
    this.client = client;
    this.#device = device;
  }

  static async open(): Promise<CountingMeter> {
    const port = await freePort();
    const platform = new BerthProcess({ BERTH_DOCKER: '', BERTH_MQTT_PORT: String(port) });
    const client = await platform.start();
    const contents = new TextEncoder().encode(JSON.stringify(FILE));
    await client.call('applySensors', { file: { type: 'application/json', contents } });
    const { password } = await client.call('renewSensorCredential', { params: { sensor: 'meter' } });
    const session = { clientId: 'meter-1', clean: false, reconnectPeriod: 200 };
    const options = { username: 'meter', password, protocolVersion: 4, ...session } as const;
    const device = await connectAsync(`mqtt://127.0.0.1:${port}`, options);
    // That the platform is away is what this is about.
    device.on('error', () => undefined);
    return new CountingMeter(platform, client, device);
  }

  get sent(): number {
    return this.#sent;
  }

  count(): void {
    this.#counting = setInterval(() => this.#send(++this.#sent), EVERY_MS);
  }

  stopCounting(): void {
    clearInterval(this.#counting);
  }

  /** Resolves when so many more than were sent until now were acknowledged. */
  async more(count: number): Promise<void> {
    const wanted = this.#acknowledged + count;
    await until(`${wanted} acknowledged`, WITHIN_MS, () => this.#acknowledged >= wanted || undefined);
  }

  /** Every count that the platform keeps, as often as it keeps it. */
  async kept(): Promise<readonly number[]> {
    const items = await this.client.all('listReadings', { params: { sensor: 'meter' }, query: { since: '1h' } });
    return items.map(({ values }) => Number(values.count));
  }

  /** What is missing in the end: waits until nothing is, for a while. */
  async missing(): Promise<readonly number[]> {
    let lost: number[] = [];
    const look = async () => {
      const kept = new Set(await this.kept());
      lost = Array.from({ length: this.#sent }, (_, index) => index + 1).filter((count) => !kept.has(count));
      return lost.length === 0 || undefined;
    };
    await until('every reading', WITHIN_MS, look).catch(() => undefined);
    return lost;
  }

  async remove(): Promise<void> {
    this.#isRemoved = true;
    this.stopCounting();
    await this.#device.endAsync(true);
    await this.platform.remove();
  }

  /** The client keeps what was not acknowledged; what it could not even take, while a connection broke, it gives back. */
  #send(count: number): void {
    this.#device.publish('berth/meter/readings', String(count), { qos: 1 }, (error) => {
      if (!error) this.#acknowledged++;
      else if (!this.#isRemoved) setTimeout(() => this.#send(count), EVERY_MS);
    });
  }
}

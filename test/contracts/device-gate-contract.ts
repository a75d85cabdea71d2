// What every DeviceGate must do, over real MQTT clients and TCP.
import { connect, connectAsync, type IClientOptions, type MqttClient } from 'mqtt';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { DeviceGate, DeviceListener } from '../../src/ports/device-gate.ts';
import { PASSWORD } from '../builders/sensors.ts';
import { until } from '../world/until.ts';

/** What a listener was told. */
export class HeardDevices implements DeviceListener {
  readonly readingsOf: { readonly sensor: string; readonly text: string }[] = [];
  readonly acks: { readonly sensor: string; readonly text: string }[] = [];
  readonly presences: { readonly sensor: string; readonly state: string; readonly reason: string }[] = [];
  /** While it is set, nothing is taken before it is resolved. */
  gateway: PromiseWithResolvers<void> | undefined;

  async signIn(_: string, password: string): Promise<boolean> {
    return password === PASSWORD;
  }

  async readings(sensor: string, payload: Uint8Array): Promise<void> {
    await this.gateway?.promise;
    this.readingsOf.push({ sensor, text: Buffer.from(payload).toString() });
  }

  acknowledged(sensor: string, payload: Uint8Array): void {
    this.acks.push({ sensor, text: Buffer.from(payload).toString() });
  }

  presence(sensor: string, state: 'online' | 'offline', reason: string): void {
    this.presences.push({ sensor, state, reason });
  }

  /** Resolves when so many readings were taken. */
  took(count: number): Promise<unknown> {
    return until(`${count} readings to be taken`, 10_000, () => this.readingsOf.length >= count || undefined);
  }

  /** Resolves when the last word on a sensor's presence is this. */
  hears(sensor: string, state: string): Promise<unknown> {
    return until(`${sensor} to be ${state}`, 10_000, () => {
      const last = this.presences.findLast((each) => each.sensor === sensor);
      return last?.state === state ? last : undefined;
    });
  }
}

/** A gate with its listener; `end` ends everything around it as well. */
export interface GateUnderTest {
  readonly gate: DeviceGate;
  readonly heard: HeardDevices;
  /** Closes the gate and opens it anew with the same listener, as a restarted platform does. */
  readonly reopen: () => Promise<DeviceGate>;
  readonly end: () => Promise<void>;
}

/** Runs the contract on gates that `open` gives; `device` says how its devices connect. */
export function deviceGateContract(
  name: string,
  open: () => Promise<GateUnderTest>,
  device: IClientOptions = {},
): void {
  describe(`DeviceGate: ${name}`, () => {
    let opened: GateUnderTest;
    const clients: MqttClient[] = [];
    beforeEach(async () => {
      opened = await open();
    });
    afterEach(async () => {
      await Promise.all(clients.splice(0).map((client) => client.endAsync(true)));
      await opened.end();
    });

    /** A device as most are: it signs in with its sensor's name and says what is to be said when it breaks off. */
    function optionsOf(sensor: string, over: IClientOptions = {}): IClientOptions {
      const will = { topic: `berth/${sensor}/status`, payload: Buffer.from('offline'), qos: 1, retain: true } as const;
      const ordinary = {
        clientId: `device-${sensor}`,
        username: sensor,
        password: PASSWORD,
        will,
        reconnectPeriod: 100,
      };
      return { ...ordinary, protocolVersion: 4, ...device, ...over };
    }

    async function connected(sensor: string, over: IClientOptions = {}): Promise<MqttClient> {
      const client = await connectAsync(opened.gate.url ?? '', optionsOf(sensor, over));
      clients.push(client);
      return client;
    }

    test('readings come in as they were sent, in their order, with every quality of service', async () => {
      const client = await connected('t1');
      for (const qos of [0, 1, 2] as const)
        await client.publishAsync('berth/t1/readings', `{"celsius":${qos}}`, { qos });
      await opened.heard.took(3);
      expect(opened.heard.readingsOf.map(({ text }) => text)).toEqual([
        '{"celsius":0}',
        '{"celsius":1}',
        '{"celsius":2}',
      ]);
      expect(opened.heard.readingsOf.every(({ sensor }) => sensor === 't1')).toBe(true);
    });

    test('a reading of QoS 1 is acknowledged only when it was taken, and many wait together', async () => {
      const client = await connected('t1');
      const gateway = Promise.withResolvers<void>();
      opened.heard.gateway = gateway;
      let acknowledged = 0;
      const sent = Array.from({ length: 20 }, async (_, index) => {
        await client.publishAsync('berth/t1/readings', String(index), { qos: 1 });
        acknowledged++;
      });
      if (name.startsWith('own')) {
        // The answer to a ping comes behind everything that was answered before it.
        await new Promise<void>((resolve) => {
          client.once('packetreceive', () => resolve());
          client.sendPing();
        });
        expect(acknowledged).toBe(0);
      }
      gateway.resolve();
      await Promise.all(sent);
      await opened.heard.took(20);
      expect(opened.heard.readingsOf.map(({ text }) => text)).toEqual(
        Array.from({ length: 20 }, (_, index) => String(index)),
      );
    });

    test('a command reaches its device, and its word comes back', async () => {
      const client = await connected('t1');
      const other = await connected('t2');
      await client.subscribeAsync('berth/t1/controls/#', { qos: 1 });
      await other.subscribeAsync('berth/t2/controls/#', { qos: 1 });
      const strays: string[] = [];
      other.on('message', (topic) => void strays.push(topic));
      client.on('message', (topic, payload) => {
        client.publish(
          'berth/t1/acks',
          JSON.stringify({ id: JSON.parse(payload.toString()).id, ok: true, answer: topic }),
        );
      });
      await opened.gate.command('t1', 'fan', Buffer.from('{"id":"c1","parameters":{}}'));
      await until('the word of the device', 5000, () => opened.heard.acks.length > 0 || undefined);
      expect(opened.heard.acks).toEqual([
        { sensor: 't1', text: '{"id":"c1","ok":true,"answer":"berth/t1/controls/fan"}' },
      ]);
      expect(strays).toEqual([]);
    });

    test('a device that keeps its session gets the command that came while it was away for a moment', async () => {
      const session = { clean: false, clientId: 'steady' };
      const client = await connected('t1', session);
      await client.subscribeAsync('berth/t1/controls/+', { qos: 1 });
      await client.endAsync(true);
      await opened.gate.command('t1', 'fan', Buffer.from('{"id":"c7","parameters":{}}'));
      const texts: string[] = [];
      const again = connect(opened.gate.url ?? '', optionsOf('t1', session));
      clients.push(again);
      again.on('message', (_, payload) => void texts.push(payload.toString()));
      await until('the command', 5000, () => texts.length > 0 || undefined);
      expect(texts).toEqual(['{"id":"c7","parameters":{}}']);
    });

    test('its will says that a device broke off', async () => {
      const client = await connected('t1');
      await client.publishAsync('berth/t1/status', 'online', { qos: 1, retain: true });
      await opened.heard.hears('t1', 'online');
      client.options.reconnectPeriod = 0;
      client.stream.destroy();
      await opened.heard.hears('t1', 'offline');
    });

    test('what was sent while the platform was away comes when it is back, and nothing is lost', async () => {
      const client = await connected('t1');
      await client.publishAsync('berth/t1/readings', '0', { qos: 1 });
      const sent = Array.from({ length: 50 }, (_, index) =>
        client.publishAsync('berth/t1/readings', String(index + 1), { qos: 1 }),
      );
      await opened.reopen();
      sent.push(
        ...Array.from({ length: 50 }, (_, index) =>
          client.publishAsync('berth/t1/readings', String(index + 51), { qos: 1 }),
        ),
      );
      await Promise.all(sent);
      const all = () => new Set(opened.heard.readingsOf.map(({ text }) => text));
      await until('all readings', 20_000, () => all().size === 101 || undefined);
    });

    test('without a command’s way to the broker, the command is refused and not kept for later', async () => {
      await opened.gate.close();
      await expect(opened.gate.command('t1', 'fan', Buffer.from('{}'))).rejects.toMatchObject({
        code: 'sensor.gate-closed',
      });
    });
  });
}

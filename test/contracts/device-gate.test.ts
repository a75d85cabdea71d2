// The contract of DeviceGate over the platform's own broker and over Mosquitto, and what only the own one promises.
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { connect as connectTcp } from 'node:net';
import { join } from 'node:path';
import { connectAsync, type IClientOptions, type MqttClient } from 'mqtt';
import { describe, expect, onTestFinished, test } from 'vitest';
import { AedesGate, type AedesGateParts } from '../../src/adapters/aedes-gate/aedes-gate.ts';
import { MqttGate } from '../../src/adapters/mqtt-gate/mqtt-gate.ts';
import { SystemClock } from '../../src/adapters/system-clock/system-clock.ts';
import { PASSWORD } from '../builders/sensors.ts';
import { freePort } from '../world/free-port.ts';
import { BROKER_USER, startMosquitto } from '../world/mosquitto.ts';
import { ownCertificate } from '../world/own-certificate.ts';
import { until } from '../world/until.ts';
import { deviceGateContract, type GateUnderTest, HeardDevices } from './device-gate-contract.ts';
import { silentLog } from './silent-log.ts';
import { temporaryDirectory } from './temporary-directory.ts';

const LIMITS = { packetBytes: 64 * 1024, connections: 100, connectionsPerSensor: 2 };

async function openOwn(ports: AedesGateParts['ports']): Promise<GateUnderTest> {
  const heard = new HeardDevices();
  const parts = { ports, limits: LIMITS, listener: heard, clock: new SystemClock(), log: silentLog };
  let gate = await AedesGate.open(parts);
  const reopen = async () => {
    await gate.close();
    gate = await AedesGate.open(parts);
    return gate;
  };
  return { gate, heard, reopen, end: () => gate.close() };
}

const plainPorts = async () => ({ plain: { host: '127.0.0.1', port: await freePort() }, tls: null });

deviceGateContract('own broker', async () => openOwn(await plainPorts()));

deviceGateContract(
  'own broker with TLS',
  async () => {
    const files = await certificateFiles();
    return openOwn({ plain: null, tls: { host: '127.0.0.1', port: await freePort(), ...files } });
  },
  { rejectUnauthorized: false },
);

for (const version of ['5', '3.1.1'] as const) {
  deviceGateContract(`Mosquitto over MQTT ${version}`, () => openBroker(version), {
    protocolVersion: version === '5' ? 5 : 4,
    ...(version === '5' ? { properties: { sessionExpiryInterval: 60 } } : {}),
  });
}

async function openBroker(version: '5' | '3.1.1'): Promise<GateUnderTest> {
  const broker = await startMosquitto({ devices: { t1: PASSWORD, t2: PASSWORD } });
  const heard = new HeardDevices();
  const access = { url: broker.url, version, credentials: BROKER_USER, certificates: null, clientId: 'berth-test' };
  const parts = { access, listener: heard, clock: new SystemClock(), log: silentLog };
  let gate = await listening(MqttGate.open(parts));
  const reopen = async () => {
    await gate.close();
    gate = await listening(MqttGate.open(parts));
    return gate;
  };
  return {
    ...{ gate, heard, reopen },
    end: async () => {
      await gate.close();
      await broker.destroy();
    },
  };
}

/** Commands leave only when the broker is there. */
async function listening(gate: MqttGate): Promise<MqttGate> {
  await until('the broker', 10_000, () => gate.command('nobody', 'nothing', Buffer.from('{}')).then(() => true));
  return gate;
}

async function certificateFiles() {
  const directory = await temporaryDirectory();
  const { key, cert } = await ownCertificate();
  const files = { certificate: join(directory, 'cert.pem'), key: join(directory, 'key.pem') };
  await Promise.all([writeFile(files.certificate, cert), writeFile(files.key, key)]);
  return files;
}

/** Resolves when a client has lost its connection, however. */
function putOut(client: MqttClient): Promise<void> {
  client.on('error', () => undefined);
  return new Promise((resolve) => client.once('close', () => resolve()));
}

describe('the own broker', () => {
  async function opened(limits = LIMITS) {
    const heard = new HeardDevices();
    const ports = await plainPorts();
    const gate = await AedesGate.open({ ports, limits, listener: heard, clock: new SystemClock(), log: silentLog });
    onTestFinished(() => gate.close());
    const device = async (sensor: string, over: IClientOptions = {}) => {
      const ordinary = { username: sensor, password: PASSWORD, protocolVersion: 4, reconnectPeriod: 0 } as const;
      const client = await connectAsync(gate.url ?? '', { ...ordinary, ...over });
      onTestFinished(() => client.endAsync(true));
      return client;
    };
    return { gate, heard, device, port: ports.plain.port };
  }

  test('takes what a device sends as soon as it is let in, every time', async () => {
    const { heard, device } = await opened();
    for (let round = 0; round < 60; round++) {
      const client = await device(`t${round}`);
      await client.publishAsync(`berth/t${round}/readings`, '1', { qos: 1 });
      client.end(true);
    }
    expect(heard.readingsOf).toHaveLength(60);
  });

  test('refuses whoever has not the credential of a sensor', async () => {
    const { device } = await opened();
    await expect(device('t1', { password: 'guess' })).rejects.toThrow('Bad username or password');
    await expect(device('', { username: '', password: '' })).rejects.toThrow();
  });

  test('tells that a device came and that its connection ended', async () => {
    const { heard, device } = await opened();
    const client = await device('t1');
    await heard.hears('t1', 'online');
    await client.endAsync();
    await heard.hears('t1', 'offline');
    expect(heard.presences).toEqual([
      { sensor: 't1', state: 'online', reason: 'it signed in over MQTT' },
      { sensor: 't1', state: 'offline', reason: 'its connection ended' },
    ]);
  });

  test.each(['berth/t2/readings', 'berth/t1/controls/fan', 'other', '$SYS/x'])(
    'puts out a device that writes to %s, and nobody hears it',
    async (topic) => {
      const { heard, device } = await opened();
      const other = await device('t2');
      await other.subscribeAsync('berth/t2/controls/#');
      const client = await device('t1');
      const left = putOut(client);
      client.publish(topic, '1', { qos: 0 });
      await left;
      expect(heard.readingsOf).toEqual([]);
    },
  );

  test.each([
    'berth/t2/controls/#',
    'berth/t2/readings',
    'berth/t1/readings',
    '#',
    'berth/+/controls/x',
    'berth/t1/#',
    '$SYS/#',
  ])('does not let a device subscribe to %s', async (filter) => {
    const { device } = await opened();
    const client = await device('t1');
    const answer = await client.subscribeAsync(filter).then(
      ([granted]) => granted?.qos,
      () => 128,
    );
    expect(answer).toBe(128);
  });

  test('keeps what one device publishes from every other, its own controls included', async () => {
    const { heard, device } = await opened();
    const [a, b] = [await device('t1', { clientId: 'a' }), await device('t1', { clientId: 'b' })];
    await b.subscribeAsync('berth/t1/controls/#');
    const strays: string[] = [];
    b.on('message', (topic) => void strays.push(topic));
    await a.publishAsync('berth/t1/readings', '1', { qos: 1, retain: true });
    await heard.took(1);
    expect(strays).toEqual([]);
  });

  test('lets no device take another one’s session by its name', async () => {
    const { device, gate } = await opened();
    const name = { clientId: 'same', clean: false };
    const first = await device('t1', name);
    await first.subscribeAsync('berth/t1/controls/#', { qos: 1 });
    const second = await device('t2', name);
    const strays: string[] = [];
    second.on('message', (topic) => void strays.push(topic));
    const [, payload] = await Promise.all([
      gate.command('t1', 'fan', Buffer.from('{"id":"x"}')),
      new Promise<string>((resolve) => first.once('message', (_, text) => resolve(text.toString()))),
    ]);
    expect(payload).toBe('{"id":"x"}');
    expect(first.connected).toBe(true);
    expect(strays).toEqual([]);
  });

  test('ends a connection on which a packet is too large, before it is read', async () => {
    const { heard, device, port } = await opened();
    const client = await device('t1');
    const left = putOut(client);
    client.publish('berth/t1/readings', 'x'.repeat(70_000), { qos: 0 });
    await left;
    expect(heard.readingsOf).toEqual([]);
    const socket = connectTcp(port, '127.0.0.1').on('error', () => undefined);
    // A CONNECT that says that 256 MB follow.
    socket.write(Buffer.from([0x10, 0xff, 0xff, 0xff, 0x7f]));
    socket.resume();
    await once(socket, 'close');
  });

  test('takes so many connections of one sensor and no more', async () => {
    const { device } = await opened();
    await Promise.all([device('t1'), device('t1')]);
    await expect(device('t1')).rejects.toThrow();
    await device('t2');
  });

  test('puts a device out whose credential changed', async () => {
    const { device, gate } = await opened();
    const client = await device('t1');
    const left = putOut(client);
    gate.cut('t1');
    await left;
  });

  test('refuses MQTT 5, which it does not speak', async () => {
    const { device } = await opened();
    await expect(device('t1', { protocolVersion: 5 })).rejects.toThrow();
  });

  test('cannot be opened on a port that is taken, and says what to do', async () => {
    const { port, heard } = await opened();
    const ports = { plain: { host: '127.0.0.1', port }, tls: null };
    const again = AedesGate.open({ ports, limits: LIMITS, listener: heard, clock: new SystemClock(), log: silentLog });
    await expect(again).rejects.toMatchObject({
      code: 'sensor.gate-not-open',
      remedy: expect.stringContaining('BERTH_MQTT_PORT'),
    });
  });
});

test('a broker that is away at the start is found when it comes, and again after it was restarted', async () => {
  const broker = await startMosquitto();
  onTestFinished(() => broker.destroy());
  const heard = new HeardDevices();
  const access = {
    url: broker.url,
    version: '5',
    credentials: null,
    certificates: null,
    clientId: 'berth-test',
  } as const;
  const gate = await listening(MqttGate.open({ access, listener: heard, clock: new SystemClock(), log: silentLog }));
  onTestFinished(() => gate.close());
  await broker.restart();
  await listening(gate);
  const client = await connectAsync(broker.url, { protocolVersion: 5 });
  onTestFinished(() => client.endAsync(true));
  await client.publishAsync('berth/t9/readings', '1', { qos: 1 });
  await heard.took(1);
});

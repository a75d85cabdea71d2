// The platform's own MQTT 3.1.1 broker. A device signs in with the id of its sensor and its credential, speaks below its own topics,
// and hears its own controls; nothing else is possible here.
//
// INVARIANTS:
// - A message of QoS 1 is acknowledged only when the listener has taken it: devices send what was not acknowledged again.
// - What is read of a connection is bounded: no more is read before everything that was read is taken.
import { readFile } from 'node:fs/promises';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import type { Aedes, AedesOptions, AuthenticateError, Client, PublishPacket } from 'aedes';
import { BerthError } from '../../model/errors.ts';
import type { Clock } from '../../ports/clock.ts';
import type { DeviceGate, DeviceListener } from '../../ports/device-gate.ts';
import { controlTopic, isOwnControls, readDeviceTopic, readPresence } from '../../ports/device-topics.ts';
import type { Log } from '../../ports/log.ts';
import { DeviceBroker } from './device-broker.ts';
import { DeviceSessions, sessionName } from './device-sessions.ts';
import { limitPackets } from './packet-limit.ts';
import { Turns } from './turns.ts';

/** Where devices may connect; port 0 takes a free one, null: not in this way. */
export interface GatePorts {
  readonly plain: { readonly host: string; readonly port: number } | null;
  /** With PEM files of the certificate (its chain included) and its key. */
  readonly tls: {
    readonly host: string;
    readonly port: number;
    readonly certificate: string;
    readonly key: string;
  } | null;
}

/** What devices may use. */
export interface GateLimits {
  readonly packetBytes: number;
  readonly connections: number;
  readonly connectionsPerSensor: number;
}

/** What the gate needs. */
export interface AedesGateParts {
  readonly ports: GatePorts;
  readonly limits: GateLimits;
  readonly listener: DeviceListener;
  readonly clock: Clock;
  readonly log: Log;
}

const CONNECT_WITHIN_MS = 10_000;
const KEEP_ALIVE_MS = 60_000;
/** Between a refused sign-in and its answer: guessing is slow. */
const REFUSED_MS = 500;
/** Messages that are being taken at a time. */
const MOST_AT_A_TIME = 10_000;
const BAD_CREDENTIAL = 4;
const WORDS = { lastWill: 'its last will came: its connection broke', own: 'it said so itself' } as const;

/** An embedded broker, open until it is closed. */
export class AedesGate implements DeviceGate {
  readonly #parts: AedesGateParts;
  readonly #sessions: DeviceSessions;
  readonly #sensors = new WeakMap<Client, string>();
  readonly #connected = new Map<string, Set<Client>>();
  readonly #sockets = new Set<Socket>();
  readonly #servers: Server[] = [];
  readonly #urls: string[] = [];
  #broker: Aedes | undefined;
  #isClosing = false;
  #taking = 0;
  readonly #turns = new Turns();

  private constructor(parts: AedesGateParts) {
    this.#parts = parts;
    this.#sessions = new DeviceSessions(parts.clock);
  }

  /** Opens the broker. @throws sensor.gate-not-open */
  static async open(parts: AedesGateParts): Promise<AedesGate> {
    const gate = new AedesGate(parts);
    try {
      await gate.#open();
      return gate;
    } catch (error) {
      await gate.close();
      const detail = error instanceof Error ? error.message : String(error);
      throw new BerthError('sensor.gate-not-open', { detail }, { cause: error });
    }
  }

  get url(): string | null {
    return this.#urls.length === 0 ? null : this.#urls.join(' ');
  }

  command(sensor: string, control: string, payload: Uint8Array): Promise<void> {
    const topic = controlTopic(sensor, control);
    const packet = { cmd: 'publish', topic, payload: Buffer.from(payload), qos: 1, retain: false, dup: false } as const;
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    if (!this.#broker || this.#isClosing) reject(new BerthError('sensor.gate-closed', { detail: 'it is closed' }));
    else this.#broker.publish(packet, (error) => (error ? reject(closed(error)) : resolve()));
    return promise;
  }

  cut(sensor: string): void {
    for (const client of this.#connected.get(sensor) ?? []) client.close();
    this.#sessions.forget(sensor);
  }

  async close(): Promise<void> {
    this.#isClosing = true;
    for (const server of this.#servers) server.close();
    const broker = this.#broker;
    if (broker) await new Promise<void>((resolve) => broker.close(resolve));
    for (const socket of this.#sockets) socket.destroy();
  }

  async #open(): Promise<void> {
    const { plain, tls } = this.#parts.ports;
    const broker = new DeviceBroker(this.#options());
    this.#broker = broker;
    await broker.listen();
    broker.on('client', (client) => this.#came(client));
    broker.on('clientDisconnect', (client) => this.#left(client));
    for (const event of ['clientError', 'connectionError'] as const) {
      broker.on(event, ({ id }, error) => this.#parts.log.debug('A device lost its connection', { client: id, error }));
    }
    if (plain) this.#urls.push(await this.#listen(createServer(), { scheme: 'mqtt', ...plain }));
    if (tls) this.#urls.push(await this.#listen(await tlsServer(tls), { scheme: 'mqtts', ...tls }));
  }

  #options(): AedesOptions {
    return {
      persistence: this.#sessions,
      connectTimeout: CONNECT_WITHIN_MS,
      preConnect: (_, packet, done) => {
        const name = packet.username ?? '';
        if (packet.clientId !== '') packet.clientId = sessionName(name, packet.clientId);
        done(null, !this.#isClosing);
      },
      authenticate: (client, name, password, done) => {
        this.#signIn(client, name ?? '', password?.toString() ?? '').then(
          (isRefused) => (isRefused ? done(refusal(), false) : done(null, true)),
          (error: unknown) => this.#failed(error, () => done(refusal(), false)),
        );
      },
      authorizePublish: (client, packet, done) => this.#publish(client, packet, done),
      authorizeSubscribe: (client, subscription, done) => {
        const sensor = this.#sensors.get(client);
        done(null, sensor !== undefined && isOwnControls(sensor, subscription.topic) ? subscription : null);
      },
      authorizeForward: (client, packet) => {
        const isOwn = readDeviceTopic(packet.topic)?.sensor === this.#sensors.get(client);
        return isOwn ? packet : null;
      },
    };
  }

  async #signIn(client: Client, sensor: string, password: string): Promise<boolean> {
    const { listener, limits, clock } = this.#parts;
    const isFull = (this.#connected.get(sensor)?.size ?? 0) >= limits.connectionsPerSensor;
    const fits = !isFull && sensor !== '' && (await listener.signIn(sensor, password));
    if (fits) this.#sensors.set(client, sensor);
    else await new Promise<void>((resolve) => clock.after(REFUSED_MS, resolve));
    return !fits;
  }

  /** Whatever a device says is taken here, before it is acknowledged; the broker itself hands it to nobody. */
  #publish(client: Client | null, packet: PublishPacket, done: (error?: Error | null) => void): void {
    const heard = client === null ? null : this.#hear(client, packet);
    if (heard instanceof Promise)
      heard.then(
        () => done(),
        (error: unknown) => this.#failed(error, done),
      );
    else done(heard);
  }

  /** Gives when it is taken, why it never is, or null for what is done. */
  #hear(client: Client, packet: PublishPacket): Promise<void> | Error | null {
    const { listener } = this.#parts;
    const sensor = this.#sensors.get(client);
    const topic = readDeviceTopic(packet.topic);
    if (sensor === undefined || topic?.sensor !== sensor) return new Error(`${packet.topic} is not its topic`);
    const payload = typeof packet.payload === 'string' ? Buffer.from(packet.payload) : packet.payload;
    switch (topic.kind) {
      case 'readings':
        return this.#takeReadings(sensor, payload);
      case 'acks':
        listener.acknowledged(sensor, payload);
        return null;
      case 'status':
        this.#said(client, sensor, payload);
        return null;
      case 'controls':
        return new Error('controls are for the platform to publish');
      default:
        return topic.kind satisfies never;
    }
  }

  /** So many at a time; the others wait, and with them their devices. */
  async #takeReadings(sensor: string, payload: Uint8Array): Promise<void> {
    if (this.#taking >= MOST_AT_A_TIME) await new Promise<void>((resolve) => this.#turns.push(resolve));
    else this.#taking++;
    try {
      await this.#parts.listener.readings(sensor, payload);
    } finally {
      const next = this.#turns.shift();
      if (next) next();
      else this.#taking--;
    }
  }

  #said(client: Client, sensor: string, payload: Uint8Array): void {
    const state = readPresence(payload);
    if (!state || this.#isClosing) return;
    const isWill = client.closed;
    this.#parts.listener.presence(sensor, state, isWill ? WORDS.lastWill : WORDS.own);
  }

  /** The device is cut off and sends again what was not acknowledged. */
  #failed(error: unknown, done: (error: Error) => void): void {
    this.#parts.log.warn('What a device sent could not be taken; it is to send it again', { error });
    done(error instanceof Error ? error : new Error(String(error)));
  }

  #came(client: Client): void {
    const sensor = this.#sensors.get(client);
    if (sensor === undefined) return;
    const present = this.#connected.get(sensor) ?? new Set();
    this.#connected.set(sensor, present.add(client));
    this.#parts.listener.presence(sensor, 'online', 'it signed in over MQTT');
  }

  #left(client: Client): void {
    const sensor = this.#sensors.get(client);
    const present = sensor === undefined ? undefined : this.#connected.get(sensor);
    if (sensor === undefined || !present?.delete(client) || present.size > 0) return;
    this.#connected.delete(sensor);
    // That the platform goes away says nothing of the device.
    if (!this.#isClosing) this.#parts.listener.presence(sensor, 'offline', 'its connection ended');
  }

  async #listen(server: Server, at: { readonly scheme: string; readonly host: string; readonly port: number }) {
    server.maxConnections = this.#parts.limits.connections;
    const isTls = at.scheme === 'mqtts';
    server.on(isTls ? 'secureConnection' : 'connection', (socket: Socket) => this.#accept(socket));
    if (isTls) server.on('tlsClientError', (error) => this.#parts.log.debug('A device failed at TLS', { error }));
    this.#servers.push(server);
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    server.once('error', reject);
    server.listen({ host: at.host, port: at.port }, resolve);
    await promise;
    server.off('error', reject);
    server.on('error', (error) => this.#parts.log.warn('A listener for devices failed', { error }));
    const { address, port } = server.address() as AddressInfo;
    return `${at.scheme}://${address.includes(':') ? `[${address}]` : address}:${port}`;
  }

  #accept(socket: Socket): void {
    this.#sockets.add(socket);
    socket.once('close', () => this.#sockets.delete(socket));
    socket.setNoDelay(true);
    socket.setKeepAlive(true, KEEP_ALIVE_MS);
    limitPackets(socket, this.#parts.limits.packetBytes);
    this.#broker?.handle(socket);
  }
}

async function tlsServer({ certificate, key }: { readonly certificate: string; readonly key: string }) {
  const [cert, privateKey] = await Promise.all([readFile(certificate), readFile(key)]);
  return createTlsServer({ cert, key: privateKey });
}

function refusal(): AuthenticateError {
  return Object.assign(new Error('this is not the credential of a sensor'), { returnCode: BAD_CREDENTIAL });
}

function closed(cause: Error): BerthError {
  return new BerthError('sensor.gate-closed', { detail: cause.message }, { cause });
}

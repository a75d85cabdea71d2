// Devices that come in through somebody else's broker, over MQTT 5 or 3.1.1. Who signs in there, and who may write which topic, is that
// broker's to say: it has to keep each device to its own topics.
//
// INVARIANTS:
// - A message of QoS 1 is acknowledged only when the listener has taken it. The session outlives the connection and this process, so
//   the broker keeps what comes meanwhile and sends again what was not acknowledged.
// - Messages that are being taken are bounded: beyond, no more is read.
import { connect, type IClientOptions, type IPublishPacket, type MqttClient, type Packet } from 'mqtt';
import { BerthError } from '../../model/errors.ts';
import type { Clock } from '../../ports/clock.ts';
import type { DeviceGate, DeviceListener } from '../../ports/device-gate.ts';
import { controlTopic, deviceTopic, readDeviceTopic, readPresence } from '../../ports/device-topics.ts';
import type { Log } from '../../ports/log.ts';

/** Where the broker is, and who the platform is there. */
export interface BrokerAccess {
  /** `mqtt://host:port` or `mqtts://host:port`, without credentials. */
  readonly url: string;
  readonly version: '5' | '3.1.1';
  readonly credentials: { readonly user: string; readonly password: string } | null;
  /** PEM certificates to trust besides the machine's; null: none. */
  readonly certificates: string | null;
  /** The name of the platform's session at the broker: always the same. */
  readonly clientId: string;
}

/** What the gate needs. */
export interface MqttGateParts {
  readonly access: BrokerAccess;
  readonly listener: DeviceListener;
  readonly clock: Clock;
  readonly log: Log;
}

type Acknowledged = (error?: Error) => void;
type SendPacket = (packet: Packet, done?: Acknowledged, ...rest: readonly unknown[]) => void;

const RECONNECT_MS = 1000;
const CONNECT_WITHIN_MS = 10_000;
const COMMAND_WITHIN_MS = 10_000;
const CLOSE_WITHIN_MS = 2000;
/** The broker keeps the session so long while the platform is away. */
const SESSION_SECONDS = 7 * 86_400;
/** Messages that are being taken at a time. */
const MOST_UNDER_WAY = 1000;

/** A client of an external broker, until it is closed. */
export class MqttGate implements DeviceGate {
  readonly #parts: MqttGateParts;
  readonly #client: MqttClient;
  /** Of QoS 1, by their numbers: whether the listener took them. */
  readonly #underWay = new Map<number, Promise<boolean>>();
  #taking = 0;
  #goOn: (() => void) | undefined;
  #isClosing = false;

  private constructor(parts: MqttGateParts) {
    this.#parts = parts;
    this.#client = connect(parts.access.url, { ...optionsOf(parts.access), manualConnect: true });
    this.#acknowledgeWhenTaken();
    this.#client.on('message', (topic, payload, packet) => this.#came(topic, payload, packet));
    this.#client.on('connect', () => this.#connected());
    this.#client.on('close', () => this.#underWay.clear());
    this.#client.on('error', (error) =>
      parts.log.warn('The broker of devices does not answer as it should', { error }),
    );
    this.#client.on('offline', () => parts.log.info('The broker of devices is away', { broker: parts.access.url }));
  }

  /** Begins to connect; a broker that is away is tried again until it is there. */
  static open(parts: MqttGateParts): MqttGate {
    const gate = new MqttGate(parts);
    gate.#client.connect();
    return gate;
  }

  get url(): string {
    return this.#parts.access.url;
  }

  async command(sensor: string, control: string, payload: Uint8Array): Promise<void> {
    // What is queued for a broker that is away would be done at any time later.
    if (!this.#client.connected) throw new BerthError('sensor.gate-closed', { detail: 'the broker is not connected' });
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const cancel = this.#parts.clock.after(COMMAND_WITHIN_MS, () => reject(closed('the broker does not answer')));
    this.#client.publish(controlTopic(sensor, control), Buffer.from(payload), { qos: 1 }, (error) =>
      error ? reject(closed(error.message, error)) : resolve(),
    );
    await promise.finally(cancel);
  }

  cut(sensor: string): void {
    this.#parts.log.info('A device whose credential changed is to be put out at the external broker', { sensor });
  }

  /** Lets what is being taken be acknowledged; the session stays at the broker. */
  async close(): Promise<void> {
    this.#isClosing = true;
    await this.#within(CLOSE_WITHIN_MS, Promise.all(this.#underWay.values()));
    const ended = new Promise<void>((resolve) => this.#client.end(true, {}, () => resolve()));
    await this.#within(CLOSE_WITHIN_MS, ended);
  }

  #connected(): void {
    const { log, access } = this.#parts;
    log.info('Devices come in through a broker', { broker: access.url, version: access.version });
    const topics = [deviceTopic('+', 'readings'), deviceTopic('+', 'status'), deviceTopic('+', 'acks')];
    this.#client.subscribe(topics, { qos: 1 }, (error) => {
      if (error) log.warn('The broker does not let the platform hear devices', { error });
    });
  }

  /**
   * The client takes one message at a time and acknowledges it before it looks at the next, so each would wait for a disk of its own.
   * Here acknowledgements are held back instead, and the next message is taken at once.
   */
  #acknowledgeWhenTaken(): void {
    const client = this.#client;
    const send = (Reflect.get(client, '_sendPacket') as SendPacket).bind(client);
    const sendLater: SendPacket = (packet, done, ...rest) => {
      const taken = packet.cmd === 'puback' ? this.#underWay.get(packet.messageId ?? 0) : undefined;
      if (taken === undefined) return send(packet, done, ...rest);
      void taken.then((isTaken) => {
        if (isTaken && client.connected) send(packet);
      });
      done?.();
    };
    Reflect.set(client, '_sendPacket', sendLater);
    client.handleMessage = (_: IPublishPacket, done: Acknowledged) => {
      // What comes while it closes is neither taken nor acknowledged.
      if (this.#isClosing) return;
      if (this.#taking < MOST_UNDER_WAY) done();
      else this.#goOn = () => done();
    };
  }

  #came(topic: string, payload: Uint8Array, { qos, messageId, retain }: IPublishPacket): void {
    const device = readDeviceTopic(topic);
    if (!device || this.#isClosing) return;
    const { listener } = this.#parts;
    const presence = device.kind === 'status' ? readPresence(payload) : undefined;
    if (presence) listener.presence(device.sensor, presence, 'its status at the broker says so');
    if (device.kind === 'acks') listener.acknowledged(device.sensor, payload);
    // What the broker retains was taken when it came.
    if (device.kind !== 'readings' || retain) return;
    const taken = this.#take(device.sensor, payload);
    if (qos > 0 && messageId !== undefined) this.#holdBack(messageId, taken);
  }

  #holdBack(messageId: number, taken: Promise<boolean>): void {
    this.#underWay.set(messageId, taken);
    void taken.then((isTaken) => {
      // One that was not taken is not acknowledged for as long as this connection lasts.
      if (isTaken && this.#underWay.get(messageId) === taken) this.#underWay.delete(messageId);
    });
  }

  async #take(sensor: string, payload: Uint8Array): Promise<boolean> {
    this.#taking++;
    try {
      await this.#parts.listener.readings(sensor, payload);
      return true;
    } catch (error) {
      this.#parts.log.warn('What a device sent could not be taken; the broker is to send it again', { error });
      // It does so when the connection is made anew.
      this.#client.stream.destroy();
      return false;
    } finally {
      this.#taking--;
      const goOn = this.#goOn;
      this.#goOn = undefined;
      goOn?.();
    }
  }

  async #within(ms: number, work: Promise<unknown>): Promise<void> {
    const late = Promise.withResolvers<void>();
    const cancel = this.#parts.clock.after(ms, late.resolve);
    await Promise.race([work, late.promise]).finally(cancel);
  }
}

function optionsOf({ version, credentials, certificates, clientId }: BrokerAccess): IClientOptions {
  const session = { sessionExpiryInterval: SESSION_SECONDS, receiveMaximum: MOST_UNDER_WAY };
  return {
    clientId,
    clean: false,
    resubscribe: false,
    reconnectPeriod: RECONNECT_MS,
    connectTimeout: CONNECT_WITHIN_MS,
    ...(version === '5' ? { protocolVersion: 5, properties: session } : { protocolVersion: 4 }),
    ...(credentials ? { username: credentials.user, password: credentials.password } : {}),
    ...(certificates === null ? {} : { ca: certificates }),
  };
}

function closed(detail: string, cause?: unknown): BerthError {
  return new BerthError('sensor.gate-closed', { detail }, { cause });
}

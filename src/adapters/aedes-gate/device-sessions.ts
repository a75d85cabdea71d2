// What the broker keeps for devices that are away for a moment: their subscriptions, and commands that they have not acknowledged.
//
// Only the platform publishes to devices, and only below their own topics, so there are no retained messages, and who takes a message
// is found among the sessions of one sensor. Everything is bounded, and a command that nobody fetched in time is dropped: what it was
// about has passed. Sessions end with the process; devices subscribe again when they are told that theirs is gone (section 3.2.2.2).
//
// The methods are those that the broker calls (aedes-persistence); all it does not need here give nothing.
import { Readable } from 'node:stream';
import type { Clock } from '../../ports/clock.ts';
import { readDeviceTopic } from '../../ports/device-topics.ts';

/** A packet that is on its way to a device. */
interface Outgoing {
  readonly brokerId: string;
  readonly brokerCounter: number;
  readonly topic: string;
  messageId?: number;
}

interface Kept {
  packet: Outgoing;
  readonly atMs: number;
}

interface Granted {
  readonly topic: string;
  readonly qos: number;
}

interface Session {
  readonly sensor: string;
  readonly granted: Map<string, Granted>;
  outgoing: Kept[];
}

interface ClientName {
  readonly id: string;
}

const SESSIONS_PER_SENSOR = 4;
const COMMANDS_PER_SESSION = 100;
const INCOMING_PER_CLIENT = 100;
/** How long a device may be away and still get what it missed. */
const KEPT_MS = 120_000;

/** The name under which a client's session is kept: its sensor's before its own, so that none can take another's. */
export function sessionName(sensor: string, clientId: string): string {
  return `${sensor} ${clientId}`;
}

/** Sessions of the devices of one broker. */
export class DeviceSessions {
  readonly #clock: Clock;
  readonly #sessions = new Map<string, Session>();
  readonly #bySensor = new Map<string, Set<string>>();
  readonly #incoming = new Map<string, Map<number, object>>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Forgets all sessions of a sensor. */
  forget(sensor: string): void {
    for (const id of this.#bySensor.get(sensor) ?? []) this.#sessions.delete(id);
    this.#bySensor.delete(sensor);
  }

  async setup(): Promise<void> {}

  async addSubscriptions({ id }: ClientName, granted: readonly Granted[]): Promise<void> {
    const session = this.#sessions.get(id) ?? this.#begin(id);
    for (const each of granted) session.granted.set(each.topic, { ...each });
  }

  async removeSubscriptions({ id }: ClientName, topics: readonly string[]): Promise<void> {
    const session = this.#sessions.get(id);
    for (const topic of topics) session?.granted.delete(topic);
  }

  async subscriptionsByClient({ id }: ClientName): Promise<readonly Granted[]> {
    return [...(this.#sessions.get(id)?.granted.values() ?? [])];
  }

  async subscriptionsByTopic(topic: string): Promise<readonly (Granted & { readonly clientId: string })[]> {
    const sensor = readDeviceTopic(topic)?.sensor;
    const names = sensor === undefined ? [] : [...(this.#bySensor.get(sensor) ?? [])];
    return names.flatMap((clientId) => {
      const granted = [...(this.#sessions.get(clientId)?.granted.values() ?? [])];
      const found = granted.find((each) => each.qos > 0 && isMatch(each.topic, topic));
      return found ? [{ ...found, clientId }] : [];
    });
  }

  async cleanSubscriptions({ id }: ClientName): Promise<void> {
    const session = this.#sessions.get(id);
    this.#sessions.delete(id);
    if (session) this.#bySensor.get(session.sensor)?.delete(id);
  }

  async countOffline(): Promise<{ readonly subsCount: number; readonly clientsCount: number }> {
    return { subsCount: 0, clientsCount: this.#sessions.size };
  }

  async outgoingEnqueue({ clientId }: { readonly clientId: string }, packet: Outgoing): Promise<void> {
    const session = this.#sessions.get(clientId);
    if (!session) return;
    const atMs = this.#clock.monotonic();
    session.outgoing = session.outgoing.filter((kept) => atMs - kept.atMs < KEPT_MS).slice(1 - COMMANDS_PER_SESSION);
    session.outgoing.push({ packet: { ...packet }, atMs });
  }

  async outgoingEnqueueCombi(to: readonly { readonly clientId: string }[], packet: Outgoing): Promise<void> {
    for (const each of to) await this.outgoingEnqueue(each, packet);
  }

  async outgoingUpdate({ id }: ClientName, packet: Outgoing): Promise<void> {
    const kept = this.#sessions.get(id)?.outgoing.find(({ packet: each }) => isSame(each, packet));
    if (kept && packet.messageId !== undefined) kept.packet.messageId = packet.messageId;
  }

  async outgoingClearMessageId({ id }: ClientName, { messageId }: Outgoing): Promise<Outgoing | undefined> {
    const session = this.#sessions.get(id);
    const found = session?.outgoing.find(({ packet }) => packet.messageId === messageId);
    if (session && found) session.outgoing = session.outgoing.filter((each) => each !== found);
    return found?.packet;
  }

  outgoingStream({ id }: ClientName): Readable {
    const nowMs = this.#clock.monotonic();
    const kept = (this.#sessions.get(id)?.outgoing ?? []).filter(({ atMs }) => nowMs - atMs < KEPT_MS);
    return Readable.from(kept.map(({ packet }) => packet));
  }

  async incomingStorePacket({ id }: ClientName, packet: { readonly messageId: number }): Promise<void> {
    const packets = this.#incoming.get(id) ?? new Map<number, object>();
    this.#incoming.set(id, packets);
    const [oldest] = packets.keys();
    if (packets.size >= INCOMING_PER_CLIENT && oldest !== undefined) packets.delete(oldest);
    packets.set(packet.messageId, packet);
  }

  async incomingGetPacket({ id }: ClientName, { messageId }: { readonly messageId: number }): Promise<object> {
    const packet = this.#incoming.get(id)?.get(messageId);
    if (!packet) throw new Error('no such packet');
    return packet;
  }

  async incomingDelPacket({ id }: ClientName, { messageId }: { readonly messageId: number }): Promise<void> {
    if (!this.#incoming.get(id)?.delete(messageId)) throw new Error('no such packet');
  }

  async cleanIncoming({ id }: ClientName): Promise<void> {
    this.#incoming.delete(id);
  }

  async storeRetained(): Promise<void> {}

  createRetainedStream(): Readable {
    return Readable.from([]);
  }

  createRetainedStreamCombi(): Readable {
    return Readable.from([]);
  }

  async putWill(): Promise<void> {}

  async getWill(): Promise<undefined> {}

  async delWill(): Promise<undefined> {}

  streamWill(): Readable {
    return Readable.from([]);
  }

  getClientList(): Readable {
    return Readable.from([]);
  }

  async destroy(): Promise<void> {
    this.#sessions.clear();
    this.#bySensor.clear();
  }

  #begin(id: string): Session {
    const sensor = id.slice(0, id.indexOf(' '));
    const names = this.#bySensor.get(sensor) ?? new Set();
    const [oldest] = names;
    if (names.size >= SESSIONS_PER_SENSOR && oldest !== undefined) {
      names.delete(oldest);
      this.#sessions.delete(oldest);
    }
    names.add(id);
    this.#bySensor.set(sensor, names);
    const session = { sensor, granted: new Map<string, Granted>(), outgoing: [] };
    this.#sessions.set(id, session);
    return session;
  }
}

function isSame(a: Outgoing, b: Outgoing): boolean {
  return a.brokerId === b.brokerId && a.brokerCounter === b.brokerCounter;
}

/** Filters here end in the name of a control, `+` or `#`. */
function isMatch(filter: string, topic: string): boolean {
  if (filter === topic) return true;
  const [own, last] = [filter.slice(0, filter.lastIndexOf('/')), filter.slice(filter.lastIndexOf('/') + 1)];
  return (last === '+' || last === '#') && topic.slice(0, topic.lastIndexOf('/')) === own;
}

// The bus of a platform on several machines, over Kafka: topics are topics, groups are consumer groups, a role's shards are the partitions of a topic.
import { Producer } from '@platformatic/kafka';
import { BerthError } from '../../model/errors.ts';
import type { Role } from '../../model/role.ts';
import { shardOf } from '../../model/shard.ts';
import type { Bus, BusLag, Handle, Leave, Topic, Topics } from '../../ports/bus.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Log } from '../../ports/log.ts';
import type { Random } from '../../ports/random.ts';
import { Connections } from './connections.ts';
import { type Checks, decode } from './decode.ts';
import { Follower } from './follower.ts';
import { GroupMember } from './group-member.ts';
import type { KafkaAccess } from './kafka-address.ts';
import type { Incoming } from './partition-reader.ts';
import { Publisher } from './publisher.ts';
import { type Handler, Subscription, type Tries } from './subscription.ts';
import { makeTopics } from './topic-maker.ts';
import { DEAD_SHAPE, deadTopic, roleGroup, SHARD_SHAPE, SHARD_TOPIC, TOPIC_SHAPES } from './topics.ts';
import { within } from './waiting.ts';

/** What the bus needs. */
export interface KafkaBusParts extends KafkaAccess {
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly checks: Checks;
  /** Those that this process publishes or reads: they are made when missing. */
  readonly topics: readonly Topic[];
  readonly tries: Tries;
}

/** Eight tries within about half a minute. */
export const USUAL_TRIES: Tries = { most: 8, firstMs: 250, maxMs: 10_000 };

const PUBLISH_WITHIN_MS = 10_000;
const OPEN_WITHIN_MS = 15_000;
const PUBLISH_LIMIT = 10_000;
/** Below the brokers' usual bound of a mebibyte for a message with all that belongs to it. */
const MESSAGE_BYTES = 1_000_000;
/** Silence after which the brokers give what a process has to others: its messages, its shards. */
const SESSION_MS = { messages: 6000, shards: 3000 } as const;

/** The bus over Kafka. */
export class KafkaBus implements Bus {
  readonly #parts: KafkaBusParts;
  readonly #connections: Connections;
  readonly #partitions: ReadonlyMap<string, number>;
  readonly #publisher: Publisher;
  readonly #subscriptions = new Map<
    string,
    { readonly topic: Topic; readonly group: string; readonly of: Subscription }
  >();
  readonly #starts = new Map<string, Promise<void>>();
  readonly #followers = new Set<Follower>();
  readonly #members = new Set<GroupMember>();
  /** Of groups that were left. */
  #pastRebalances = 0;
  #isClosed = false;

  private constructor(parts: KafkaBusParts, connections: Connections, partitions: ReadonlyMap<string, number>) {
    this.#parts = parts;
    this.#connections = connections;
    this.#partitions = partitions;
    this.#publisher = newPublisher(parts, connections);
  }

  /** Reaches the brokers and makes the topics that are missing. @throws bus.address-invalid, bus.unreachable, bus.login-refused, bus.forbidden, bus.partitions-few */
  static async open(parts: KafkaBusParts): Promise<KafkaBus> {
    const connections = new Connections(parts);
    const { clock, log } = parts;
    const shapes = new Map([[connections.named(SHARD_TOPIC), SHARD_SHAPE]]);
    for (const topic of parts.topics) {
      shapes.set(connections.named(topic), TOPIC_SHAPES[topic]);
      shapes.set(connections.named(deadTopic(topic)), DEAD_SHAPE);
    }
    try {
      const made = makeTopics({ connections, clock, log, shapes });
      return new KafkaBus(parts, connections, await within(clock, OPEN_WITHIN_MS, made, () => late(connections)));
    } catch (error) {
      throw connections.fault(error, 'the topics of this process');
    }
  }

  /** @throws bus.unreachable after ten seconds (the message may still arrive), bus.full, bus.message-large, bus.forbidden */
  async publish<T extends Topic>(topic: T, key: string, message: Topics[T]): Promise<void> {
    this.#assertOpen();
    const value = Buffer.from(JSON.stringify(message));
    if (value.length > MESSAGE_BYTES)
      throw new BerthError('bus.message-large', { topic, bytes: value.length, limit: MESSAGE_BYTES });
    const name = this.#connections.named(topic);
    const partition = shardOf(key) % (this.#partitions.get(name) ?? TOPIC_SHAPES[topic].partitions);
    await this.#publisher.publish({ topic: name, partition, key: Buffer.from(key), value, headers: {} });
  }

  async subscribe<T extends Topic>(topic: T, group: string, handler: Handle<T>): Promise<Leave> {
    this.#assertOpen();
    const id = `${topic} ${group}`;
    const subscription = this.#subscriptions.get(id)?.of ?? this.#newSubscription(topic, group);
    this.#subscriptions.set(id, { topic, group, of: subscription });
    // A subscription has messages of its own topic alone, which the map's type cannot say.
    const take = subscription.add(handler as Handler);
    try {
      await this.#started(id, subscription);
    } catch (error) {
      await take();
      await this.#forget(id, subscription);
      throw this.#connections.fault(error, `reading ${topic} as ${group}`);
    }
    return async () => {
      const left = take();
      if (subscription.isIdle) await this.#forget(id, subscription);
      await left;
    };
  }

  /** Resolves when nothing that is published from now on is missed. */
  async follow<T extends Topic>(topic: T, handler: Handle<T>): Promise<Leave> {
    this.#assertOpen();
    const { clock, log } = this.#parts;
    const follower = new Follower({
      ...{ connections: this.#connections, clock, log, topic },
      decode: (message) => decode(this.#parts.checks, topic, message),
      handler: handler as Handler,
    });
    this.#followers.add(follower);
    const leave = async () => {
      this.#followers.delete(follower);
      await follower.end();
    };
    try {
      await follower.start();
    } catch (error) {
      await leave();
      throw this.#connections.fault(error, `reading ${topic}`);
    }
    return leave;
  }

  /** What was proposed last holds while the brokers are away. */
  async share(role: Role, assigned: (shards: readonly number[]) => void): Promise<Leave> {
    this.#assertOpen();
    const { clock, log } = this.#parts;
    let last = '';
    const member = new GroupMember({
      ...{ connections: this.#connections, clock, log, sessionMs: SESSION_MS.shards },
      topic: this.#connections.named(SHARD_TOPIC),
      group: this.#connections.named(roleGroup(role)),
      assigned: (shards) => {
        if (String(shards) === last) return;
        last = String(shards);
        assigned(shards);
      },
      rebalancing: () => log.debug('The shards of a role are shared anew', { role }),
    });
    this.#members.add(member);
    const leave = async () => {
      if (this.#members.delete(member)) this.#pastRebalances += member.rebalances;
      await member.leave();
    };
    try {
      await member.join();
    } catch (error) {
      await leave();
      throw this.#connections.fault(error, `sharing the role ${role}`);
    }
    return leave;
  }

  /** Of the partitions that this process has. */
  async lag(): Promise<readonly BusLag[]> {
    const lags = [...this.#subscriptions.values()].map(async ({ topic, group, of }) => ({
      ...{ topic, group },
      waiting: await of.waiting(),
    }));
    try {
      return await Promise.all(lags);
    } catch (error) {
      throw this.#connections.fault(error, 'telling how far topics are read');
    }
  }

  /** How often groups of this process were shared anew since it joined them. */
  rebalances(): number {
    const current = [...this.#subscriptions.values()].map(({ of }) => of);
    return [...current, ...this.#members].reduce((sum, each) => sum + each.rebalances, this.#pastRebalances);
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    const ends = [
      ...[...this.#subscriptions].map(([id, { of }]) => this.#forget(id, of)),
      ...[...this.#followers].map((follower) => follower.end()),
      ...[...this.#members].map((member) => member.leave()),
    ];
    await Promise.all(ends);
    await this.#publisher.close();
  }

  #assertOpen(): void {
    if (this.#isClosed) throw new Error('The bus is closed');
  }

  #newSubscription(topic: Topic, group: string): Subscription {
    const { clock, random, log, tries, checks } = this.#parts;
    return new Subscription({
      ...{ connections: this.#connections, clock, random, log, topic, group, tries, sessionMs: SESSION_MS.messages },
      decode: (message: Incoming) => decode(checks, topic, message),
      publish: (message) => this.#publisher.publish(message),
    });
  }

  /** Handlers that come while the first still joins wait for the same. */
  #started(id: string, subscription: Subscription): Promise<void> {
    const started = this.#starts.get(id) ?? subscription.start();
    this.#starts.set(id, started);
    return started;
  }

  async #forget(id: string, subscription: Subscription): Promise<void> {
    if (this.#subscriptions.get(id)?.of === subscription) {
      this.#subscriptions.delete(id);
      this.#starts.delete(id);
      this.#pastRebalances += subscription.rebalances;
    }
    await subscription.end();
  }
}

function newPublisher({ clock, log }: KafkaBusParts, connections: Connections): Publisher {
  return new Publisher({
    clock,
    limit: PUBLISH_LIMIT,
    withinMs: PUBLISH_WITHIN_MS,
    producer: () =>
      new Producer({ ...connections.options, idempotent: true, requestTimeout: 4000, retries: 100, retryDelay: 200 }),
    full: () => new BerthError('bus.full', { limit: PUBLISH_LIMIT }),
    late: () => late(connections),
    fault: (error, topic) => connections.fault(error, `messages for ${topic}`),
    closeFailed: (error) => log.debug('A producer was not closed in order', { error }),
  });
}

function late(connections: Connections): BerthError {
  return new BerthError('bus.unreachable', { brokers: connections.brokers.join(', '), detail: 'no answer in time' });
}

// One group's part of a topic in this process: what its member was assigned is read, handled in lanes by key, tried again, buried, and committed.
import type { Delivery, Topic } from '../../ports/bus.ts';
import type { Cancel, Clock } from '../../ports/clock.ts';
import type { Log } from '../../ports/log.ts';
import type { Random } from '../../ports/random.ts';
import type { Connections } from './connections.ts';
import { type Death, deadLetter } from './dead-letter.ts';
import { GroupMember } from './group-member.ts';
import { KeyLanes } from './key-lanes.ts';
import { type Incoming, PartitionReader } from './partition-reader.ts';
import { PartitionWindow } from './partition-window.ts';
import type { Outgoing } from './publisher.ts';
import { groupName } from './topics.ts';
import { backoffMs, Pauses, within } from './waiting.ts';

/** How often a message is tried, and the waits between: doubling from the first to the longest. */
export interface Tries {
  readonly most: number;
  readonly firstMs: number;
  readonly maxMs: number;
}

/** Takes one message of a topic. */
export type Handler = (delivery: Delivery<Topic>) => Promise<void>;

/** What a subscription needs. */
export interface SubscriptionParts {
  readonly connections: Connections;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly topic: Topic;
  readonly group: string;
  readonly tries: Tries;
  readonly sessionMs: number;
  /** Throws for what is no message of the topic. */
  readonly decode: (message: Incoming) => Delivery<Topic>;
  readonly publish: (message: Outgoing) => Promise<void>;
}

interface Subscriber {
  readonly handler: Handler;
  readonly running: Set<Promise<void>>;
}

/** Messages that are read and not handled: of a partition, and of the whole subscription. */
const LIMITS = { partition: 64, all: 512 } as const;
const COMMIT_AFTER_MS = 200;
const BURY_AGAIN_MS = 1000;
/** How long a question may wait for where the group was. */
const SHARED_MS = 5000;

/** Several handlers of one process share it in turns. */
export class Subscription {
  readonly #parts: SubscriptionParts;
  readonly #member: GroupMember;
  readonly #reader: PartitionReader;
  readonly #pauses: Pauses;
  readonly #lanes = new KeyLanes();
  readonly #windows = new Map<number, PartitionWindow>();
  readonly #subscribers: Subscriber[] = [];
  #turn = 0;
  #sharing = 0;
  #shared: Promise<void> = Promise.resolve();
  #commit: Cancel | undefined;
  #commitFailures = 0;

  constructor(parts: SubscriptionParts) {
    const { connections, clock, log, topic, group, sessionMs } = parts;
    const named = connections.named(topic);
    this.#parts = parts;
    this.#pauses = new Pauses(clock);
    this.#reader = new PartitionReader({
      ...{ connections, clock, log, topic: named },
      wanted: () => this.#wanted(),
      take: (partition, messages) => this.#take(partition, messages),
      jump: (partition, offset) => this.#windows.get(partition)?.jump(offset),
    });
    this.#member = new GroupMember({
      ...{ connections, clock, log, sessionMs, topic: named, group: connections.named(groupName(topic, group)) },
      assigned: (partitions, isNew) => {
        this.#shared = this.#share(partitions, isNew);
      },
      rebalancing: () => this.#commitSoon(0),
    });
  }

  get rebalances(): number {
    return this.#member.rebalances;
  }

  /** Whether nobody is left to take messages. */
  get isIdle(): boolean {
    return this.#subscribers.length === 0;
  }

  /** Joins the group and begins. */
  async start(): Promise<void> {
    await this.#member.join();
    this.#reader.start();
  }

  /** Adds a handler; what it gives takes it out, and waits for what it handles. */
  add(handler: Handler): () => Promise<void> {
    const subscriber: Subscriber = { handler, running: new Set() };
    this.#subscribers.push(subscriber);
    return async () => {
      const index = this.#subscribers.indexOf(subscriber);
      if (index >= 0) this.#subscribers.splice(index, 1);
      await Promise.all(subscriber.running);
    };
  }

  /** Messages of this process's partitions that are published and not handled; rejects when that is not known within 5 seconds. */
  async waiting(): Promise<number> {
    const unknown = () => new Error('It is not known yet where the group was');
    await within(this.#parts.clock, SHARED_MS, this.#lastShared(), unknown);
    if (this.#windows.size === 0) return 0;
    const newest = await this.#reader.ends('newest', [...this.#windows.keys()]);
    return [...this.#windows.values()].reduce((sum, { partition, next, size }) => {
      const unread = Number((newest.get(partition) ?? next) - next);
      return sum + Math.max(0, unread) + size;
    }, 0);
  }

  /** Ends it; waits for what is handled, and tells the brokers what was. */
  async end(): Promise<void> {
    this.#subscribers.length = 0;
    this.#pauses.end();
    await Promise.all([this.#reader.end(), this.#lanes.drained()]);
    this.#commit?.();
    await this.#commitNow();
    await this.#member.leave();
  }

  /** Partitions whose place is not known yet would count as read to their end. */
  async #lastShared(): Promise<void> {
    for (let seen: Promise<void> | undefined; seen !== this.#shared; await seen) seen = this.#shared;
  }

  /** Partitions that stay go on where they are; what a new one has is asked of the group. */
  async #share(partitions: readonly number[], isNew: boolean): Promise<void> {
    const sharing = ++this.#sharing;
    for (const [partition, window] of this.#windows) {
      if (!isNew && partitions.includes(partition)) continue;
      window.lose();
      this.#windows.delete(partition);
    }
    const gained = partitions.filter((partition) => !this.#windows.has(partition));
    for (let failures = 1; gained.length > 0 && sharing === this.#sharing && !this.#pauses.isOver; failures++) {
      try {
        const starts = await this.#starts(gained);
        // Asked again meanwhile: whoever asked last knows.
        if (sharing !== this.#sharing) return;
        for (const [partition, start] of starts) this.#windows.set(partition, new PartitionWindow(partition, start));
        return this.#reader.wake();
      } catch (error) {
        this.#parts.log.warn('It is not known yet where a group was', { ...this.#names(), failures, error });
        await this.#pauses.pause(backoffMs(failures, 100, 2000));
      }
    }
  }

  /** A group that never was there begins with the oldest message, so that nothing is missed that was published before it came. */
  async #starts(partitions: readonly number[]): Promise<ReadonlyMap<number, bigint>> {
    const committed = await this.#member.committed(partitions);
    const unknown = partitions.filter((_, index) => (committed[index] ?? -1n) < 0n);
    const oldest = unknown.length > 0 ? await this.#reader.ends('oldest', unknown) : new Map<number, bigint>();
    const start = (partition: number, index: number) => {
      const known = committed[index] ?? -1n;
      return known >= 0n ? known : (oldest.get(partition) ?? 0n);
    };
    return new Map(partitions.map((partition, index) => [partition, start(partition, index)]));
  }

  #wanted(): ReadonlyMap<number, bigint> {
    const wanted = new Map<number, bigint>();
    const windows = [...this.#windows.values()];
    if (windows.reduce((sum, { size }) => sum + size, 0) >= LIMITS.all) return wanted;
    for (const { partition, size, next } of windows) if (size < LIMITS.partition) wanted.set(partition, next);
    return wanted;
  }

  #take(partition: number, messages: readonly Incoming[]): void {
    const window = this.#windows.get(partition);
    for (const message of messages) {
      if (window?.add(message.offset) !== true) continue;
      this.#lanes.add(`${partition} ${message.key?.toString('hex')}`, () => this.#settle(window, message));
    }
  }

  /** To its end: handled, buried, or left to whoever has the partition now. */
  async #settle(window: PartitionWindow, message: Incoming): Promise<void> {
    const isSettled = await this.#tryToHandle(window, message);
    if (!isSettled) return;
    window.done(message.offset);
    this.#commitSoon(COMMIT_AFTER_MS);
    this.#reader.wake();
  }

  async #tryToHandle(window: PartitionWindow, message: Incoming): Promise<boolean> {
    let delivery: Delivery<Topic>;
    try {
      delivery = this.#parts.decode(message);
    } catch (error) {
      return this.#bury(window, message, 1, error);
    }
    const { tries, random, log } = this.#parts;
    for (let failures = 1; ; failures++) {
      const subscriber = this.#subscribers[this.#turn++ % this.#subscribers.length];
      if (window.isLost || !subscriber) return false;
      try {
        await this.#handle(subscriber, failures === 1 ? delivery : this.#parts.decode(message));
        return true;
      } catch (error) {
        log.warn('A message was not handled and is given again', {
          ...this.#names(),
          key: delivery.key,
          failures,
          error,
        });
        if (failures >= tries.most) return this.#bury(window, message, failures, error);
        await this.#pauses.pause(backoffMs(failures, tries.firstMs, tries.maxMs) * (0.75 + random.fraction() / 2));
      }
    }
  }

  async #handle({ handler, running }: Subscriber, delivery: Delivery<Topic>): Promise<void> {
    const handled = (async () => handler(delivery))();
    const settled = handled.catch(() => {}).finally(() => running.delete(settled));
    running.add(settled);
    await handled;
  }

  /** It counts as handled when it lies with the dead, and not before. */
  async #bury(window: PartitionWindow, message: Incoming, tries: number, error: unknown): Promise<boolean> {
    const { connections, clock, log, topic, group } = this.#parts;
    const death: Death = { topic, group, partition: window.partition, tries, at: clock.now(), error };
    const letter = deadLetter((name) => connections.named(name), message, death);
    while (!window.isLost && !this.#pauses.isOver) {
      try {
        await this.#parts.publish(letter);
        log.error('A message could not be handled and is put aside', {
          ...this.#names(),
          offset: message.offset,
          tries,
          error,
        });
        return true;
      } catch (failure) {
        log.warn('A message could not be put aside yet', { ...this.#names(), error: failure });
        await this.#pauses.pause(BURY_AGAIN_MS);
      }
    }
    return false;
  }

  #commitSoon(afterMs: number): void {
    if (this.#pauses.isOver) return;
    if (afterMs === 0) this.#commit?.();
    else if (this.#commit) return;
    this.#commit = this.#parts.clock.after(afterMs, () => {
      this.#commit = undefined;
      void this.#commitNow();
    });
  }

  async #commitNow(): Promise<void> {
    const windows = [...this.#windows.values()];
    const offsets = windows.flatMap((window) => {
      const offset = window.toCommit;
      return offset === undefined ? [] : [{ window, partition: window.partition, offset }];
    });
    if (offsets.length === 0) return;
    try {
      await this.#member.commit(offsets.map(({ partition, offset }) => ({ partition, offset })));
      for (const { window, offset } of offsets) window.committed(offset);
      this.#commitFailures = 0;
    } catch (error) {
      // Nothing is lost by it: what is handled may come again. Brokers that are away are said once.
      const fields = { ...this.#names(), failures: ++this.#commitFailures, error };
      if (this.#commitFailures === 3)
        this.#parts.log.warn('What is handled could not be told to the brokers yet', fields);
      else this.#parts.log.debug('A commit failed', fields);
      this.#commitSoon(COMMIT_AFTER_MS * 5);
    }
  }

  #names() {
    return { topic: this.#parts.topic, group: this.#parts.group };
  }
}

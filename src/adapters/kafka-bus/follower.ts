// Everything that is published to a topic from now on, in this process, without a group.
import type { Delivery, Topic } from '../../ports/bus.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Log } from '../../ports/log.ts';
import type { Connections } from './connections.ts';
import { KeyLanes } from './key-lanes.ts';
import { type Incoming, PartitionReader } from './partition-reader.ts';
import { PartitionWindow } from './partition-window.ts';

/** What one that follows needs. */
export interface FollowerParts {
  readonly connections: Connections;
  readonly clock: Clock;
  readonly log: Log;
  readonly topic: Topic;
  readonly decode: (message: Incoming) => Delivery<Topic>;
  readonly handler: (delivery: Delivery<Topic>) => Promise<void>;
}

const LIMIT = 1024;

/** One that follows. */
export class Follower {
  readonly #parts: FollowerParts;
  readonly #reader: PartitionReader;
  readonly #windows = new Map<number, PartitionWindow>();
  readonly #lanes = new KeyLanes();

  constructor(parts: FollowerParts) {
    const { connections, clock, log, topic } = parts;
    this.#parts = parts;
    this.#reader = new PartitionReader({
      ...{ connections, clock, log, topic: connections.named(topic) },
      wanted: () => this.#wanted(),
      take: (partition, messages) => this.#take(partition, messages),
      jump: (partition, offset) => this.#windows.get(partition)?.jump(offset),
    });
  }

  /** Resolves when nothing that is published from now on is missed. */
  async start(): Promise<void> {
    for (const [partition, end] of await this.#reader.settledEnds())
      this.#windows.set(partition, new PartitionWindow(partition, end));
    this.#reader.start();
  }

  /** Ends it, and waits for what is handled. */
  async end(): Promise<void> {
    await this.#reader.end();
    await this.#lanes.drained();
  }

  #wanted(): ReadonlyMap<number, bigint> {
    const windows = [...this.#windows.values()];
    const pending = windows.reduce((sum, { size }) => sum + size, 0);
    return new Map(pending >= LIMIT ? [] : windows.map(({ partition, next }) => [partition, next]));
  }

  #take(partition: number, messages: readonly Incoming[]): void {
    const window = this.#windows.get(partition);
    for (const message of messages) {
      if (window?.add(message.offset) !== true) continue;
      this.#lanes.add(`${partition} ${message.key?.toString('hex')}`, async () => {
        await this.#handle(message);
        window.done(message.offset);
        this.#reader.wake();
      });
    }
  }

  async #handle(message: Incoming): Promise<void> {
    const { decode, handler, log, topic } = this.#parts;
    try {
      await handler(decode(message));
    } catch (error) {
      log.warn('A message was not handled by one that follows', { topic, error });
    }
  }
}

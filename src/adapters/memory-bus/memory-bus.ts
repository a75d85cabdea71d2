// A bus within one process. A group gets what is published after its first subscription; what it has not handled is kept while it has
// no subscriber, and is gone with the process: whoever publishes must have stored first what is to be done.
import { BerthError } from '../../model/errors.ts';
import type { Role } from '../../model/role.ts';
import { SHARDS } from '../../model/shard.ts';
import type { Bus, BusLag, Handle, Leave, Topic, Topics } from '../../ports/bus.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Log } from '../../ports/log.ts';
import { GroupQueue, type Handler } from './group-queue.ts';

/** What the bus needs, and its bounds. */
export interface MemoryBusParts {
  readonly clock: Clock;
  readonly log: Log;
  /** Messages that may wait for one group of one topic. */
  readonly limit: number;
  /** Waits between deliveries of a message whose handler rejects: doubling from the first to the longest. */
  readonly backoff: { readonly firstMs: number; readonly maxMs: number };
}

/** The bus of an embedded platform. */
export class MemoryBus implements Bus {
  readonly #parts: MemoryBusParts;
  readonly #topics = new Map<Topic, Map<string, GroupQueue>>();
  #followers = 0;
  #closed = false;

  constructor(parts: MemoryBusParts) {
    this.#parts = parts;
  }

  /** @throws platform.queue-full when a group does not keep up; then no group gets the message. */
  async publish<T extends Topic>(topic: T, key: string, message: Topics[T]): Promise<void> {
    this.#assertOpen();
    const groups = this.#groups(topic);
    if (groups.size === 0) return;
    const text = JSON.stringify(message);
    for (const group of groups.values()) group.assertRoom();
    for (const group of groups.values()) group.add(key, text);
  }

  async subscribe<T extends Topic>(topic: T, group: string, handler: Handle<T>): Promise<Leave> {
    this.#assertOpen();
    const groups = this.#groups(topic);
    const queue = groups.get(group) ?? this.#newGroup(topic, group);
    groups.set(group, queue);
    // A queue holds messages of its own topic alone, which the map's type cannot say.
    return queue.subscribe(handler as Handler);
  }

  /** A group of its own, which ends with it. */
  async follow<T extends Topic>(topic: T, handler: Handle<T>): Promise<Leave> {
    const group = `follower ${++this.#followers}`;
    const once = (delivery: Parameters<Handle<T>>[0]) =>
      handler(delivery).catch((error: unknown) => {
        this.#parts.log.warn('A message was not handled by one that follows', { topic, error });
      });
    const leave = await this.subscribe(topic, group, once);
    return async () => {
      this.#topics.get(topic)?.delete(group);
      await leave();
    };
  }

  /** There is only this process: all of them. */
  async share(_: Role, assigned: (shards: readonly number[]) => void): Promise<Leave> {
    this.#assertOpen();
    assigned(Array.from({ length: SHARDS }, (_each, shard) => shard));
    return async () => {};
  }

  async lag(): Promise<readonly BusLag[]> {
    return [...this.#topics].flatMap(([topic, groups]) =>
      [...groups].map(([group, { waiting }]) => ({ topic, group, waiting })),
    );
  }

  /** Messages that are not handled yet, of all groups. */
  get waiting(): number {
    const groups = [...this.#topics.values()].flatMap((byName) => [...byName.values()]);
    return groups.reduce((sum, group) => sum + group.waiting, 0);
  }

  /** Delivers nothing more, and waits for what is being handled. */
  async close(): Promise<void> {
    this.#closed = true;
    const groups = [...this.#topics.values()].flatMap((byName) => [...byName.values()]);
    await Promise.all(groups.map((group) => group.close()));
  }

  #assertOpen(): void {
    if (this.#closed) throw new Error('The bus is closed');
  }

  #groups(topic: Topic): Map<string, GroupQueue> {
    const groups = this.#topics.get(topic) ?? new Map<string, GroupQueue>();
    this.#topics.set(topic, groups);
    return groups;
  }

  #newGroup(topic: Topic, group: string): GroupQueue {
    const { clock, log, limit, backoff } = this.#parts;
    const queue = `The queue of ${topic} for ${group}`;
    return new GroupQueue({
      limit,
      later: (failures, again) => {
        const delayMs = Math.min(backoff.maxMs, backoff.firstMs * 2 ** Math.min(failures - 1, 30));
        // A closed bus delivers nothing, and no timer of it should keep the process.
        return clock.after(this.#closed ? 0 : delayMs, again);
      },
      full: () => new BerthError('platform.queue-full', { queue, limit }),
      failed: (key, failures, error) =>
        log.warn('A message was not handled and is given again', { topic, group, key, failures, error }),
    });
  }
}

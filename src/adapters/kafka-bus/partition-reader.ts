// Reading the partitions of a topic from given places on. The driver's own stream waits as a whole when one partition must wait, and ends at the first
// lasting error; this one asks for each partition what is wanted of it, and goes on until it is ended.
import { Consumer, type fetchV17, IS_CONTROL, ListOffsetTimestamps } from '@platformatic/kafka';
import type { Clock } from '../../ports/clock.ts';
import type { Log } from '../../ports/log.ts';
import type { Connections } from './connections.ts';
import type { BytesConsumer } from './group-member.ts';
import { says } from './kafka-fault.ts';
import { onceSettled } from './settling.ts';
import { backoffMs, Pauses } from './waiting.ts';

/** A message as it lies on the brokers. */
export interface Incoming {
  readonly offset: bigint;
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  readonly headers: readonly (readonly [string, Buffer])[];
}

/** Which topic, which places, and who takes what is read. */
export interface ReaderParts {
  readonly connections: Connections;
  readonly clock: Clock;
  readonly log: Log;
  readonly topic: string;
  /** The offset to read next of each partition that is wanted now. */
  readonly wanted: () => ReadonlyMap<number, bigint>;
  readonly take: (partition: number, messages: readonly Incoming[]) => void;
  /** What was wanted is gone from the topic; reading goes on there. */
  readonly jump: (partition: number, offset: bigint) => void;
}

const FETCH = { maxWaitTime: 500, minBytes: 1, maxBytes: 4 * 1024 * 1024, perPartition: 256 * 1024 } as const;
const AGAIN_MS = { first: 100, max: 2000 } as const;

/** Reads until it is ended. */
export class PartitionReader {
  readonly #parts: ReaderParts;
  readonly #pauses: Pauses;
  readonly #underWay = new Map<number, Promise<void>>();
  #client: BytesConsumer;
  #failures = 0;
  #woken = Promise.withResolvers<void>();
  #running: Promise<void> | undefined;

  constructor(parts: ReaderParts) {
    this.#parts = parts;
    this.#pauses = new Pauses(parts.clock);
    this.#client = this.#newClient();
  }

  /** Begins. */
  start(): void {
    this.#running ??= this.#run();
  }

  /** Something else may be wanted now. */
  wake(): void {
    this.#woken.resolve();
  }

  /** The places of the oldest or the newest message of each partition, or of those that are named. */
  async ends(which: 'oldest' | 'newest', partitions?: readonly number[]): Promise<ReadonlyMap<number, bigint>> {
    const { topic } = this.#parts;
    const timestamp = which === 'oldest' ? ListOffsetTimestamps.EARLIEST : ListOffsetTimestamps.LATEST;
    const only = partitions ? { partitions: { [topic]: [...partitions] } } : {};
    const found = await this.#client.listOffsets({ topics: [topic], timestamp, ...only });
    return new Map([...(found.get(topic) ?? [])].entries().filter(([, offset]) => offset !== undefined));
  }

  /** The places of the newest messages, as soon as the brokers have settled who answers for them. */
  settledEnds(): Promise<ReadonlyMap<number, bigint>> {
    const { clock, log, topic } = this.#parts;
    return onceSettled({ clock, log, pauses: this.#pauses, what: topic }, async () => {
      try {
        return await this.ends('newest');
      } catch (error) {
        await this.#renew();
        throw error;
      }
    });
  }

  /** Ends; nothing is taken any more. */
  async end(): Promise<void> {
    this.#pauses.end();
    this.wake();
    const closed = this.#closeClient();
    await this.#running;
    await closed;
  }

  async #run(): Promise<void> {
    while (!this.#pauses.isOver) {
      this.#woken = Promise.withResolvers();
      const isAsked = await this.#fetchWanted();
      // Whatever comes first; a node that still waits for messages is asked again when it has answered.
      if (isAsked) await Promise.race([this.#woken.promise, ...this.#underWay.values()]);
    }
    await Promise.all(this.#underWay.values());
  }

  /** Whether every node was asked for what is wanted of it. */
  async #fetchWanted(): Promise<boolean> {
    try {
      const { topic } = this.#parts;
      const known = (await this.#client.metadata({ topics: [topic] })).topics.get(topic);
      const byNode = new Map<number, fetchV17.FetchRequestTopic>();
      for (const [partition, fetchOffset] of this.#parts.wanted()) {
        const leader = known?.partitions[partition]?.leader;
        if (!known || leader === undefined || this.#underWay.has(leader)) continue;
        const request = byNode.get(leader) ?? { topicId: known.id, partitions: [] };
        const sizes = { partitionMaxBytes: FETCH.perPartition, currentLeaderEpoch: -1, lastFetchedEpoch: -1 };
        request.partitions.push({ partition, fetchOffset, ...sizes });
        byNode.set(leader, request);
      }
      for (const [node, request] of byNode) this.#underWay.set(node, this.#fetch(node, request));
      return true;
    } catch (error) {
      await this.#failed(error);
      return false;
    }
  }

  async #fetch(node: number, request: fetchV17.FetchRequestTopic): Promise<void> {
    try {
      const { perPartition: _, ...bounds } = FETCH;
      const response = await this.#client.fetch({ node, topics: [request], ...bounds });
      this.#failures = 0;
      if (!this.#pauses.isOver) this.#deliver(response);
    } catch (error) {
      if (says(error, 'OFFSET_OUT_OF_RANGE')) await this.#jump(request);
      await this.#failed(error);
    } finally {
      this.#underWay.delete(node);
    }
  }

  #deliver(response: fetchV17.FetchResponse): void {
    for (const { partitions } of response.responses) {
      for (const { partitionIndex, records } of partitions) {
        const messages = (records ?? [])
          .filter((batch) => (batch.attributes & IS_CONTROL) === 0)
          .flatMap((batch) =>
            batch.records.map(({ offsetDelta, key, value, headers }) => ({
              offset: batch.firstOffset + BigInt(offsetDelta),
              key,
              value,
              headers: [...headers].map(([name, content]) => [String(name), content ?? Buffer.alloc(0)] as const),
            })),
          );
        if (messages.length > 0) this.#parts.take(partitionIndex, messages);
      }
    }
  }

  /** Old messages went while nobody read them, or the topic is not the one that it was. */
  async #jump({ partitions }: fetchV17.FetchRequestTopic): Promise<void> {
    try {
      const numbers = partitions.map(({ partition }) => partition);
      const [oldest, newest] = [await this.ends('oldest', numbers), await this.ends('newest', numbers)];
      for (const { partition, fetchOffset } of partitions) {
        const [first = 0n, last = 0n] = [oldest.get(partition), newest.get(partition)];
        if (fetchOffset >= first && fetchOffset <= last) continue;
        this.#parts.log.warn('Messages are gone that were not read', { topic: this.#parts.topic, partition });
        this.#parts.jump(partition, first);
      }
    } catch (error) {
      this.#parts.log.warn('The ends of a topic are not known', { topic: this.#parts.topic, error });
    }
  }

  /** Whatever it was, the next try has a client of its own, which knows nothing old. */
  async #failed(error: unknown): Promise<void> {
    if (this.#pauses.isOver) return;
    this.#failures++;
    const fields = { topic: this.#parts.topic, failures: this.#failures, error };
    // Brokers that are away are said once.
    if (this.#failures === 1) this.#parts.log.warn('A topic cannot be read and is tried again', fields);
    else this.#parts.log.debug('A topic still cannot be read', fields);
    await this.#renew();
    await this.#pauses.pause(backoffMs(this.#failures, AGAIN_MS.first, AGAIN_MS.max));
  }

  async #renew(): Promise<void> {
    await this.#closeClient();
    this.#client = this.#newClient();
  }

  async #closeClient(): Promise<void> {
    try {
      await this.#client.close(true);
    } catch (error) {
      this.#parts.log.debug('A reader was not closed in order', { topic: this.#parts.topic, error });
    }
  }

  /** It joins no group: the name is the driver's wish alone. */
  #newClient(): BytesConsumer {
    const { connections, topic } = this.#parts;
    const client: BytesConsumer = new Consumer({
      ...connections.options,
      groupId: connections.named('berth.reader'),
      requestTimeout: 5000,
      retries: 0,
    });
    client.topics.track(topic);
    return client;
  }
}

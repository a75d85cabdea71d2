// Publishing: one batch at a time, so that order holds whatever is tried again; what comes meanwhile is the next batch.
import type { Producer } from '@platformatic/kafka';
import type { BerthError } from '../../model/errors.ts';
import type { Clock } from '../../ports/clock.ts';
import { within } from './waiting.ts';

/** A message for the brokers. */
export interface Outgoing {
  readonly topic: string;
  readonly partition: number;
  readonly key: Buffer;
  readonly value: Buffer;
  readonly headers: Readonly<Record<string, string>>;
}

/** What publishing needs. */
export interface PublisherParts {
  readonly clock: Clock;
  /** A new producer: idempotent, with all replicas in sync asked. */
  readonly producer: () => Producer<Buffer, Buffer, Buffer, Buffer>;
  /** Messages that may wait. */
  readonly limit: number;
  /** How long a message may take, its wait for others included. */
  readonly withinMs: number;
  readonly full: () => BerthError;
  readonly late: () => BerthError;
  readonly fault: (error: unknown, topic: string) => BerthError;
  readonly closeFailed: (error: unknown) => void;
}

interface Waiting {
  readonly message: Outgoing;
  readonly since: number;
  readonly resolve: () => void;
  readonly reject: (error: BerthError) => void;
}

/** Leaves room below the brokers' usual bound of a mebibyte for a batch. */
const BATCH_BYTES = 512 * 1024;
const BATCH_MESSAGES = 500;

/** What a process publishes. */
export class Publisher {
  readonly #parts: PublisherParts;
  #waiting: Waiting[] = [];
  #producer: Producer<Buffer, Buffer, Buffer, Buffer> | undefined;
  #running: Promise<void> | undefined;

  constructor(parts: PublisherParts) {
    this.#parts = parts;
  }

  /** Resolves when the brokers have the message. @throws bus.full, bus.unreachable, bus.forbidden, bus.failed */
  publish(message: Outgoing): Promise<void> {
    if (this.#waiting.length >= this.#parts.limit) return Promise.reject(this.#parts.full());
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.#waiting.push({ message, since: this.#parts.clock.monotonic(), resolve, reject });
    this.#running ??= this.#run();
    return promise;
  }

  /** Waits for what is under way. */
  async close(): Promise<void> {
    await this.#running;
    this.#drop();
  }

  async #run(): Promise<void> {
    // What is published within one turn of the loop goes together.
    await Promise.resolve();
    for (let batch = this.#take(); batch.length > 0; batch = this.#take()) await this.#send(batch);
    this.#running = undefined;
  }

  /** Those of the topic whose message has waited longest, and of no other: one that is forbidden would fail those of others. */
  #take(): Waiting[] {
    const topic = this.#waiting[0]?.message.topic;
    const batch: Waiting[] = [];
    const rest: Waiting[] = [];
    let bytes = 0;
    let isFull = false;
    for (const waiting of this.#waiting) {
      const { message } = waiting;
      const size = message.key.length + message.value.length;
      const isOfTopic = message.topic === topic;
      // Behind one that waits for the next batch, no other of its topic may pass it.
      isFull ||= isOfTopic && (batch.length === BATCH_MESSAGES || (batch.length > 0 && bytes + size > BATCH_BYTES));
      if (!isOfTopic || isFull) rest.push(waiting);
      else {
        batch.push(waiting);
        bytes += size;
      }
    }
    this.#waiting = rest;
    return batch;
  }

  async #send(batch: readonly Waiting[]): Promise<void> {
    const { clock, withinMs, late, fault } = this.#parts;
    const [first] = batch;
    if (!first) return;
    try {
      const left = withinMs - (clock.monotonic() - first.since);
      if (left <= 0) throw late();
      this.#producer ??= this.#parts.producer();
      const sent = this.#producer.send({ messages: batch.map(({ message }) => wireMessage(message)), acks: -1 });
      await within(clock, left, sent, late);
      for (const { resolve } of batch) resolve();
    } catch (error) {
      this.#drop();
      for (const { message, reject } of batch) reject(fault(error, message.topic));
    }
  }

  /** A producer that failed may have left its order; the next one begins anew. */
  #drop(): void {
    const producer = this.#producer;
    this.#producer = undefined;
    producer?.close(true).catch(this.#parts.closeFailed);
  }
}

function wireMessage({ headers, ...message }: Outgoing) {
  const entries = Object.entries(headers).map(([name, value]) => [Buffer.from(name), Buffer.from(value)] as const);
  return { ...message, headers: new Map(entries) };
}

// The thread that writes raw readings, as those who have something to write see it. It is started by the first order; one that died is
// started again by the next.
import { Worker } from 'node:worker_threads';
import { BerthError } from '../../model/errors.ts';
import type { Log } from '../../ports/log.ts';
import type { ReadingAnswer, ReadingOrder, ReadingWriterData } from './reading-messages.ts';

/** Bounds of the thread's heap. */
const HEAP = { maxYoungGenerationSizeMb: 8, maxOldGenerationSizeMb: 128, stackSizeMb: 1 };
const PROGRAM = new URL('./reading-writer-program.ts', import.meta.url);

/** An order that was executed. */
export type Executed = Exclude<ReadingAnswer, { readonly failure: unknown }>;

/** Executes orders in a thread of its own, one at a time. */
export class ReadingWriter {
  readonly #data: ReadingWriterData;
  readonly #log: Log;
  #worker: Worker | undefined;
  #pending: PromiseWithResolvers<Executed> | undefined;
  #death: unknown;

  constructor(data: ReadingWriterData, log: Log) {
    this.#data = data;
    this.#log = log;
  }

  /** Executes an order; the next one only after it. @throws platform.store-failed, platform.store-unsettled */
  execute(order: Exclude<ReadingOrder, { readonly do: 'end' }>): Promise<Executed> {
    this.#pending = Promise.withResolvers();
    this.#worker ??= this.#start();
    // Only an order that is under way keeps the process.
    this.#worker.ref();
    this.#send(this.#worker, order);
    return this.#pending.promise;
  }

  /** Ends the thread; when no order is under way. */
  async end(): Promise<void> {
    const worker = this.#worker;
    if (!worker) return;
    const ended = new Promise((resolve) => worker.once('exit', resolve));
    worker.ref();
    this.#send(worker, { do: 'end' });
    await ended;
  }

  #start(): Worker {
    const worker = new Worker(PROGRAM, { workerData: this.#data, resourceLimits: HEAP });
    worker.on('message', (answer: ReadingAnswer) => this.#answered(worker, answer));
    worker.on('error', (error) => {
      this.#death = error;
    });
    worker.on('exit', () => this.#exited());
    return worker;
  }

  #send(worker: Worker, order: ReadingOrder): void {
    worker.postMessage(order);
  }

  #answered(worker: Worker, answer: ReadingAnswer): void {
    worker.unref();
    const pending = this.#pending;
    this.#pending = undefined;
    if (!('failure' in answer)) {
      pending?.resolve(answer);
      return;
    }
    const { failure } = answer;
    pending?.reject(new BerthError('platform.store-failed', { detail: textOf(failure) }, { cause: failure }));
  }

  #exited(): void {
    this.#worker = undefined;
    const pending = this.#pending;
    this.#pending = undefined;
    const cause = this.#death;
    this.#death = undefined;
    if (!pending && cause === undefined) return;
    const error = new BerthError('platform.store-unsettled', { detail: textOf(cause ?? 'it ended') }, { cause });
    this.#log.error('The thread that writes readings died; the next one starts another', { error });
    pending?.reject(error);
  }
}

function textOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}

// The thread that executes writes beside the one that decides. It is started by a group; one that died or ended is started again by the next.
import { Worker } from 'node:worker_threads';
import { BerthError } from '../../model/errors.ts';
import type { Log } from '../../ports/log.ts';
import type { GroupOutcome } from './group-transaction.ts';
import { storeFailed } from './store-failed.ts';
import type { WriteEntry } from './write-order.ts';
import type { GroupAnswer, GroupMessage, WriterData } from './writer-messages.ts';

/** Bounds of the thread's heap: a group and its copy fit many times; the young part is small, because it is the most that lies about. */
const HEAP = { maxYoungGenerationSizeMb: 2, maxOldGenerationSizeMb: 128, stackSizeMb: 1 };

/** What the thread needs. */
export interface WriterThreadParts extends WriterData {
  /** The file that the thread runs. */
  readonly program: URL;
  readonly log: Log;
}

/** Writes groups in a thread of its own, one group at a time. */
export class WriterThread {
  readonly #parts: WriterThreadParts;
  #worker: Worker | undefined;
  #group: PromiseWithResolvers<GroupOutcome> | undefined;
  #death: unknown;

  constructor(parts: WriterThreadParts) {
    this.#parts = parts;
  }

  /**
   * Writes a group; resolves when it is on disk. The next one only after that.
   * @throws platform.store-failed when nothing was written; platform.store-unsettled when the thread died before it answered
   */
  write(group: readonly WriteEntry[]): Promise<GroupOutcome> {
    this.#group = Promise.withResolvers();
    this.#worker ??= this.#start();
    // Only a group that is under way keeps the process.
    this.#worker.ref();
    this.#worker.postMessage(group satisfies GroupMessage);
    return this.#group.promise;
  }

  /** Ends the thread, after the group that is under way; the next group only after that. */
  async end(): Promise<void> {
    const worker = this.#worker;
    if (!worker) return;
    const ended = new Promise((resolve) => worker.once('exit', resolve));
    worker.ref();
    worker.postMessage('end' satisfies GroupMessage);
    await ended;
  }

  #start(): Worker {
    const { program, path, busyMs } = this.#parts;
    const workerData: WriterData = { path, busyMs };
    const worker = new Worker(program, { workerData, resourceLimits: HEAP });
    worker.on('message', (answer: GroupAnswer) => this.#answered(worker, answer));
    worker.on('error', (error) => {
      this.#death = error;
    });
    worker.on('exit', (code) => this.#exited(code));
    return worker;
  }

  #answered(worker: Worker, answer: GroupAnswer): void {
    worker.unref();
    const group = this.#group;
    this.#group = undefined;
    if ('outcome' in answer) group?.resolve(answer.outcome);
    else group?.reject(storeFailed(answer.failure));
  }

  #exited(code: number): void {
    this.#worker = undefined;
    const cause = this.#death;
    this.#death = undefined;
    if (code === 0 && !this.#group) return;
    const detail = cause instanceof Error ? cause.message : `it ended with ${code}`;
    const error = new BerthError('platform.store-unsettled', { detail }, { cause });
    this.#parts.log.error('The thread that writes the database died; the next write starts another', { error });
    this.#group?.reject(error);
    this.#group = undefined;
  }
}

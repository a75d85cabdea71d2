// A child of the bench and how it is spoken to: it says what it has to say when it is ready, and answers each order once.
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

/** The programs of the children. */
export type ChildProgram = 'devices' | 'subscriber' | 'platform';

const ANSWER_WITHIN_MS = 120_000;

/** A child that runs. */
export class Child {
  readonly #process: ChildProcess;

  private constructor(process: ChildProcess) {
    this.#process = process;
  }

  /** Starts a child; resolves with what it said when it was ready. */
  static async start<T>(program: ChildProgram, options: object): Promise<{ readonly child: Child; readonly ready: T }> {
    const path = join(import.meta.dirname, `${program}-child.ts`);
    const process = fork(path, [JSON.stringify(options)], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
    const child = new Child(process);
    return { child, ready: await child.#answer<T>() };
  }

  /** The process's number. */
  get pid(): number {
    return this.#process.pid ?? 0;
  }

  /** Gives an order; resolves with its answer. */
  ask<T>(order: string): Promise<T> {
    this.#process.send(order);
    return this.#answer<T>();
  }

  async end(): Promise<void> {
    if (this.#process.exitCode !== null || this.#process.signalCode !== null) return;
    const ended = once(this.#process, 'exit');
    this.#process.kill('SIGKILL');
    await ended;
  }

  async #answer<T>(): Promise<T> {
    const left = new AbortController();
    const deadline = AbortSignal.any([left.signal, AbortSignal.timeout(ANSWER_WITHIN_MS)]);
    const ended = once(this.#process, 'exit', { signal: deadline }).then(([code]) => {
      throw new Error(`the child ended with ${code}`);
    });
    ended.catch(() => undefined);
    try {
      const [answer] = (await Promise.race([once(this.#process, 'message', { signal: deadline }), ended])) as [T];
      return answer;
    } finally {
      left.abort();
    }
  }
}

/** In a child: says that it is ready, and answers orders from then on. */
export function answerOrders(ready: object, orders: Readonly<Record<string, () => unknown>>): void {
  process.on('message', (order: string) => {
    void Promise.resolve(orders[order]?.()).then((answer) => process.send?.(answer ?? {}));
  });
  process.on('disconnect', () => process.exit(0));
  process.send?.(ready);
}

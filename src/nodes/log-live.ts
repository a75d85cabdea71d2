// The logs that are being written on the nodes of this process.
import type { LogTail } from './log-tail.ts';
import type { LogTails } from './log-tail-view.ts';

/** The tails of tasks whose logs still grow, by task id. */
export class LiveLogs implements LogTails {
  readonly #tails = new Map<string, LogTail>();
  readonly #listeners = new Set<(task: string) => void>();

  get(task: string): LogTail | undefined {
    return this.#tails.get(task);
  }

  async find(task: string): Promise<LogTail | undefined> {
    return this.#tails.get(task);
  }

  add(tail: LogTail): void {
    this.#tails.set(tail.task, tail);
    for (const listener of this.#listeners) listener(tail.task);
  }

  /** Ends a tail for good. */
  remove(task: string): void {
    this.#tails.get(task)?.end();
    this.#tails.delete(task);
  }

  /** Lets a tail go whose log grows on in another process. */
  release(task: string): void {
    this.#tails.get(task)?.release();
    this.#tails.delete(task);
  }

  all(): readonly LogTail[] {
    return [...this.#tails.values()];
  }

  onAdded(listener: (task: string) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
}

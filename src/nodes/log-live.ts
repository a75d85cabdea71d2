// The logs that are being written on the nodes of this process.
import type { LogTail } from './log-tail.ts';

/** The tails of tasks whose logs still grow, by task id. */
export class LiveLogs {
  readonly #tails = new Map<string, LogTail>();
  readonly #listeners = new Set<(tail: LogTail) => void>();

  get(task: string): LogTail | undefined {
    return this.#tails.get(task);
  }

  add(tail: LogTail): void {
    this.#tails.set(tail.task, tail);
    for (const listener of this.#listeners) listener(tail);
  }

  /** Ends a tail for good. */
  remove(task: string): void {
    this.#tails.get(task)?.end();
    this.#tails.delete(task);
  }

  all(): readonly LogTail[] {
    return [...this.#tails.values()];
  }

  /** Tells of tails that are added from now on; returns how to stop. */
  onAdded(listener: (tail: LogTail) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
}

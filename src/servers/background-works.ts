// Slow acts that go on beside the loop: begun under a name, at most one at a time under each, and waited for at the end of the process.
import type { Log } from '../ports/log.ts';

/** How a piece of work ended. */
export type WorkEnd<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: unknown };

/** Work by name, with how it ended until somebody takes that. */
export class BackgroundWorks<T> {
  readonly #running = new Map<string, Promise<void>>();
  readonly #ended = new Map<string, WorkEnd<T>>();
  readonly #onEnd: (name: string) => void;
  readonly #log: Log;

  constructor(parts: { readonly log: Log; readonly onEnd: (name: string) => void }) {
    this.#log = parts.log;
    this.#onEnd = parts.onEnd;
  }

  isRunning(name: string): boolean {
    return this.#running.has(name);
  }

  /** How the work of a name ended; undefined while it runs, or when this process did not begin it. */
  ended(name: string): WorkEnd<T> | undefined {
    return this.#ended.get(name);
  }

  /** Forgets how it ended. */
  forget(name: string): void {
    this.#ended.delete(name);
  }

  /** Begins it, unless it runs. */
  begin(name: string, work: () => Promise<T>): void {
    if (this.#running.has(name)) return;
    this.#ended.delete(name);
    this.#running.set(name, this.#run(name, work));
  }

  /** Resolves when nothing runs any more. */
  async idle(): Promise<void> {
    while (this.#running.size > 0) await Promise.all(this.#running.values());
  }

  async #run(name: string, work: () => Promise<T>): Promise<void> {
    try {
      const value = await work();
      this.#ended.set(name, { ok: true, value });
    } catch (error) {
      this.#log.info('Work on a machine failed', { work: name, error });
      this.#ended.set(name, { ok: false, error });
    } finally {
      this.#running.delete(name);
      this.#onEnd(name);
    }
  }
}

// The server-sent streams that are open, so that the server can end them when it closes instead of cutting them off.
import type { ServerResponse } from 'node:http';
import type { Clock } from '../ports/clock.ts';

/** Time for clients to take what was sent before the connection is cut. */
const LAST_BYTES_MS = 1000;

/** Streams of one server. */
export class OpenStreams {
  readonly #closing = new AbortController();
  readonly #open = new Set<Promise<void>>();

  /** Aborts when the server closes. */
  get closing(): AbortSignal {
    return this.#closing.signal;
  }

  /** Counts an answer as a stream until its connection is done with it. */
  add(answer: ServerResponse): void {
    const ended = new Promise<void>((resolve) => answer.once('close', resolve));
    this.#open.add(ended);
    ended.finally(() => this.#open.delete(ended));
  }

  /** Ends all streams; resolves when their clients have what was sent, or when that takes too long. */
  async end(clock: Clock): Promise<void> {
    this.#closing.abort();
    await new Promise<void>((resolve) => {
      const cancel = clock.after(LAST_BYTES_MS, resolve);
      Promise.all(this.#open).then(() => {
        cancel();
        resolve();
      }, resolve);
    });
  }
}

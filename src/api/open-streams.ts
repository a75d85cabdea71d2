// The server-sent streams that are open, so that the server can end them when it closes instead of cutting them off.
import type { ServerResponse } from 'node:http';
import { BerthError } from '../model/errors.ts';
import type { Clock } from '../ports/clock.ts';

/** Time for clients to take what was sent before the connection is cut. */
const LAST_BYTES_MS = 1000;
/** Streams that one person or token holds at a time: each costs a connection, a timer and what waits to be sent. */
const MOST_PER_CALLER = 500;

/** Streams of one server. */
export class OpenStreams {
  readonly #closing = new AbortController();
  readonly #open = new Set<Promise<void>>();
  readonly #held = new Map<string, number>();

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

  /** Counts a stream as a caller's until what is returned is called. @throws request.too-many-streams */
  hold(caller: string): () => void {
    const held = this.#held.get(caller) ?? 0;
    if (held >= MOST_PER_CALLER) throw new BerthError('request.too-many-streams', { limit: MOST_PER_CALLER });
    this.#held.set(caller, held + 1);
    return () => this.#release(caller);
  }

  #release(caller: string): void {
    const left = (this.#held.get(caller) ?? 1) - 1;
    if (left === 0) this.#held.delete(caller);
    else this.#held.set(caller, left);
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

// Sends readings as they come, for as long as the task listens. A task that reads slowly slows the source down, and nothing piles up here:
// one batch is formatted at a time, and the next is asked for when the connection has taken the last.
import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import type { KeptReading } from '../model/sensor.ts';
import type { Clock } from '../ports/clock.ts';

/** A stream that is to be sent. */
export interface SentStream {
  readonly response: ServerResponse;
  readonly clock: Clock;
  /** Aborts when the connection is gone. */
  readonly gone: AbortSignal;
  readonly batches: AsyncIterable<readonly KeptReading[]>;
  /** The text of a batch. */
  readonly lines: (batch: readonly KeptReading[]) => string;
}

/** After so much silence an empty line says that the connection lives. */
const SILENCE_MS = 10_000;

/** Resolves when the task has gone or the source has ended; the connection is closed then. */
export async function sendReadings({ response, clock, gone, batches, lines }: SentStream): Promise<void> {
  response.writeHead(200, { 'content-type': 'application/x-ndjson', 'cache-control': 'no-store' });
  response.flushHeaders();
  const signs = new SignsOfLife(response, clock);
  try {
    for await (const batch of batches) {
      if (gone.aborted) return;
      const text = lines(batch);
      if (text === '') continue;
      signs.sent();
      if (!response.write(text)) await once(response, 'drain', { signal: gone });
    }
  } catch (error) {
    if (!gone.aborted) throw error;
  } finally {
    signs.end();
    response.end();
  }
}

/** Writes an empty line when nothing was sent for a while. Looks now and then instead of setting a timer for every batch. */
class SignsOfLife {
  readonly #response: ServerResponse;
  readonly #clock: Clock;
  #sentAt: number;
  #cancel: () => void;

  constructor(response: ServerResponse, clock: Clock) {
    this.#response = response;
    this.#clock = clock;
    this.#sentAt = clock.monotonic();
    this.#cancel = clock.after(SILENCE_MS, () => this.#look());
  }

  sent(): void {
    this.#sentAt = this.#clock.monotonic();
  }

  end(): void {
    this.#cancel();
  }

  #look(): void {
    const left = this.#sentAt + SILENCE_MS - this.#clock.monotonic();
    if (left <= 0) {
      // One that takes nothing now has something to read already.
      if (!this.#response.writableNeedDrain) this.#response.write('\n');
      this.sent();
    }
    this.#cancel = this.#clock.after(left <= 0 ? SILENCE_MS : left, () => this.#look());
  }
}

// The end of one log on its way to a reader in another process. Bounded: a reader who is too slow is cut off, and finds what they missed
// in the stored log when they come again.
import type { LogEntry } from './log-entry.ts';
import type { LogSink, LogSnapshot } from './log-tail-view.ts';
import { beginningRecord, entryRecords, plainRecord } from './remote-tail-records.ts';

/** Bytes that wait for one reader, at most and a batch more; what there is at the beginning comes on top. */
const MOST_WAITING_BYTES = 4 * 1024 * 1024;

/** Records for one reader; iterated once. */
export class RemoteTailFeed implements LogSink, AsyncIterable<Buffer> {
  #waiting: Buffer[] = [];
  #waitingBytes = 0;
  #isOver = false;
  #wake: (() => void) | undefined;

  begin({ segments, pending }: LogSnapshot): void {
    this.#add(beginningRecord({ segment: segments.at(-1) ?? null, pending: pending.length }));
    if (pending.length > 0) this.#add(entryRecords(pending));
    this.#waitingBytes = 0;
  }

  push(entries: readonly LogEntry[]): void {
    if (entries.length > 0) this.#add(entryRecords(entries));
    if (this.#waitingBytes > MOST_WAITING_BYTES) this.cut();
  }

  /** That nothing is new, so that the reader knows that this process lives. */
  beat(): void {
    if (this.#waiting.length === 0) this.#add(plainRecord('beat'));
  }

  end(): void {
    this.#add(plainRecord('end'));
    this.#isOver = true;
  }

  cut(): void {
    this.#add(plainRecord('elsewhere'));
    this.#isOver = true;
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Buffer, void, undefined> {
    try {
      while (true) {
        const taken = this.#waiting;
        this.#waiting = [];
        this.#waitingBytes = 0;
        yield* taken;
        if (this.#waiting.length > 0) continue;
        if (this.#isOver) return;
        await new Promise<void>((resolve) => {
          this.#wake = resolve;
        });
      }
    } finally {
      this.#isOver = true;
    }
  }

  #add(record: Buffer): void {
    if (this.#isOver) return;
    this.#waiting.push(record);
    this.#waitingBytes += record.length;
    this.#wake?.();
  }
}

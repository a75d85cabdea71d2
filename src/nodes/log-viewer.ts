// Somebody who watches logs as they are written. What they cannot take in time is left out and said so: a slow viewer holds up neither
// the log nor memory.
import { isGap, type LogEntry, type LogGap } from './log-entry.ts';

/** Bytes that wait for one viewer, at most and a batch more; each entry counts for its bytes and `ENTRY_BYTES`. */
const MOST_WAITING_BYTES = 2 * 1024 * 1024;

const ENTRY_BYTES = 100;

/** Entries on their way to one viewer, in order, all that wait at a time; iterated once, ends after `end`. */
export class LogViewer<E extends LogEntry = LogEntry> implements AsyncIterable<readonly (E | LogGap)[]> {
  #waiting: (E | LogGap)[] = [];
  #waitingBytes = 0;
  #leftOut = 0;
  #leftOutNs = 0n;
  #ended = false;
  #wake: (() => void) | undefined;
  #taken = Promise.withResolvers<void>();

  /** Hands over entries, or leaves them out when too much waits already. */
  push(entries: readonly E[]): void {
    const [first] = entries;
    if (this.#ended || !first) return;
    if (this.#waitingBytes >= MOST_WAITING_BYTES) {
      this.#leftOut += entries.length;
      this.#leftOutNs = first.atNs;
      return;
    }
    if (this.#leftOut > 0) this.#tellLeftOut(first.atNs);
    for (const entry of entries) this.#waiting.push(entry);
    this.#waitingBytes += sizeOf(entries);
    this.#wake?.();
  }

  /** Resolves when an entry would not be left out; for sources that can wait. */
  async room(): Promise<void> {
    while (this.#waitingBytes >= MOST_WAITING_BYTES && !this.#ended) await this.#taken.promise;
  }

  /** Nothing more comes; what waits is still read. */
  end(): void {
    this.#ended = true;
    this.#wake?.();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<readonly (E | LogGap)[], void, undefined> {
    try {
      while (true) {
        const taken = this.#waiting;
        this.#waiting = [];
        this.#waitingBytes = 0;
        this.#tellTaken();
        if (taken.length > 0) yield taken;
        if (this.#leftOut > 0) this.#tellLeftOut(this.#leftOutNs);
        if (this.#waiting.length > 0) continue;
        if (this.#ended) return;
        await new Promise<void>((resolve) => {
          this.#wake = resolve;
        });
      }
    } finally {
      this.#ended = true;
      this.#tellTaken();
    }
  }

  #tellTaken(): void {
    this.#taken.resolve();
    this.#taken = Promise.withResolvers<void>();
  }

  #tellLeftOut(atNs: bigint): void {
    const gap = `${this.#leftOut} pieces were left out here, because they came faster than they were read. They are in the stored log.`;
    this.#waiting.push({ atNs, gap });
    this.#leftOut = 0;
  }
}

function sizeOf(entries: readonly LogEntry[]): number {
  return entries.reduce((sum, entry) => sum + ENTRY_BYTES + (isGap(entry) ? 0 : entry.bytes.length), 0);
}

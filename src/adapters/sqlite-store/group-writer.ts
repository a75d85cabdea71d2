// Who writes a group: this thread, as long as groups are small, because handing one over takes as long as writing it; and a thread of its
// own, as soon as they are large, so that neither SQLite's work nor the wait for the disk holds up who decides. That thread costs 12 MB,
// so it ends when large groups have ceased to come.
import type { Cancel, Clock } from '../../ports/clock.ts';
import type { GroupOutcome, GroupTransaction } from './group-transaction.ts';
import { storeFailed } from './store-failed.ts';
import { type WriteEntry, writesIn } from './write-order.ts';
import type { WriterThread } from './writer-thread.ts';

/** Groups of so many writes are for the thread. */
const LARGE_GROUP = 16;

/** The thread lives for so long after the last large group. */
const THREAD_KEPT_MS = 10_000;

/** What groups are written with. */
export interface GroupWriterParts {
  readonly here: GroupTransaction;
  readonly thread: WriterThread;
  readonly clock: Clock;
}

/** Writes groups, one at a time. */
export class GroupWriter {
  readonly #parts: GroupWriterParts;
  #hasThread = false;
  #forgetThread: Cancel | undefined;
  #ending: Promise<void> = Promise.resolve();

  constructor(parts: GroupWriterParts) {
    this.#parts = parts;
  }

  /** Writes a group; resolves when it is on disk. The next one only after that. @throws platform.store-failed, platform.store-unsettled */
  async write(group: readonly WriteEntry[]): Promise<GroupOutcome> {
    if (isLarge(group)) this.#keepThread();
    if (!this.#hasThread) return this.#writeHere(group);
    await this.#ending;
    return this.#parts.thread.write(group);
  }

  /** Ends the thread; when no group is under way. */
  async end(): Promise<void> {
    this.#forgetThread?.();
    await this.#endThread();
  }

  #writeHere(group: readonly WriteEntry[]): GroupOutcome {
    try {
      return this.#parts.here.run(group);
    } catch (error) {
      throw storeFailed(error);
    }
  }

  #keepThread(): void {
    const { clock } = this.#parts;
    this.#hasThread = true;
    this.#forgetThread?.();
    this.#forgetThread = clock.after(THREAD_KEPT_MS, () => void this.#endThread());
  }

  // A group that is under way is answered before the thread ends.
  #endThread(): Promise<void> {
    this.#hasThread = false;
    this.#ending = this.#ending.then(() => this.#parts.thread.end());
    return this.#ending;
  }
}

function isLarge(group: readonly WriteEntry[]): boolean {
  return group.reduce((writes, entry) => writes + writesIn(entry), 0) >= LARGE_GROUP;
}

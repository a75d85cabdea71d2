// Keeps this process's own log where everybody who looks after the platform can search it: lines are gathered and stored together.
import type { Instant } from '../model/instant.ts';
import type { Cancel, Clock } from '../ports/clock.ts';
import type { Store } from '../ports/store.ts';

/** Whose log it is. */
export interface LogKeeperParts {
  readonly clock: Clock;
  readonly component: string;
  readonly run: string;
}

interface Line {
  readonly text: string;
  readonly at: Instant;
}

const FLUSH_AFTER_MS = 5000;
/** Lines of one document. */
const MOST_LINES = 500;
const MOST_BYTES = 64 * 1024;
/** What waits for the store, at most; the oldest lines are dropped, and how many is told. */
const MOST_WAITING_BYTES = 1024 * 1024;
const LONGEST_LINE = 8 * 1024;

/** Takes lines at once, and stores them when it is given a store. It logs nothing itself: that would never end. */
export class ComponentLogKeeper {
  readonly #parts: LogKeeperParts;
  #store: Store | undefined;
  #lines: Line[] = [];
  #bytes = 0;
  #dropped = 0;
  #documents = 0;
  #timer: Cancel | undefined;
  #flushing: Promise<void> = Promise.resolve();
  #isClosed = false;

  constructor(parts: LogKeeperParts) {
    this.#parts = parts;
  }

  /** Takes one line, with its end of line or without. */
  write(line: string): void {
    if (this.#isClosed) return;
    const text = line.trimEnd().slice(0, LONGEST_LINE);
    this.#lines.push({ text, at: this.#parts.clock.now() });
    this.#bytes += text.length;
    while (this.#bytes > MOST_WAITING_BYTES) this.#dropOldest();
    this.#flushLater(this.#bytes >= MOST_BYTES || this.#lines.length >= MOST_LINES ? 0 : FLUSH_AFTER_MS);
  }

  /** From now on lines are stored; those that wait, first. */
  attach(store: Store): void {
    this.#store = store;
    if (this.#lines.length > 0) this.#flushLater(0);
  }

  /** Stores what is left, and takes no more. */
  async close(): Promise<void> {
    this.#isClosed = true;
    this.#timer?.();
    await this.#flushing;
    await this.#flush();
  }

  #dropOldest(): void {
    const oldest = this.#lines.shift();
    if (!oldest) return;
    this.#bytes -= oldest.text.length;
    this.#dropped += 1;
  }

  #flushLater(afterMs: number): void {
    if (!this.#store || this.#isClosed) return;
    if (this.#timer && afterMs > 0) return;
    this.#timer?.();
    this.#timer = this.#parts.clock.after(afterMs, () => {
      this.#flushing = this.#flushing
        .then(() => this.#flush())
        .finally(() => {
          this.#timer = undefined;
          if (this.#lines.length > 0) this.#flushLater(FLUSH_AFTER_MS);
        });
    });
  }

  /** What cannot be stored waits for the next time. */
  async #flush(): Promise<void> {
    while (this.#store && this.#lines.length > 0) {
      const taken = this.#take();
      try {
        await this.#store.create('componentLog', this.#documentOf(taken));
        this.#dropped = 0;
      } catch {
        this.#lines.unshift(...taken);
        this.#bytes += bytesOf(taken);
        return;
      }
    }
  }

  #take(): Line[] {
    let bytes = 0;
    const end = this.#lines.findIndex(({ text }, index) => {
      bytes += text.length;
      return index > 0 && (index >= MOST_LINES || bytes > MOST_BYTES);
    });
    const taken = this.#lines.splice(0, end === -1 ? this.#lines.length : end);
    this.#bytes -= bytesOf(taken);
    return taken;
  }

  #documentOf(taken: readonly Line[]) {
    const { component, run } = this.#parts;
    const [fromAt, toAt] = [taken[0]?.at ?? 0, taken.at(-1)?.at ?? 0];
    const number = String(this.#documents++).padStart(8, '0');
    const lines = taken.map(({ text }) => text);
    return {
      id: `${component}/${run}/${number}`,
      component,
      fromAt,
      toAt,
      lines: [...this.#droppedLine(fromAt), ...lines],
    };
  }

  #droppedLine(at: number): readonly string[] {
    if (this.#dropped === 0) return [];
    const message = `${this.#dropped} lines before this one were dropped: the database did not take them in time`;
    return [JSON.stringify({ level: 'warn', time: new Date(at).toISOString(), message })];
  }
}

function bytesOf(lines: readonly Line[]): number {
  return lines.reduce((sum, { text }) => sum + text.length, 0);
}

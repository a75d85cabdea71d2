// The text of one installation while it happens: bounded, and followed by whoever wants to watch.

/** Lines kept; of a longer text the oldest go. */
const MAX_LINES = 10_000;
const MAX_LINE_LENGTH = 4_000;

/** Collects lines until it is ended. */
export class InstallationLog {
  readonly #lines: string[] = [];
  #dropped = 0;
  #rest = '';
  #ended = false;
  #changed = Promise.withResolvers<void>();

  /** Adds text as it comes, in pieces of any size. */
  append(text: string): void {
    const pieces = (this.#rest + text).split(/\r\n|\n|\r/);
    this.#rest = (pieces.pop() ?? '').slice(0, MAX_LINE_LENGTH);
    for (const piece of pieces) this.line(piece);
  }

  /** Adds one line. */
  line(text: string): void {
    this.#lines.push(text.slice(0, MAX_LINE_LENGTH));
    if (this.#lines.length > MAX_LINES) {
      this.#lines.shift();
      this.#dropped++;
    }
    this.#tell();
  }

  /** Nothing more comes. */
  end(): void {
    if (this.#rest !== '') this.line(this.#rest);
    this.#rest = '';
    this.#ended = true;
    this.#tell();
  }

  /** The last lines, newest last. */
  lastLines(count: number): readonly string[] {
    return this.#lines.slice(-count);
  }

  /** Everything that is kept; empty when nothing was written. */
  text(): string {
    const note = this.#dropped > 0 ? [`… ${this.#dropped} earlier lines are not kept …`] : [];
    return [...note, ...this.#lines].map((line) => `${line}\n`).join('');
  }

  /** Every line from the first that is kept; ends with the log, or when the signal aborts. */
  async *follow(signal: AbortSignal): AsyncGenerator<string> {
    const stop = () => this.#tell();
    signal.addEventListener('abort', stop, { once: true });
    try {
      for (let next = 0; !signal.aborted; ) {
        next = Math.max(next, this.#dropped);
        const line = this.#lines[next - this.#dropped];
        if (line === undefined && this.#ended) return;
        if (line === undefined) await this.#changed.promise;
        else yield line;
        if (line !== undefined) next++;
      }
    } finally {
      signal.removeEventListener('abort', stop);
    }
  }

  #tell(): void {
    this.#changed.resolve();
    this.#changed = Promise.withResolvers<void>();
  }
}

// How long work of its own keeps a process from looking at anything else. Counted in the processor's time of the thread: what else runs on
// the machine makes no difference.

/** Watches until `end`. */
export class LoopStalls {
  readonly #timer = setInterval(() => this.#look(), 1);
  #lastMs = threadMs();
  #longestMs = 0;

  /** Gives the longest time between two looks, milliseconds of work. */
  end(): number {
    this.#look();
    clearInterval(this.#timer);
    return this.#longestMs;
  }

  #look(): void {
    const nowMs = threadMs();
    this.#longestMs = Math.max(this.#longestMs, nowMs - this.#lastMs);
    this.#lastMs = nowMs;
  }
}

function threadMs(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1000;
}

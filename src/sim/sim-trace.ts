// What happened in a simulated world, line by line: the last lines for whoever reads a failure, and a digest over all of them.

/** Lines kept for a failure. */
const KEPT = 400;
const ACTOR_WIDTH = 12;

/** The trace of one run. */
export class SimTrace {
  readonly #ring: string[] = [];
  readonly #also: ((line: string) => void) | undefined;
  #low = 0x811c9dc5;
  #high = 0x9e3779b9;
  #lines = 0;

  /** `also` is given every line as it comes. */
  constructor(also?: (line: string) => void) {
    this.#also = also;
  }

  /** Adds one line; the time is in milliseconds since the start of the world. */
  add(elapsedMs: number, actor: string, text: string): void {
    const line = `${stamp(elapsedMs)}  ${actor.padEnd(ACTOR_WIDTH)} ${text}`;
    this.#lines++;
    this.#mix(line);
    if (this.#ring.length >= 2 * KEPT) this.#ring.splice(0, KEPT);
    this.#ring.push(line);
    this.#also?.(line);
  }

  /** The last lines, oldest first. */
  lastLines(): readonly string[] {
    return this.#ring.slice(-KEPT);
  }

  /** Equal for equal traces. */
  digest(): string {
    return `${this.#lines}-${(this.#low >>> 0).toString(16)}${(this.#high >>> 0).toString(16)}`;
  }

  #mix(line: string): void {
    for (let index = 0; index < line.length; index++) {
      const code = line.charCodeAt(index);
      this.#low = Math.imul(this.#low ^ code, 0x01000193);
      this.#high = Math.imul(this.#high ^ code, 0x85ebca6b);
    }
  }
}

/** `mm:ss.mmm` since the start. */
function stamp(elapsedMs: number): string {
  const minutes = String(Math.floor(elapsedMs / 60_000)).padStart(2, '0');
  const seconds = ((elapsedMs % 60_000) / 1000).toFixed(3).padStart(6, '0');
  return `${minutes}:${seconds}`;
}

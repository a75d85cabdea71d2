// What arrived in a stretch of time, and how late: the same for a bare client of a broker and for a stream of readings.
import { percentile } from '../statistics.ts';
import { wallNow } from '../wall-clock.ts';

/** What a window saw. */
export interface Seen {
  readonly count: number;
  readonly seconds: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly mostMs: number;
  /** Of the process that counted. */
  readonly residentMb: number;
}

/** Of very many, so many are looked at for how late they were. */
const MOST_SAMPLES = 200_000;

/** Counts arrivals. */
export class Window {
  #count = 0;
  #beganAt = wallNow();
  #lateness: number[] = [];

  begin(): void {
    this.#count = 0;
    this.#lateness = [];
    this.#beganAt = wallNow();
  }

  /** Something arrived that was sent at an instant. */
  arrived(sentAt: number, now: number): void {
    this.#count++;
    if (this.#lateness.length < MOST_SAMPLES) this.#lateness.push(now - sentAt);
  }

  end(): Seen {
    const late = this.#lateness.length === 0 ? [0] : this.#lateness;
    return {
      count: this.#count,
      seconds: (wallNow() - this.#beganAt) / 1000,
      p50Ms: percentile(late, 0.5),
      p99Ms: percentile(late, 0.99),
      mostMs: percentile(late, 1),
      residentMb: process.memoryUsage.rss() / 2 ** 20,
    };
  }
}

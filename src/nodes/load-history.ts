// The load of nodes over time, and what tasks use: gathered for a moment, then appended to the series in bulk.
import type { Instant } from '../model/instant.ts';
import type { NodeFacts, NodeLoad } from '../model/node.ts';
import type { Cancel, Clock } from '../ports/clock.ts';
import type { Log } from '../ports/log.ts';
import type { Reading, Series } from '../ports/series.ts';

/** What is kept of a node's load over time; all are shares in [0, 1]. */
export const LOAD_MEASURES = ['cpu', 'memory', 'disk', 'load'] as const;

/** One of them. `load` is the harmonic mean of CPU and memory, each at least 0.01; `disk` is the used share. */
export type LoadMeasure = (typeof LOAD_MEASURES)[number];

/** What is kept of all nodes together. */
export type FleetMeasure = Exclude<LoadMeasure, 'disk'>;

/** The series of a measure of all nodes together: each bucket holds readings of every one of them. */
export function fleetSeries(measure: FleetMeasure): string {
  return `fleet/${measure}`;
}

/** What is kept of a slot's containers over time: cores, and bytes. */
export type UsageMeasure = 'cpu' | 'memory';

/** The series of a measure of a job's slot, whichever task fills it. */
export function usageSeries(job: string, slot: number, measure: UsageMeasure): string {
  return `task/${job}.${slot}/${measure}`;
}

/** What a slot of a job used; no CPU where there is no reading before. */
export interface SlotUsage {
  readonly job: string;
  readonly slot: number;
  readonly at: Instant;
  readonly cpu: number | undefined;
  readonly memoryBytes: number;
}

/** What the history needs. */
export interface LoadHistoryParts {
  readonly series: Series;
  readonly clock: Clock;
  readonly log: Log;
}

const FLUSH_EVERY_MS = 5000;
/** Readings that wait, at most: about a minute of ten thousand readings; what is beyond is not kept. */
const MOST_WAITING = 100_000;
/** No load counts as less: the harmonic mean of 0 and anything is 0. */
const LEAST = 0.01;

/** The series of a measure of a node. */
export function loadSeries(node: string, measure: LoadMeasure): string {
  return `node/${node}/${measure}`;
}

/** Keeps the load of all nodes of this process, and what tasks there use, until `close`. */
export class LoadHistory {
  readonly #parts: LoadHistoryParts;
  #waiting: Reading[] = [];
  #cancel: Cancel | undefined;
  #appending: Promise<void> = Promise.resolve();
  #isClosed = false;

  constructor(parts: LoadHistoryParts) {
    this.#parts = parts;
  }

  /** A node's load was read. */
  add(node: string, load: NodeLoad, facts: NodeFacts | null): void {
    if (this.#isClosed || this.#waiting.length >= MOST_WAITING) return;
    const values = { cpu: load.cpu, memory: load.memory, disk: usedShare(load, facts), load: harmonic(load) };
    for (const measure of LOAD_MEASURES) {
      const value = values[measure];
      if (value === undefined) continue;
      this.#waiting.push({ series: loadSeries(node, measure), at: load.at, value });
      if (measure !== 'disk') this.#waiting.push({ series: fleetSeries(measure), at: load.at, value });
    }
    this.#flushSoon();
  }

  /** What a slot uses was read. */
  addUsage({ job, slot, at, cpu, memoryBytes }: SlotUsage): void {
    if (this.#isClosed || this.#waiting.length >= MOST_WAITING) return;
    if (cpu !== undefined) this.#waiting.push({ series: usageSeries(job, slot, 'cpu'), at, value: cpu });
    this.#waiting.push({ series: usageSeries(job, slot, 'memory'), at, value: memoryBytes });
    this.#flushSoon();
  }

  /** Appends what waits; the series itself is closed by whoever opened it. */
  async close(): Promise<void> {
    this.#isClosed = true;
    this.#cancel?.();
    this.#flush();
    await this.#appending;
  }

  #flushSoon(): void {
    this.#cancel ??= this.#parts.clock.after(FLUSH_EVERY_MS, () => this.#flush());
  }

  #flush(): void {
    this.#cancel = undefined;
    const readings = this.#waiting;
    this.#waiting = [];
    if (readings.length === 0) return;
    this.#appending = Promise.all([this.#appending, this.#append(readings)]).then(() => undefined);
  }

  /** A plot with a gap is no reason to disturb anything else. */
  async #append(readings: readonly Reading[]): Promise<void> {
    try {
      await this.#parts.series.append(readings);
    } catch (error) {
      this.#parts.log.warn('The load of nodes and the usage of tasks could not be kept', {
        readings: readings.length,
        error,
      });
    }
  }
}

function usedShare({ diskFreeBytes }: NodeLoad, facts: NodeFacts | null): number | undefined {
  if (!facts || facts.diskBytes <= 0) return undefined;
  return Math.min(1, Math.max(0, 1 - diskFreeBytes / facts.diskBytes));
}

function harmonic({ cpu, memory }: NodeLoad): number {
  const [c, m] = [Math.max(LEAST, cpu), Math.max(LEAST, memory)];
  return (2 * c * m) / (c + m);
}

// Raw readings in memory, with the same order and bounds as any other.
import type { Instant } from '../model/instant.ts';
import type { KeptReading, SensorReading } from '../model/sensor.ts';
import type { ReadingQuery, Readings } from '../ports/readings.ts';

/** Readings that end with their process. */
export class SimReadings implements Readings {
  readonly #kept = new Map<string, KeptReading[]>();
  #sequence = 0;

  async append(readings: readonly SensorReading[]): Promise<readonly KeptReading[]> {
    return readings.map((reading) => {
      const kept = { ...reading, sequence: ++this.#sequence };
      const before = this.#kept.get(reading.sensor);
      if (before) before.push(kept);
      else this.#kept.set(reading.sensor, [kept]);
      return kept;
    });
  }

  async since(sensors: readonly string[], sequence: number, limit: number): Promise<readonly KeptReading[]> {
    const found = sensors.flatMap((sensor) => this.#of(sensor).filter((kept) => kept.sequence > sequence));
    return found.toSorted((a, b) => a.sequence - b.sequence).slice(0, limit);
  }

  async latest(sensors: readonly string[]): Promise<readonly KeptReading[]> {
    return sensors.flatMap((sensor) => this.#of(sensor).slice(-1));
  }

  async recent(sensor: string, fromAt: Instant, limit: number): Promise<readonly KeptReading[]> {
    return this.#of(sensor)
      .filter(({ at }) => at >= fromAt)
      .slice(-limit);
  }

  async range({ sensor, fromAt, toAt, after, limit }: ReadingQuery): Promise<readonly KeptReading[]> {
    return this.#of(sensor)
      .filter(({ at, sequence }) => at >= fromAt && at < toAt && sequence > after)
      .slice(0, limit);
  }

  async lastSequence(): Promise<number> {
    return this.#sequence;
  }

  async forgetBefore(at: Instant, most: number): Promise<number> {
    let forgotten = 0;
    for (const [sensor, kept] of this.#kept) {
      const old = kept.slice(0, most - forgotten).filter((each) => each.at < at);
      const gone = new Set(old);
      this.#kept.set(
        sensor,
        kept.filter((each) => !gone.has(each)),
      );
      forgotten += old.length;
    }
    return forgotten;
  }

  async close(): Promise<void> {
    this.#kept.clear();
  }

  #of(sensor: string): readonly KeptReading[] {
    return this.#kept.get(sensor) ?? [];
  }
}

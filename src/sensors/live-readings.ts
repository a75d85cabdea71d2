// Readings as they come, handed to all who follow their sensors. A follower goes on after a sequence: first from the store, then live,
// and from the store again when it was too slow; nothing is lost between, as long as raw readings are kept.
import type { KeptReading } from '../model/sensor.ts';
import type { Readings } from '../ports/readings.ts';
import { FeedSubscription } from './feed-subscription.ts';

/** Which readings are followed. */
export interface FollowWish {
  /** Sensors. */
  readonly sensors: readonly string[];
  /** Those behind this sequence; null: those that come from now on. */
  readonly after: number | null;
  /** At most so many per second of each sensor; null: all. */
  readonly rateHz: number | null;
}

/** Readings in one batch, at most: whoever formats them gives others a turn in between. */
const PAGE = 1000;
/** Of the interval that a thinned stream asks for: clocks of devices are not exact, and one per second must not become one every two. */
const TOLERANCE = 0.9;

/** Fans readings out. */
export class LiveReadings {
  readonly #readings: Readings;
  readonly #followers = new Map<string, Set<FeedSubscription>>();
  readonly #latest = new Map<string, KeptReading>();

  constructor(readings: Readings) {
    this.#readings = readings;
  }

  /** Streams that are open. */
  get followed(): number {
    return this.#followers.size;
  }

  /** Readings became durable, in the order of their sequences. */
  publish(readings: readonly KeptReading[]): void {
    for (const reading of readings) {
      this.#latest.set(reading.sensor, reading);
      const followers = this.#followers.get(reading.sensor);
      if (followers) for (const follower of followers) follower.push(reading);
    }
  }

  /**
   * Readings became durable where several processes keep them: what these tell comes in no order, so followers read the store, which has one.
   * Until then nothing that another process kept before is passed over.
   */
  announce(readings: readonly KeptReading[]): void {
    const told = new Set<FeedSubscription>();
    for (const reading of readings) {
      const { sensor, sequence } = reading;
      if (sequence > (this.#latest.get(sensor)?.sequence ?? 0)) this.#latest.set(sensor, reading);
      for (const follower of this.#followers.get(sensor) ?? []) told.add(follower);
    }
    for (const follower of told) follower.look();
  }

  /** A sensor was removed. */
  forget(sensor: string): void {
    this.#latest.delete(sensor);
  }

  /** The last reading of a sensor; null: none is kept. */
  async latest(sensor: string): Promise<KeptReading | null> {
    const seen = this.#latest.get(sensor);
    if (seen) return seen;
    const [stored] = await this.#readings.latest([sensor]);
    return stored ?? null;
  }

  /** Batches of readings as they come, until the signal aborts. */
  async *follow({ sensors, after, rateHz }: FollowWish, signal: AbortSignal): AsyncGenerator<readonly KeptReading[]> {
    const subscription = new FeedSubscription({ isBehind: after !== null });
    const thin = rateHz === null ? (all: readonly KeptReading[]) => all : thinned(rateHz);
    this.#add(sensors, subscription);
    try {
      let place = after ?? (await this.#readings.lastSequence());
      while (!signal.aborted) {
        const batch = subscription.isBehind
          ? await this.#stored(subscription, sensors, place)
          : subscription.take(PAGE).filter(({ sequence }) => sequence > place);
        place = batch.at(-1)?.sequence ?? place;
        const wanted = thin(batch);
        if (wanted.length > 0) yield wanted;
        if (batch.length === 0) await subscription.something(signal);
      }
    } finally {
      this.#remove(sensors, subscription);
    }
  }

  /** A page of the store. What comes from before it is read on is kept, so that nothing lies between the last page and that. */
  async #stored(subscription: FeedSubscription, sensors: readonly string[], place: number) {
    subscription.catchUp();
    const page = await this.#readings.since(sensors, place, PAGE);
    if (page.length === PAGE) subscription.fallBehind();
    return page;
  }

  #add(sensors: readonly string[], subscription: FeedSubscription): void {
    for (const sensor of sensors) {
      const present = this.#followers.get(sensor);
      if (present) present.add(subscription);
      else this.#followers.set(sensor, new Set([subscription]));
    }
  }

  #remove(sensors: readonly string[], subscription: FeedSubscription): void {
    for (const sensor of sensors) {
      const present = this.#followers.get(sensor);
      present?.delete(subscription);
      if (present?.size === 0) this.#followers.delete(sensor);
    }
  }
}

/** Leaves out what comes faster than a rate, for each sensor. */
function thinned(rateHz: number): (all: readonly KeptReading[]) => readonly KeptReading[] {
  const leastMs = (1000 / rateHz) * TOLERANCE;
  const last = new Map<string, number>();
  return (all) =>
    all.filter(({ sensor, at }) => {
      const before = last.get(sensor);
      const isWanted = before === undefined || Math.abs(at - before) >= leastMs;
      if (isWanted) last.set(sensor, at);
      return isWanted;
    });
}

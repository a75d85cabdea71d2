// The in-memory heap of alarms: one alarm per key, the earliest rings first.
import type { Instant } from '../model/instant.ts';
import { RankedHeap } from './ranked-heap.ts';

/** An alarm: its key and when it rings. */
export interface Alarm {
  readonly key: string;
  readonly at: Instant;
}

/** Alarms by key, ordered by when they ring. */
export class AlarmHeap {
  readonly #heap = new RankedHeap();

  get size(): number {
    return this.#heap.size;
  }

  /** The alarm that rings next. */
  peek(): Alarm | undefined {
    const first = this.#heap.peek();
    return first && { key: first.key, at: first.rank };
  }

  /** When the key's alarm rings, if it has one. */
  get(key: string): Instant | undefined {
    return this.#heap.get(key);
  }

  /** Gives a key its one alarm, in place of one that it had. */
  set(key: string, at: Instant): void {
    this.#heap.set(key, at);
  }

  /** Takes a key's alarm away, if it has one. */
  delete(key: string): void {
    this.#heap.delete(key);
  }

  /** Takes out and gives every alarm that rings at `now` or before, in order. */
  *due(now: Instant): Generator<Alarm> {
    for (let first = this.peek(); first && first.at <= now; first = this.peek()) {
      this.delete(first.key);
      yield first;
    }
  }
}

// An indexed binary heap: one rank per key, moved and taken out in O(log n), which heaps from libraries need O(n) for. Keys and ranks lie in
// two arrays, side by side, because a million objects would take several times their memory and the collector's time.

import { RankFrontier } from './rank-frontier.ts';

/** A key and its rank. */
export interface Ranked {
  readonly key: string;
  readonly rank: number;
}

/** Room for ranks to begin with, and the least that is kept. */
const LEAST_ROOM = 16;

/** A priority queue by rank, lowest first, with `set` and `delete` by key in O(log n). */
export class RankedHeap {
  readonly #keys: string[] = [];
  /** As many are in use as there are keys. */
  #ranks = new Float64Array(LEAST_ROOM);
  readonly #position = new Map<string, number>();

  get size(): number {
    return this.#keys.length;
  }

  /** The lowest. */
  peek(): Ranked | undefined {
    return this.#at(0);
  }

  /** A key's rank, if it has one. */
  get(key: string): number | undefined {
    const index = this.#position.get(key);
    return index === undefined ? undefined : this.#ranks[index];
  }

  /** Gives a key its one rank, in place of one that it had. */
  set(key: string, rank: number): void {
    this.#settle(this.#position.get(key) ?? this.size, key, rank);
  }

  /** Takes a key out, if it is in. */
  delete(key: string): void {
    const index = this.#position.get(key);
    if (index === undefined) return;
    const rank = this.#rank(this.size - 1);
    const last = this.#keys.pop();
    this.#position.delete(key);
    if (last !== undefined && last !== key) this.#settle(index, last, rank);
    const room = this.#ranks.length;
    if (room > LEAST_ROOM && this.size < room / 4) this.#resize(room / 2);
  }

  /** All in order of rank, lowest first; what is not asked for is not sorted. The heap must not change meanwhile. */
  *ascending(): Generator<Ranked> {
    const frontier = new RankFrontier();
    const offer = (index: number) => {
      if (index < this.size) frontier.push(this.#rank(index), index);
    };
    offer(0);
    for (let index = frontier.pop(); index !== undefined; index = frontier.pop()) {
      offer(2 * index + 1);
      offer(2 * index + 2);
      const item = this.#at(index);
      if (item) yield item;
    }
  }

  #at(index: number): Ranked | undefined {
    const key = this.#keys[index];
    return key === undefined ? undefined : { key, rank: this.#rank(index) };
  }

  /** Puts an item where it belongs: up or down from a place that is the end, its own, or that of an item which is gone. */
  #settle(place: number, key: string, rank: number): void {
    if (place === this.#ranks.length) this.#resize(2 * place);
    const risen = this.#rise(place, rank);
    this.#put(risen === place ? this.#sink(place, rank) : risen, key, rank);
  }

  #rise(from: number, rank: number): number {
    let hole = from;
    while (hole > 0) {
      const parent = (hole - 1) >> 1;
      if (this.#rank(parent) <= rank) break;
      this.#move(parent, hole);
      hole = parent;
    }
    return hole;
  }

  #sink(from: number, rank: number): number {
    for (let hole = from; ; ) {
      const left = 2 * hole + 1;
      const smaller = this.#rank(left + 1) < this.#rank(left) ? left + 1 : left;
      if (this.#rank(smaller) >= rank) return hole;
      this.#move(smaller, hole);
      hole = smaller;
    }
  }

  /** A rank; infinite where there is none. */
  #rank(index: number): number {
    return index < this.size ? (this.#ranks[index] ?? Number.POSITIVE_INFINITY) : Number.POSITIVE_INFINITY;
  }

  #move(from: number, to: number): void {
    this.#put(to, this.#keys[from] ?? '', this.#rank(from));
  }

  #put(index: number, key: string, rank: number): void {
    this.#keys[index] = key;
    this.#ranks[index] = rank;
    this.#position.set(key, index);
  }

  #resize(length: number): void {
    const ranks = new Float64Array(length);
    ranks.set(this.#ranks.subarray(0, this.size));
    this.#ranks = ranks;
  }
}

// An indexed binary heap: one rank per key, moved and taken out in O(log n), which heaps from libraries need O(n) for.

import { RankFrontier } from './rank-frontier.ts';

/** A key and its rank. */
export interface Ranked {
  readonly key: string;
  readonly rank: number;
}

/** A priority queue by rank, lowest first, with `set` and `delete` by key in O(log n). */
export class RankedHeap {
  readonly #heap: Ranked[] = [];
  readonly #position = new Map<string, number>();

  get size(): number {
    return this.#heap.length;
  }

  /** The lowest. */
  peek(): Ranked | undefined {
    return this.#heap[0];
  }

  /** A key's rank, if it has one. */
  get(key: string): number | undefined {
    const index = this.#position.get(key);
    return index === undefined ? undefined : this.#heap[index]?.rank;
  }

  /** Gives a key its one rank, in place of one that it had. */
  set(key: string, rank: number): void {
    const index = this.#position.get(key) ?? this.#heap.length;
    this.#put(index, { key, rank });
    this.#settle(index);
  }

  /** Takes a key out, if it is in. */
  delete(key: string): void {
    const index = this.#position.get(key);
    if (index === undefined) return;
    const last = this.#heap.pop();
    this.#position.delete(key);
    if (!last || last.key === key) return;
    this.#put(index, last);
    this.#settle(index);
  }

  /** All in order of rank, lowest first; what is not asked for is not sorted. The heap must not change meanwhile. */
  *ascending(): Generator<Ranked> {
    const frontier = new RankFrontier();
    const offer = (index: number) => {
      const item = this.#heap[index];
      if (item) frontier.push(item.rank, index);
    };
    offer(0);
    for (let index = frontier.pop(); index !== undefined; index = frontier.pop()) {
      offer(2 * index + 1);
      offer(2 * index + 2);
      const item = this.#heap[index];
      if (item) yield item;
    }
  }

  #put(index: number, item: Ranked): void {
    this.#heap[index] = item;
    this.#position.set(item.key, index);
  }

  #settle(index: number): void {
    this.#sink(this.#rise(index));
  }

  #rise(from: number): number {
    let index = from;
    while (index > 0) {
      const parent = (index - 1) >> 1;
      if (!this.#before(index, parent)) break;
      this.#swap(index, parent);
      index = parent;
    }
    return index;
  }

  #sink(from: number): void {
    for (let index = from; ; ) {
      const left = 2 * index + 1;
      const smaller = this.#before(left + 1, left) ? left + 1 : left;
      if (!this.#before(smaller, index)) return;
      this.#swap(smaller, index);
      index = smaller;
    }
  }

  #before(a: number, b: number): boolean {
    const first = this.#heap[a];
    const second = this.#heap[b];
    return first !== undefined && second !== undefined && first.rank < second.rank;
  }

  #swap(a: number, b: number): void {
    const first = this.#heap[a];
    const second = this.#heap[b];
    if (!first || !second) return;
    this.#put(a, second);
    this.#put(b, first);
  }
}

// A binary heap of numbers by rank, for walks that put in and take out very often: no keys, nothing is moved once it is in.

/** A priority queue of numbers, lowest rank first. */
export class RankFrontier {
  readonly #ranks: number[] = [];
  readonly #values: number[] = [];

  push(rank: number, value: number): void {
    let hole = this.#ranks.length;
    while (hole > 0) {
      const parent = (hole - 1) >> 1;
      if (this.#rank(parent) <= rank) break;
      this.#move(parent, hole);
      hole = parent;
    }
    this.#ranks[hole] = rank;
    this.#values[hole] = value;
  }

  /** Takes out the value of the lowest rank. */
  pop(): number | undefined {
    const [first] = this.#values;
    const rank = this.#ranks.pop();
    const value = this.#values.pop();
    if (rank !== undefined && value !== undefined && this.#ranks.length > 0) this.#sink(rank, value);
    return first;
  }

  #sink(rank: number, value: number): void {
    let hole = 0;
    for (;;) {
      const left = 2 * hole + 1;
      const smaller = this.#rank(left + 1) < this.#rank(left) ? left + 1 : left;
      if (this.#rank(smaller) >= rank) break;
      this.#move(smaller, hole);
      hole = smaller;
    }
    this.#ranks[hole] = rank;
    this.#values[hole] = value;
  }

  #rank(index: number): number {
    return this.#ranks[index] ?? Number.POSITIVE_INFINITY;
  }

  #move(from: number, to: number): void {
    this.#ranks[to] = this.#rank(from);
    this.#values[to] = this.#values[from] ?? 0;
  }
}

// Which messages of a partition were read and are not handled yet, and therefore up to where may be committed.

/** One partition as long as this process has it. */
export class PartitionWindow {
  readonly partition: number;
  /** In the order of their offsets, because they are added in it. */
  readonly #pending = new Set<bigint>();
  #next: bigint;
  #committed: bigint;
  #isLost = false;

  constructor(partition: number, start: bigint) {
    this.partition = partition;
    this.#next = start;
    this.#committed = start;
  }

  /** The offset to read next. */
  get next(): bigint {
    return this.#next;
  }

  /** Messages that are read and not handled. */
  get size(): number {
    return this.#pending.size;
  }

  /** Whether the partition belongs to somebody else now: what is left of it here is dropped. */
  get isLost(): boolean {
    return this.#isLost;
  }

  /** Takes a message in; false: it was read before. */
  add(offset: bigint): boolean {
    if (offset < this.#next) return false;
    this.#next = offset + 1n;
    this.#pending.add(offset);
    return true;
  }

  /** A message is handled, or buried. */
  done(offset: bigint): void {
    this.#pending.delete(offset);
  }

  /** Reading goes on at another place, because the one where it was is gone from the topic. */
  jump(offset: bigint): void {
    this.#next = offset;
  }

  /** The offset to commit: that of the lowest message not handled; undefined when that is committed already. */
  get toCommit(): bigint | undefined {
    const [lowest = this.#next] = this.#pending;
    return lowest > this.#committed ? lowest : undefined;
  }

  committed(offset: bigint): void {
    if (offset > this.#committed) this.#committed = offset;
  }

  lose(): void {
    this.#isLost = true;
  }
}

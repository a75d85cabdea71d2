// Bytes of logs that wait in memory to be stored, over all tasks.

/** Tells tasks to store early when all of them together hold too much. */
export class LogBudget {
  readonly #mostBytes: number;
  #heldBytes = 0;

  constructor(mostBytes: number) {
    this.#mostBytes = mostBytes;
  }

  /** Adds bytes that are held from now on; negative when they are not any more. */
  hold(bytes: number): void {
    this.#heldBytes += bytes;
  }

  get exceeded(): boolean {
    return this.#heldBytes > this.#mostBytes;
  }
}

// Acts in lanes: those of one key one after another in their order, those of different keys beside each other.

/** Lanes by key. */
export class KeyLanes {
  readonly #tails = new Map<string, Promise<void>>();

  /** Runs the act after those of its key that were added before. It must not reject. */
  add(key: string, act: () => Promise<void>): void {
    const before = this.#tails.get(key) ?? Promise.resolve();
    const tail = before.then(act).finally(() => {
      if (this.#tails.get(key) === tail) this.#tails.delete(key);
    });
    this.#tails.set(key, tail);
  }

  /** Resolves when all that were added so far have ended. */
  async drained(): Promise<void> {
    await Promise.all(this.#tails.values());
  }
}

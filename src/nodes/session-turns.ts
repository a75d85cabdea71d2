// Bounds the acts on one node without anybody waiting inside the loop: who gets no turn is woken when one is free.

/** Ends a turn; calling it again does nothing. */
export type EndTurn = () => void;

/** A bounded number of turns; keys that were refused are woken in their order. */
export class SessionTurns {
  readonly #wake: (id: string) => void;
  readonly #refused = new Set<string>();
  #free: number;

  constructor(atOnce: number, wake: (id: string) => void) {
    this.#free = atOnce;
    this.#wake = wake;
  }

  /** A turn for this id, or undefined: then it is woken when there may be one. */
  take(id: string): EndTurn | undefined {
    if (this.#free === 0) {
      this.#refused.add(id);
      return undefined;
    }
    this.#free--;
    this.#refused.delete(id);
    let ended = false;
    return () => {
      if (ended) return;
      ended = true;
      this.#free++;
      this.#wakeNext();
    };
  }

  #wakeNext(): void {
    const [next] = this.#refused;
    if (next === undefined) return;
    this.#refused.delete(next);
    this.#wake(next);
  }
}

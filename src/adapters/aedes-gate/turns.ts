// Who waits for a turn, first come, first served. An array would be moved as a whole for each that leaves it.

/** A queue. It is bounded by those who wait: what is read of each connection is. */
export class Turns {
  #waiting: (() => void)[] = [];
  #next = 0;

  push(turn: () => void): void {
    this.#waiting.push(turn);
  }

  /** The one who has waited longest; undefined when nobody waits. */
  shift(): (() => void) | undefined {
    const turn = this.#waiting[this.#next++];
    if (turn) return turn;
    this.#waiting = [];
    this.#next = 0;
    return undefined;
  }
}

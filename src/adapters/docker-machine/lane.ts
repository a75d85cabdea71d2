// A bound on how much of one sort runs at a time, first come first served. Sorts have lanes of their own, so that long streams never starve short calls.

/** Gives a place back; calling it again does nothing. */
export type Leave = () => void;

/** A bounded number of places and a bounded queue for them. */
export class Lane {
  readonly #places: number;
  readonly #mayWait: number;
  readonly #waiting: (() => void)[] = [];
  #taken = 0;

  constructor(bounds: { readonly places: number; readonly mayWait: number }) {
    this.#places = bounds.places;
    this.#mayWait = bounds.mayWait;
  }

  /** Waits for a place. Rejects with the signal's reason when that aborts first; undefined when too many wait already. */
  async enter(signal: AbortSignal): Promise<Leave | undefined> {
    signal.throwIfAborted();
    if (this.#taken < this.#places) {
      this.#taken += 1;
      return this.#leaveOnce();
    }
    if (this.#waiting.length >= this.#mayWait) return undefined;
    await this.#turn(signal);
    return this.#leaveOnce();
  }

  #turn(signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const turn = () => {
        signal.removeEventListener('abort', giveUp);
        resolve();
      };
      const giveUp = () => {
        this.#waiting.splice(this.#waiting.indexOf(turn), 1);
        reject(signal.reason);
      };
      signal.addEventListener('abort', giveUp, { once: true });
      this.#waiting.push(turn);
    });
  }

  #leaveOnce(): Leave {
    let left = false;
    return () => {
      if (left) return;
      left = true;
      const next = this.#waiting.shift();
      if (next) next();
      else this.#taken -= 1;
    };
  }
}

// The events of a simulated world in the order of their times; those of one time in the order in which they were asked for.

/** Something that is due. */
export interface DueEvent {
  readonly at: number;
  readonly order: number;
  run: (() => void) | undefined;
}

/** A binary heap of events. One that is cancelled stays in it without anything to run. */
export class EventQueue {
  readonly #heap: DueEvent[] = [];
  #order = 0;

  /** Adds an event. */
  add(at: number, run: () => void): DueEvent {
    const event: DueEvent = { at, order: this.#order++, run };
    this.#heap.push(event);
    this.#rise(this.#heap.length - 1);
    return event;
  }

  /** When the next event is due; undefined when there is none. Cancelled ones are dropped on the way. */
  nextAt(): number | undefined {
    while (this.#heap[0] && this.#heap[0].run === undefined) this.take();
    return this.#heap[0]?.at;
  }

  /** Takes the next event out. */
  take(): DueEvent | undefined {
    const [first] = this.#heap;
    const last = this.#heap.pop();
    if (first && last && first !== last) {
      this.#heap[0] = last;
      this.#sink();
    }
    return first;
  }

  #rise(from: number): void {
    for (let index = from; index > 0; ) {
      const parent = (index - 1) >> 1;
      if (!this.#before(index, parent)) return;
      this.#swap(index, parent);
      index = parent;
    }
  }

  #sink(): void {
    for (let index = 0; ; ) {
      const left = 2 * index + 1;
      const smaller = this.#before(left + 1, left) ? left + 1 : left;
      if (!this.#before(smaller, index)) return;
      this.#swap(smaller, index);
      index = smaller;
    }
  }

  #before(a: number, b: number): boolean {
    const [first, second] = [this.#heap[a], this.#heap[b]];
    if (!first || !second) return false;
    return first.at < second.at || (first.at === second.at && first.order < second.order);
  }

  #swap(a: number, b: number): void {
    const [first, second] = [this.#heap[a], this.#heap[b]];
    if (!first || !second) return;
    this.#heap[a] = second;
    this.#heap[b] = first;
  }
}

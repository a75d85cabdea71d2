// Items that come one by one until their end, for a reader that awaits them.

/** A stream of items that one reader reads. */
export class EventStream<T> {
  readonly #items: T[] = [];
  #end: { readonly error: Error | undefined } | undefined;
  #wake: () => void = () => {};

  /** Adds an item. */
  push(item: T): void {
    this.#items.push(item);
    this.#wake();
  }

  /** Nothing follows; with an error the reader fails when it has read what came before. */
  end(error: Error | undefined): void {
    this.#end ??= { error };
    this.#wake();
  }

  /** Reads until the end. */
  async *read(): AsyncGenerator<T, void, undefined> {
    for (;;) {
      yield* this.#items.splice(0);
      if (this.#items.length > 0) continue;
      if (this.#end?.error) throw this.#end.error;
      if (this.#end) return;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }
}

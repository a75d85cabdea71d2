// Changes of one ledger take turns within this process: many jobs leave a dead node at once and meet on the ledgers of the others, where
// all but one would be refused each time. Between processes compare-and-set decides, as everywhere.

/** Lets whoever changes the same ledger wait for one another; as many may wait as the engine runs keys at a time. */
export class LedgerTurns {
  readonly #last = new Map<string, Promise<void>>();

  /** Makes a change of a node's ledger when those before it are done, whatever became of them. */
  async take(node: string, change: () => Promise<void>): Promise<void> {
    const mine = this.#last.get(node)?.then(change, change) ?? change();
    this.#last.set(node, mine);
    try {
      await mine;
    } finally {
      if (this.#last.get(node) === mine) this.#last.delete(node);
    }
  }
}

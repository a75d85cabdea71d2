// Brings images to one node in the background: each once however many tasks ask for it, a bounded number at a time.

/** Pulls one image; its name is the tag that it gets. */
export type PullImage = (tag: string) => Promise<void>;

/** What a task sees of an image that it asked for. */
export type PullView =
  | { readonly kind: 'idle' }
  | { readonly kind: 'pulling' }
  | { readonly kind: 'failed'; readonly error: unknown };

interface Pull {
  readonly run: () => Promise<void>;
  readonly waiting: Set<string>;
}

/** The pulls of one node's session. They end with it: a pull that fails because the connection is gone is asked for again. */
export class SessionImages {
  readonly #atOnce: number;
  readonly #wake: (id: string) => void;
  readonly #pulls = new Map<string, Pull>();
  readonly #queue: Pull[] = [];
  readonly #failures = new Map<string, unknown>();
  #running = 0;

  constructor(atOnce: number, wake: (id: string) => void) {
    this.#atOnce = atOnce;
    this.#wake = wake;
  }

  /** How the pull of a tag stands for a task: a task that sees it running is woken at its end, and told once if it failed. */
  view(tag: string, task: string): PullView {
    const pull = this.#pulls.get(tag);
    if (pull) {
      pull.waiting.add(task);
      return { kind: 'pulling' };
    }
    if (!this.#failures.has(task)) return { kind: 'idle' };
    const error = this.#failures.get(task);
    this.#failures.delete(task);
    return { kind: 'failed', error };
  }

  /** Begins to pull a tag, or joins the pull that runs; the task is woken when it ends. */
  begin(tag: string, task: string, pull: PullImage): void {
    const present = this.#pulls.get(tag);
    if (present) {
      present.waiting.add(task);
      return;
    }
    const begun: Pull = { waiting: new Set([task]), run: () => this.#end(tag, pull) };
    this.#pulls.set(tag, begun);
    this.#queue.push(begun);
    this.#fill();
  }

  #fill(): void {
    while (this.#running < this.#atOnce) {
      const next = this.#queue.shift();
      if (!next) return;
      this.#running++;
      void next.run();
    }
  }

  /** Never rejects: a failure is kept for those who wait. */
  async #end(tag: string, pull: PullImage): Promise<void> {
    let failure: { readonly error: unknown } | undefined;
    try {
      await pull(tag);
    } catch (error) {
      failure = { error };
    }
    const waiting = this.#pulls.get(tag)?.waiting ?? new Set<string>();
    this.#pulls.delete(tag);
    this.#running--;
    for (const task of waiting) {
      if (failure) this.#failures.set(task, failure.error);
      this.#wake(task);
    }
    this.#fill();
  }
}

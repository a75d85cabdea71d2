// Progress of a pull, summed over layers from what the engine says of each.

/** One line of POST /images/create (Docker Engine API 1.41); every field may be absent. */
export interface PullLine {
  readonly id?: string;
  readonly status?: string;
  readonly error?: string;
  readonly progressDetail?: { readonly current?: number; readonly total?: number };
}

/** Sums the layers of one pull. Neither figure ever falls. */
export class PullProgress {
  readonly #layers = new Map<string, { done: number; total: number }>();

  /** Takes a line in; whether the figures changed. */
  take({ id, status, progressDetail }: PullLine): boolean {
    if (id === undefined) return false;
    const layer = this.#layers.get(id) ?? { done: 0, total: 0 };
    const before = { ...layer };
    // Extracting counts from zero again: only the way over the network is progress here.
    if (status === 'Downloading') {
      layer.total = Math.max(layer.total, progressDetail?.total ?? 0);
      layer.done = Math.max(layer.done, Math.min(progressDetail?.current ?? 0, layer.total));
    }
    if (status === 'Download complete' || status === 'Pull complete') layer.done = layer.total;
    this.#layers.set(id, layer);
    return layer.done !== before.done || layer.total !== before.total;
  }

  /** Bytes so far and bytes known of. */
  sum(): { readonly doneBytes: number; readonly totalBytes: number } {
    let [doneBytes, totalBytes] = [0, 0];
    for (const { done, total } of this.#layers.values()) {
      doneBytes += done;
      totalBytes += total;
    }
    return { doneBytes, totalBytes };
  }
}

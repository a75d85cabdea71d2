// A real store in which something of a test's choice happens just before a write of its choice: what others might do at that moment.
import { WatchedStore } from '../../../src/engine/watched-store.ts';
import type { Documents, Kind } from '../../../src/model/kinds.ts';
import type { Store } from '../../../src/ports/store.ts';

/** Does `meanwhile` once, before the first write of that sort. */
export class InterleavedStore extends WatchedStore {
  readonly #moment: { readonly write: 'create' | 'update' | 'delete'; readonly kind: Kind };
  #meanwhile: (() => Promise<unknown>) | undefined;

  constructor(store: Store, write: 'create' | 'update' | 'delete', kind: Kind, meanwhile: () => Promise<unknown>) {
    super(store);
    this.#moment = { write, kind };
    this.#meanwhile = meanwhile;
  }

  override async create<K extends Kind>(kind: K, doc: Documents[K]) {
    await this.#reach('create', kind);
    return super.create(kind, doc);
  }

  override async update<K extends Kind>(kind: K, doc: Documents[K], version: number) {
    await this.#reach('update', kind);
    return super.update(kind, doc, version);
  }

  override async delete(kind: Kind, id: string, version: number) {
    await this.#reach('delete', kind);
    return super.delete(kind, id, version);
  }

  async #reach(write: string, kind: Kind): Promise<void> {
    if (write !== this.#moment.write || kind !== this.#moment.kind) return;
    const meanwhile = this.#meanwhile;
    this.#meanwhile = undefined;
    await meanwhile?.();
  }
}

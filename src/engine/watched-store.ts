// A store that tells after each write which document was written. What it tells is a hint to look, never the truth itself.
import type { Documents, Kind } from '../model/kinds.ts';
import type {
  AnyDocument,
  PositionPage,
  Query,
  SnapshotPage,
  Store,
  Stored,
  Write,
  WriteResult,
} from '../ports/store.ts';

/** Told after a document was written or deleted (then with its id alone). */
export type OnWritten = (kind: Kind, id: string, doc: AnyDocument | undefined) => void;

/** Wraps a store so that `written` hears of every write that succeeded through it. */
export class WatchedStore implements Store {
  readonly #store: Store;
  readonly #listeners = new Set<OnWritten>();
  readonly #ownListeners = new Set<OnWritten>();

  constructor(store: Store) {
    this.#store = store;
  }

  /** Adds a listener; returns how to take it away. */
  onWritten(listener: OnWritten): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Adds a listener to what is written through this store alone, not elsewhere; returns how to take it away. */
  onWrittenHere(listener: OnWritten): () => void {
    this.#ownListeners.add(listener);
    return () => this.#ownListeners.delete(listener);
  }

  /** Tells of a write by another process. */
  writtenElsewhere(kind: Kind, id: string, doc: AnyDocument | undefined): void {
    for (const listener of this.#listeners) listener(kind, id, doc);
  }

  get<K extends Kind>(kind: K, id: string): Promise<Stored<Documents[K]> | undefined> {
    return this.#store.get(kind, id);
  }

  getMany<K extends Kind>(kind: K, ids: readonly string[]) {
    return this.#store.getMany(kind, ids);
  }

  list<K extends Kind>(kind: K, query: Query) {
    return this.#store.list(kind, query);
  }

  positions(kind: Kind, query: Query): Promise<PositionPage> {
    return this.#store.positions(kind, query);
  }

  count(kind: Kind, query: Omit<Query, 'limit' | 'after'>): Promise<number> {
    return this.#store.count(kind, query);
  }

  snapshot(leftOut?: readonly Kind[]): AsyncIterable<SnapshotPage> {
    return this.#store.snapshot(leftOut);
  }

  async create<K extends Kind>(kind: K, doc: Documents[K]): Promise<Stored<Documents[K]>> {
    const stored = await this.#store.create(kind, doc);
    this.#tell(kind, doc.id, doc);
    return stored;
  }

  async update<K extends Kind>(kind: K, doc: Documents[K], version: number): Promise<Stored<Documents[K]>> {
    const stored = await this.#store.update(kind, doc, version);
    this.#tell(kind, doc.id, doc);
    return stored;
  }

  async delete(kind: Kind, id: string, version: number): Promise<void> {
    await this.#store.delete(kind, id, version);
    this.#tell(kind, id, undefined);
  }

  async apply(writes: readonly Write[]): Promise<readonly WriteResult[]> {
    const results = await this.#store.apply(writes);
    for (const [index, write] of writes.entries()) {
      if (!results[index]?.ok) continue;
      if (write.do === 'delete') this.#tell(write.kind, write.id, undefined);
      else this.#tell(write.kind, write.doc.id, write.doc);
    }
    return results;
  }

  close(): Promise<void> {
    return this.#store.close();
  }

  #tell(kind: Kind, id: string, doc: AnyDocument | undefined): void {
    for (const listener of this.#listeners) listener(kind, id, doc);
    for (const listener of this.#ownListeners) listener(kind, id, doc);
  }
}

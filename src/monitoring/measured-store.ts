// A store that tells how long each of its operations took.
import type { Documents, Kind } from '../model/kinds.ts';
import type { Clock } from '../ports/clock.ts';
import type { PositionPage, Query, SnapshotPage, Store, Stored, Write, WriteOf, WriteResult } from '../ports/store.ts';
import { StoreConflict } from '../ports/store.ts';

/** Told after each operation. `failed`: it was thrown, and not because somebody else was faster. */
export type OnMeasured = (operation: string, tookMs: number, outcome: 'done' | 'failed') => void;

/** Wraps a store. */
export class MeasuredStore implements Store {
  readonly #store: Store;
  readonly #clock: Clock;
  readonly #tell: OnMeasured;

  constructor(store: Store, clock: Clock, tell: OnMeasured) {
    this.#store = store;
    this.#clock = clock;
    this.#tell = tell;
  }

  get<K extends Kind>(kind: K, id: string): Promise<Stored<Documents[K]> | undefined> {
    return this.#measured('get', () => this.#store.get(kind, id));
  }

  getMany<K extends Kind>(kind: K, ids: readonly string[]) {
    return this.#measured('get_many', () => this.#store.getMany(kind, ids));
  }

  list<K extends Kind>(kind: K, query: Query) {
    return this.#measured('list', () => this.#store.list(kind, query));
  }

  positions(kind: Kind, query: Query): Promise<PositionPage> {
    return this.#measured('positions', () => this.#store.positions(kind, query));
  }

  count(kind: Kind, query: Omit<Query, 'limit' | 'after'>): Promise<number> {
    return this.#measured('count', () => this.#store.count(kind, query));
  }

  create<K extends Kind>(kind: K, doc: WriteOf<K>['doc']): Promise<Stored<Documents[K]>> {
    return this.#measured('create', () => this.#store.create(kind, doc));
  }

  update<K extends Kind>(kind: K, doc: WriteOf<K>['doc'], version: number): Promise<Stored<Documents[K]>> {
    return this.#measured('update', () => this.#store.update(kind, doc, version));
  }

  delete(kind: Kind, id: string, version: number): Promise<void> {
    return this.#measured('delete', () => this.#store.delete(kind, id, version));
  }

  apply(writes: readonly Write[]): Promise<readonly WriteResult[]> {
    return this.#measured('apply', () => this.#store.apply(writes));
  }

  /** As long as whoever reads it takes, which says nothing of the store. */
  snapshot(leftOut?: readonly Kind[]): AsyncIterable<SnapshotPage> {
    return this.#store.snapshot(leftOut);
  }

  close(): Promise<void> {
    return this.#store.close();
  }

  /** Gives the store's own promise: one of ours around each would cost as much as the quickest operations. */
  #measured<T>(operation: string, act: () => Promise<T>): Promise<T> {
    const begunMs = this.#clock.monotonic();
    const tell = (outcome: 'done' | 'failed') => this.#tell(operation, this.#clock.monotonic() - begunMs, outcome);
    const answer = act();
    answer.then(
      () => tell('done'),
      (error: unknown) => tell(error instanceof StoreConflict ? 'done' : 'failed'),
    );
    return answer;
  }
}

// A store with a place before and after each write. A batch is written one by one, so that there is a place between its writes as well:
// each is judged alone, and a process may end between any two.
import type { Documents, Kind } from '../../model/kinds.ts';
import type { PositionPage, Query, SnapshotPage, Store, Stored, Write, WriteResult } from '../../ports/store.ts';
import { between, type Point } from './point.ts';
import { writeName } from './write-name.ts';

/** Wraps a store. */
export class FaultStore implements Store {
  readonly #store: Store;
  readonly #point: Point;

  constructor(store: Store, point: Point) {
    this.#store = store;
    this.#point = point;
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

  create<K extends Kind>(kind: K, doc: Documents[K]): Promise<Stored<Documents[K]>> {
    return between(this.#point, writeName('create', kind, doc), () => this.#store.create(kind, doc));
  }

  update<K extends Kind>(kind: K, doc: Documents[K], version: number): Promise<Stored<Documents[K]>> {
    return between(this.#point, writeName('update', kind, doc), () => this.#store.update(kind, doc, version));
  }

  delete(kind: Kind, id: string, version: number): Promise<void> {
    return between(this.#point, `delete ${kind}`, () => this.#store.delete(kind, id, version));
  }

  async apply(writes: readonly Write[]): Promise<readonly WriteResult[]> {
    const results: WriteResult[] = [];
    for (const write of writes) {
      const name = write.do === 'delete' ? `delete ${write.kind}` : writeName(write.do, write.kind, write.doc);
      results.push(...(await between(this.#point, `${name} in a batch`, () => this.#store.apply([write]))));
    }
    return results;
  }

  close(): Promise<void> {
    return this.#store.close();
  }
}

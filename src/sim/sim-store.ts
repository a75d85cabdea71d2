// The Store of one process in a simulated world: its disk, with the answers that it gets late, wrongly or never.
import { BerthError } from '../model/errors.ts';
import { type Documents, INDEXES, type Kind } from '../model/kinds.ts';
import {
  type AnyDocument,
  type Page,
  type PositionPage,
  type Query,
  type SnapshotPage,
  type Store,
  StoreConflict,
  type Stored,
  type Write,
  type WriteResult,
} from '../ports/store.ts';
import { pageLimit, planQuery } from '../ports/store-query.ts';
import { matching, pageOf, positionsOf } from './list-documents.ts';
import { readyToStore, type SimDisk } from './sim-disk.ts';
import type { SimProcess } from './sim-process.ts';
import type { SimRandom } from './sim-random.ts';
import type { Weather } from './weather.ts';

/** What a simulated store is made of. */
export interface SimStoreParts {
  readonly process: SimProcess;
  readonly disk: SimDisk;
  readonly weather: Readonly<Weather>;
}

/** A call without trouble takes up to this. */
const ORDINARY_MS = 1.5;
const SLOW_MS = 2000;

/** A store that dies with its process; what it has written stays. */
export class SimStore implements Store {
  readonly #parts: SimStoreParts;
  readonly #random: SimRandom;
  readonly #pending = new Set<Promise<unknown>>();
  #isClosed = false;

  constructor(parts: SimStoreParts) {
    this.#parts = parts;
    this.#random = parts.process.world.random.fork(`store of ${parts.process.name}`);
  }

  get<K extends Kind>(kind: K, id: string): Promise<Stored<Documents[K]> | undefined> {
    return this.#read(() => this.#parts.disk.read(kind, id));
  }

  getMany<K extends Kind>(kind: K, ids: readonly string[]): Promise<readonly Stored<Documents[K]>[]> {
    return this.#read(() => ids.map((id) => this.#parts.disk.read(kind, id)).filter((found) => found !== undefined));
  }

  async list<K extends Kind>(kind: K, query: Query): Promise<Page<Documents[K]>> {
    const planned = planQuery(kind, query);
    const limit = pageLimit(query.limit);
    return this.#read(() => pageOf(matching(this.#parts.disk.all(kind), planned), planned.orderBy, limit));
  }

  async positions(kind: Kind, query: Query): Promise<PositionPage> {
    const planned = planQuery(kind, query);
    const limit = pageLimit(query.limit);
    return this.#read(() => positionsOf(matching(this.#parts.disk.all(kind), planned), planned.orderBy, limit));
  }

  async count(kind: Kind, query: Omit<Query, 'limit' | 'after'>): Promise<number> {
    const planned = planQuery(kind, query);
    return this.#read(() => matching(this.#parts.disk.all(kind), planned).length);
  }

  async *snapshot(leftOut: readonly Kind[] = []): AsyncIterable<SnapshotPage> {
    const { disk } = this.#parts;
    const kinds = (Object.keys(INDEXES) as Kind[]).filter((kind) => !leftOut.includes(kind));
    const pages = await this.#read(() =>
      kinds.map((kind) => ({ kind, docs: inOrder(disk.all(kind).map(({ doc }) => doc)) })),
    );
    yield* pages.filter(({ docs }) => docs.length > 0);
  }

  async create<K extends Kind>(kind: K, doc: Documents[K]): Promise<Stored<Documents[K]>> {
    const write = ready({ do: 'create', kind, doc });
    return { doc, version: versionOf(kind, doc.id, await this.#write(write)) };
  }

  async update<K extends Kind>(kind: K, doc: Documents[K], version: number): Promise<Stored<Documents[K]>> {
    const write = ready({ do: 'update', kind, doc, version });
    return { doc, version: versionOf(kind, doc.id, await this.#write(write)) };
  }

  async delete(kind: Kind, id: string, version: number): Promise<void> {
    versionOf(kind, id, await this.#write({ do: 'delete', kind, id, version }));
  }

  async apply(writes: readonly Write[]): Promise<readonly WriteResult[]> {
    const prepared = writes.map((write) => (write.do === 'delete' ? write : ready(write)));
    const results: WriteResult[] = [];
    for (const write of prepared) results.push(await this.#write(write));
    return results;
  }

  /** Waits for what was asked for before. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await Promise.allSettled(this.#pending);
  }

  #read<T>(read: () => T): Promise<T> {
    return this.#after((resolve) => resolve(read()));
  }

  #write(write: Write): Promise<WriteResult> {
    return this.#after<WriteResult>((resolve, reject) => {
      const { process, disk, weather } = this.#parts;
      const what = inWords(write);
      if (this.#random.chance(weather.storeRefused)) return reject(trouble(`${what} was refused`));
      if (process.diesBefore(what)) return undefined;
      const result = disk.write(write);
      if (process.diesAfter(what)) return undefined;
      if (this.#random.chance(weather.storeLost)) return reject(trouble(`the answer to ${what} was lost`));
      return resolve(result);
    });
  }

  async #after<T>(happen: (resolve: (value: T) => void, reject: (error: Error) => void) => void): Promise<T> {
    if (this.#isClosed) throw new Error('The store is closed');
    const answer = new Promise<T>((resolve, reject) => {
      this.#parts.process.later(this.#latencyMs(), () => happen(resolve, reject));
    });
    this.#pending.add(answer);
    try {
      return await answer;
    } finally {
      this.#pending.delete(answer);
    }
  }

  #latencyMs(): number {
    const isSlow = this.#random.chance(this.#parts.weather.storeSlow);
    return this.#random.between(0.05, isSlow ? SLOW_MS : ORDINARY_MS);
  }
}

function ready<W extends Exclude<Write, { do: 'delete' }>>(write: {
  readonly do: W['do'];
  readonly kind: Kind;
  readonly doc: AnyDocument;
  readonly version?: number;
}): Write {
  // What goes together by kind is paired by the caller, which a spread cannot show to the compiler.
  return { ...write, doc: readyToStore(write.kind, write.doc) } as Write;
}

function inWords(write: Write): string {
  return `${write.do} ${write.kind} ${write.do === 'delete' ? write.id : write.doc.id}`;
}

function versionOf(kind: Kind, id: string, result: WriteResult): number {
  if (result.ok) return result.version;
  throw new StoreConflict(kind, id);
}

function trouble(detail: string): BerthError {
  return new BerthError('platform.store-failed', { detail });
}

function inOrder(docs: readonly AnyDocument[]): readonly AnyDocument[] {
  return [...docs].sort((a, b) => (a.id < b.id ? -1 : 1));
}

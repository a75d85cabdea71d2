// The Store in MongoDB: a collection per kind. Each write is a conditional change of one document; no transaction is used.
import type { Db, MongoClient } from 'mongodb';
import { BerthError } from '../../model/errors.ts';
import type { Documents, Kind } from '../../model/kinds.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Log } from '../../ports/log.ts';
import type { Random } from '../../ports/random.ts';
import {
  type Page,
  type Position,
  type PositionPage,
  type Query,
  type SnapshotPage,
  type Store,
  StoreConflict,
  type Stored,
  type Write,
  type WriteResult,
} from '../../ports/store.ts';
import { type Persistence, unreachable } from '../../ports/store-persistence.ts';
import { encodePosition, type PlannedQuery, pageLimit, planQuery, positionPage } from '../../ports/store-query.ts';
import { clientOf, patientClientOf } from './connection.ts';
import { documentOf, fieldValue, type Kept } from './kept-document.ts';
import { countFilter, indexOf, listStretches } from './list-stretches.ts';
import { type MongoAddress, readMongoAddress, shownMongoAddress } from './mongo-address.ts';
import { detailOf, mayPass } from './mongo-failures.ts';
import { type PlannedWrite, planWrite } from './planned-write.ts';
import { prepareDatabase, type ServerTraits, traitsOf } from './prepare-database.ts';
import { copyOf, snapshotOf } from './snapshot.ts';
import { toldPersistently } from './told-persistently.ts';
import { takeBlock, Versions } from './versions.ts';
import { WriteRun } from './write-run.ts';
import { writeRuns } from './write-runs.ts';

/** How often the longest wait for one answer is waited in all before somebody is told that the database does not answer. */
const TRIES_WORTH = 3;

/** Documents that are asked for in one command. */
const MOST_AT_ONCE = 256;

/** Acts that may be under way or wait for a connection; beyond, the database is not keeping up and callers are told. */
const MOST_UNDER_WAY = 100_000;

/** What a store is opened with. */
export interface MongoStoreParts {
  /** `mongodb://user:password@host:port/database`; docs/stores.md tells its options. */
  readonly url: string;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
}

/** The database of a platform whose parts run on several machines. */
export class MongoStore implements Store {
  readonly #client: MongoClient;
  readonly #db: Db;
  readonly #traits: ServerTraits;
  readonly #persistence: Persistence;
  readonly #versions: Versions;
  readonly #underWay = new Set<Promise<unknown>>();
  #closed = false;

  private constructor(client: MongoClient, db: Db, traits: ServerTraits, persistence: Persistence) {
    this.#client = client;
    this.#db = db;
    this.#traits = traits;
    this.#persistence = persistence;
    this.#versions = new Versions(() => takeBlock(db));
  }

  /** Connects, and brings the database up to what this program knows. @throws platform.store-newer, platform.store-behind, platform.store-unreachable */
  static async open({ url, clock, random, log }: MongoStoreParts): Promise<MongoStore> {
    const address = readMongoAddress(url);
    const shown = shownMongoAddress(address);
    const persistence = {
      clock,
      random,
      withinMs: TRIES_WORTH * address.timeoutMs,
      address: shown,
      failures: { mayPass, detailOf },
    };
    const traits = await prepared(address, persistence, log);
    log.info('The database is connected', { address: shown, version: traits.version });
    const client = clientOf(address);
    return new MongoStore(client, client.db(address.database), traits, persistence);
  }

  get<K extends Kind>(kind: K, id: string): Promise<Stored<Documents[K]> | undefined> {
    return this.#act(async () => {
      const kept = await this.#kept(kind).findOne({ _id: id });
      return kept && !kept.goneAt ? stored<K>(kept) : undefined;
    });
  }

  async getMany<K extends Kind>(kind: K, ids: readonly string[]): Promise<readonly Stored<Documents[K]>[]> {
    const wanted = [...new Set(ids)];
    const found = new Map<string, Stored<Documents[K]>>();
    for (let start = 0; start < wanted.length; start += MOST_AT_ONCE) {
      const filter = { _id: { $in: wanted.slice(start, start + MOST_AT_ONCE) }, goneAt: null };
      const some = await this.#act(() => this.#kept(kind).find(filter, { batchSize: MOST_AT_ONCE }).toArray());
      for (const kept of some) found.set(kept._id, stored<K>(kept));
    }
    return ids.map((id) => found.get(id)).filter((each) => each !== undefined);
  }

  async list<K extends Kind>(kind: K, query: Query): Promise<Page<Documents[K]>> {
    const planned = planQuery(kind, query);
    const limit = pageLimit(query.limit);
    const found = (await this.#listed(kind, planned, limit + 1, {})).map((kept) => stored<K>(kept));
    const items = found.slice(0, limit);
    const last = items.at(-1);
    if (found.length <= limit || !last) return { items };
    const { orderBy } = planned;
    const value = orderBy === 'id' ? last.doc.id : fieldValue(last.doc, orderBy);
    return { items, next: encodePosition(orderBy, { value, id: last.doc.id }) };
  }

  async positions(kind: Kind, query: Query): Promise<PositionPage> {
    const planned = planQuery(kind, query);
    const limit = pageLimit(query.limit);
    const { orderBy } = planned;
    const fields = orderBy === 'id' ? { _id: 1 } : { _id: 1, [orderBy]: 1 };
    const found = await this.#listed(kind, planned, limit + 1, fields);
    return positionPage(
      found.map((kept) => position(kept, orderBy)),
      orderBy,
      limit,
    );
  }

  async count(kind: Kind, query: Omit<Query, 'limit' | 'after'>): Promise<number> {
    const planned = planQuery(kind, query);
    return this.#act(() => this.#kept(kind).countDocuments(countFilter(planned), { hint: indexOf(kind, planned) }));
  }

  async *snapshot(leftOut: readonly Kind[] = []): AsyncIterable<SnapshotPage> {
    this.#refuseClosed();
    const { replicated, version } = this.#traits;
    if (replicated) yield* snapshotOf(this.#client, this.#db, { persistence: this.#persistence, leftOut });
    else yield* copyOf(this.#db, version, { persistence: this.#persistence, leftOut });
  }

  async create<K extends Kind>(kind: K, doc: Documents[K]): Promise<Stored<Documents[K]>> {
    const write = planWrite({ do: 'create', kind, doc } as Write);
    return { doc, version: versionOf(write, await this.#written(write)) };
  }

  async update<K extends Kind>(kind: K, doc: Documents[K], version: number): Promise<Stored<Documents[K]>> {
    const write = planWrite({ do: 'update', kind, doc, version } as Write);
    return { doc, version: versionOf(write, await this.#written(write)) };
  }

  async delete(kind: Kind, id: string, version: number): Promise<void> {
    const write = planWrite({ do: 'delete', kind, id, version });
    versionOf(write, await this.#written(write));
  }

  async apply(writes: readonly Write[]): Promise<readonly WriteResult[]> {
    const results: WriteResult[] = [];
    for (const run of writeRuns(writes.map(planWrite))) results.push(...(await this.#run(run)));
    return results;
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    await Promise.allSettled(this.#underWay);
    await this.#client.close();
  }

  async #written(write: PlannedWrite): Promise<WriteResult> {
    const [result] = await this.#run([write]);
    if (!result) throw new Error('A write got no answer');
    return result;
  }

  #run(writes: readonly PlannedWrite[]): Promise<readonly WriteResult[]> {
    let run: WriteRun | undefined;
    return this.#act(async () => {
      run ??= new WriteRun(this.#db, this.#persistence.clock, writes, await this.#versions.take(writes.length));
      return run.ask();
    });
  }

  async #listed(kind: Kind, planned: PlannedQuery, limit: number, projection: object): Promise<readonly Kept[]> {
    const found: Kept[] = [];
    for (const { filter, sort } of listStretches(planned)) {
      const left = limit - found.length;
      if (left <= 0) break;
      const options = { sort, projection, limit: left, batchSize: left, hint: indexOf(kind, planned) };
      found.push(...(await this.#act(() => this.#kept(kind).find(filter, options).toArray())));
    }
    return found;
  }

  #kept(kind: Kind) {
    return this.#db.collection<Kept>(kind);
  }

  #refuseClosed(): void {
    if (this.#closed) throw new Error('The store is closed');
  }

  async #act<T>(act: () => Promise<T>): Promise<T> {
    this.#refuseClosed();
    if (this.#underWay.size >= MOST_UNDER_WAY) throw queueFull();
    const acting = toldPersistently(this.#persistence, act);
    this.#underWay.add(acting);
    try {
      return await acting;
    } finally {
      this.#underWay.delete(acting);
    }
  }
}

/** Looks at the database and brings it up to date, through a client of its own that waits for long changes. */
async function prepared(address: MongoAddress, persistence: Persistence, log: Log): Promise<ServerTraits> {
  const client = patientClientOf(address);
  try {
    const db = client.db(address.database);
    return await toldPersistently(persistence, async () => {
      const traits = await traitsOf(db, log);
      await prepareDatabase(db, traits, persistence.clock, log);
      return traits;
    });
  } catch (error) {
    // At the opening nothing was asked for yet, so whatever the database says is why it cannot be used.
    if (error instanceof BerthError && error.code === 'platform.store-failed')
      throw unreachable(persistence, error.cause);
    throw error;
  } finally {
    await client.close();
  }
}

function stored<K extends Kind>(kept: Kept): Stored<Documents[K]> {
  return { doc: documentOf(kept), version: kept.version };
}

function position(kept: Kept, orderBy: string): Position {
  const value = orderBy === 'id' ? kept._id : kept[orderBy];
  return { value: typeof value === 'string' || typeof value === 'number' ? value : null, id: kept._id };
}

function versionOf({ kind, id }: PlannedWrite, result: WriteResult): number {
  if (result.ok) return result.version;
  throw new StoreConflict(kind, id);
}

function queueFull(): BerthError {
  return new BerthError('platform.queue-full', { queue: 'The line for the database', limit: MOST_UNDER_WAY });
}

// The Store in MariaDB 10.11 or newer, or MySQL 8.0.21 or newer. Writes go in groups through one connection; reads through a few others,
// each a statement that stands alone.
//
// InnoDB shows a commit to others a moment before its log is on disk. What a reader decides on it is still safe: its own write comes
// behind it in the same log, so no later write is durable without it, and nothing is done outside before a write says that it will be.

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
import { type Persistence, persistently, unreachable } from '../../ports/store-persistence.ts';
import { encodePosition, type PlannedQuery, pageLimit, planQuery, positionPage } from '../../ports/store-query.ts';
import { GroupCommit } from './group-commit.ts';
import { countStatement, listStatements, positionStatements, type Statement } from './list-statements.ts';
import { detailOf, mayPass } from './mysql-failures.ts';
import { columnValue, isNumberField } from './number-fields.ts';
import { prepareDatabase } from './prepare-database.ts';
import { ReadsAlike } from './reads-alike.ts';
import { MOST_AT_ONCE, ReadsById } from './reads-by-id.ts';
import { type Row, Session } from './session.ts';
import { SessionPool } from './session-pool.ts';
import { snapshotOf } from './snapshot.ts';
import { readStoreAddress, type StoreAddress, shownAddress } from './store-address.ts';
import { quoted } from './table-layout.ts';
import { takeBlock, Versions } from './versions.ts';
import { type PreparedWrite, WriteStatements } from './write-statements.ts';

/** How often the longest wait for one answer is waited in all before somebody is told that the database does not answer. */
const TRIES_WORTH = 3;

/** What a store is opened with. */
export interface MysqlStoreParts {
  /** `mysql://user:password@host:port/database`; docs/stores.md tells its options. */
  readonly url: string;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
}

/** Writes of a batch that are done in one transaction: a longer batch is done in several, one after the other. */
const LONGEST_CHAIN = 500;

/** The database of a platform whose parts run on several machines. */
export class MysqlStore implements Store {
  readonly #address: StoreAddress;
  readonly #persistence: Persistence;
  readonly #pool: SessionPool;
  readonly #writes: WriteStatements;
  readonly #commits: GroupCommit;
  readonly #reads: ReadsById;
  readonly #alike: ReadsAlike;
  #closed = false;

  private constructor(address: StoreAddress, persistence: Persistence, largestPacketBytes: number) {
    this.#address = address;
    this.#persistence = persistence;
    this.#pool = new SessionPool(address, persistence.clock);
    this.#writes = new WriteStatements(largestPacketBytes);
    this.#commits = new GroupCommit({
      ...{ address, persistence, statements: this.#writes },
      versions: new Versions(() => this.#read(takeBlock)),
    });
    this.#reads = new ReadsById((kind, ids) => this.#withIds(kind, ids));
    this.#alike = new ReadsAlike((sql, values) => this.#rows(sql, values));
  }

  /** Connects, and brings the database up to what this program knows. @throws platform.store-newer, platform.store-unreachable */
  static async open({ url, clock, random, log }: MysqlStoreParts): Promise<MysqlStore> {
    const address = readStoreAddress(url);
    const persistence = {
      clock,
      random,
      withinMs: TRIES_WORTH * address.timeoutMs,
      address: shownAddress(address),
      failures: { mayPass, detailOf },
    };
    const session = await opened(address, persistence);
    try {
      const { version, largestPacketBytes } = await prepareDatabase(session, clock, log);
      log.info('The database is connected', { address: persistence.address, version });
      return new MysqlStore(address, persistence, largestPacketBytes);
    } finally {
      session.close();
    }
  }

  async get<K extends Kind>(kind: K, id: string): Promise<Stored<Documents[K]> | undefined> {
    const row = (await this.#reads.rows(kind, [id])).get(id);
    return row && stored<K>(row);
  }

  async getMany<K extends Kind>(kind: K, ids: readonly string[]): Promise<readonly Stored<Documents[K]>[]> {
    const wanted = [...new Set(ids)];
    const found = new Map<string, Stored<Documents[K]>>();
    for (let start = 0; start < wanted.length; start += MOST_AT_ONCE) {
      const some = wanted.slice(start, start + MOST_AT_ONCE);
      const rows = await this.#reads.rows(kind, some);
      for (const id of some) {
        const row = rows.get(id);
        if (row) found.set(id, stored<K>(row));
      }
    }
    return ids.map((id) => found.get(id)).filter((each) => each !== undefined);
  }

  async list<K extends Kind>(kind: K, query: Query): Promise<Page<Documents[K]>> {
    const planned = withFittingPlace(planQuery(kind, query));
    const limit = pageLimit(query.limit);
    const found = (await this.#listed(listStatements(kind, planned), limit + 1)).map((row) => stored<K>(row));
    const items = found.slice(0, limit);
    const last = items.at(-1);
    if (found.length <= limit || !last) return { items };
    const { orderBy } = planned;
    const value = orderBy === 'id' ? last.doc.id : columnValue(last.doc, orderBy);
    return { items, next: encodePosition(orderBy, { value, id: last.doc.id }) };
  }

  async positions(kind: Kind, query: Query): Promise<PositionPage> {
    const planned = withFittingPlace(planQuery(kind, query));
    const limit = pageLimit(query.limit);
    const found = (await this.#listed(positionStatements(kind, planned), limit + 1)).map(position);
    return positionPage(found, planned.orderBy, limit);
  }

  async count(kind: Kind, query: Omit<Query, 'limit' | 'after'>): Promise<number> {
    const { sql, values } = countStatement(kind, planQuery(kind, query));
    const [row] = await this.#rows(sql, values);
    return Number(row?.documents);
  }

  async *snapshot(leftOut: readonly Kind[] = []): AsyncIterable<SnapshotPage> {
    yield* snapshotOf(await opened(this.#address, this.#persistence), leftOut);
  }

  async create<K extends Kind>(kind: K, doc: Documents[K]): Promise<Stored<Documents[K]>> {
    const write = { do: 'create', kind, doc } as Write;
    return { doc, version: versionOf(kind, doc.id, await this.#written(this.#writes.prepare(write))) };
  }

  async update<K extends Kind>(kind: K, doc: Documents[K], version: number): Promise<Stored<Documents[K]>> {
    const write = { do: 'update', kind, doc, version } as Write;
    return { doc, version: versionOf(kind, doc.id, await this.#written(this.#writes.prepare(write))) };
  }

  async delete(kind: Kind, id: string, version: number): Promise<void> {
    const write = this.#writes.prepare({ do: 'delete', kind, id, version });
    versionOf(kind, id, await this.#written(write));
  }

  async apply(writes: readonly Write[]): Promise<readonly WriteResult[]> {
    const prepared = writes.map((write) => this.#writes.prepare(write));
    const results: WriteResult[] = [];
    for (let from = 0; from < prepared.length; from += LONGEST_CHAIN)
      results.push(...(await this.#commits.add(prepared.slice(from, from + LONGEST_CHAIN))));
    return results;
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    await this.#commits.close();
    await this.#pool.close();
  }

  async #written(write: PreparedWrite): Promise<WriteResult> {
    const [result] = await this.#commits.add([write]);
    if (!result) throw new Error('A write got no answer');
    return result;
  }

  async #listed(statements: readonly Statement[], limit: number): Promise<readonly Row[]> {
    const rows: Row[] = [];
    for (const { sql, values } of statements) {
      if (rows.length >= limit) break;
      rows.push(...(await this.#alike.rows(sql, [...values, String(limit - rows.length)])));
    }
    return rows;
  }

  #withIds(kind: Kind, ids: readonly string[]): Promise<readonly Row[]> {
    const some = padded(ids);
    return this.#rows(
      `SELECT id, version, doc FROM ${quoted(kind)} WHERE id IN (${some.map(() => '?').join(', ')})`,
      some,
    );
  }

  #rows(sql: string, values: readonly (string | number | null)[]): Promise<readonly Row[]> {
    return this.#read((session) => session.rows(sql, values));
  }

  async #read<T>(act: (session: Session) => Promise<T>): Promise<T> {
    try {
      return await persistently(this.#persistence, () => this.#pool.use(act));
    } catch (error) {
      // The server's own errors have numbers; everything else is told as it is.
      if (error instanceof Error && 'sqlState' in error) throw unreadable(error);
      throw error;
    }
  }
}

async function opened(address: StoreAddress, persistence: Persistence): Promise<Session> {
  try {
    return await persistently(persistence, () => Session.open(address, 'reading', persistence.clock));
  } catch (error) {
    if (error instanceof BerthError) throw error;
    throw unreachable(persistence, error);
  }
}

// Lists of few different lengths, so that few statements are prepared; what is named twice is found once.
function padded(ids: readonly string[]): readonly string[] {
  const length = 2 ** Math.ceil(Math.log2(ids.length));
  return Array.from({ length }, (_, index) => ids[index] ?? ids[0] ?? '');
}

// A place comes from outside, so a value of the wrong type in it is a mistake of whoever asks, not of the program.
function withFittingPlace(planned: PlannedQuery): PlannedQuery {
  const { orderBy, after } = planned;
  const value = after?.value ?? null;
  if (value === null || (typeof value === 'number') === isNumberField(orderBy)) return planned;
  throw new BerthError('request.invalid', { detail: 'the place to go on after is not one that this list gave' });
}

function stored<K extends Kind>(row: Row): Stored<Documents[K]> {
  return { doc: JSON.parse(String(row.doc)), version: Number(row.version) };
}

function position({ id, value }: Row): Position {
  return { value: typeof value === 'string' || typeof value === 'number' ? value : null, id: String(id) };
}

function versionOf(kind: Kind, id: string, result: WriteResult): number {
  if (result.ok) return result.version;
  throw new StoreConflict(kind, id);
}

function unreadable(cause: Error): BerthError {
  return new BerthError('platform.store-failed', { detail: detailOf(cause) }, { cause });
}

// The Store in one SQLite file. Reads are synchronous. Writes go in groups: small ones in transactions within one turn of the loop, on
// the connection that reads; large ones in a thread with a connection of its own. Another connection sees a transaction only when it is
// on disk (in WAL mode its last frame is synced before the index of the log that readers look into is moved on). So what is read was
// always durable.
import { closeSync, openSync } from 'node:fs';
import { DatabaseSync, type StatementSync } from 'node:sqlite';
import type { Documents, Kind } from '../../model/kinds.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Log } from '../../ports/log.ts';
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
import { encodePosition, pageLimit, planQuery, positionPage } from '../../ports/store-query.ts';
import { GroupCommit } from './group-commit.ts';
import { type GroupOutcome, GroupTransaction } from './group-transaction.ts';
import { GroupWriter } from './group-writer.ts';
import { inTransaction } from './in-transaction.ts';
import { countStatement, listStatements, positionStatements, type Statement } from './list-statements.ts';
import { MIGRATIONS, migrate } from './migrations.ts';
import { ReadView } from './read-view.ts';
import { snapshotOf } from './snapshot.ts';
import { columnValue, sqliteValue } from './sqlite-value.ts';
import { alignTables, KINDS, quoted } from './table-layout.ts';
import { createOrder, deleteOrder, updateOrder, type WriteEntry, writeOrder } from './write-order.ts';
import { WriterThread } from './writer-thread.ts';

/** How long SQLite waits for somebody who uses the file with another program, milliseconds. The whole process waits with a small group. */
const BUSY_MS = 5000;

const WRITER = new URL('./writer-program.ts', import.meta.url);

/** Whoever reads page after page of so many documents gives everybody else a turn in between: a read here takes no turn of its own. */
const LONG_PAGE = 200;

const GETS = Object.fromEntries(
  KINDS.map((kind) => [kind, `SELECT version, doc FROM ${quoted(kind)} WHERE id = ?`]),
) as Readonly<Record<Kind, string>>;

/** Writes of a batch that are done in one transaction: a longer batch is done in several, one after the other. */
const LONGEST_CHAIN = 1000;

/** The database of an embedded platform. */
export class SqliteStore implements Store {
  readonly #path: string;
  readonly #database: DatabaseSync;
  readonly #view: ReadView;
  readonly #writer: GroupWriter;
  readonly #commits: GroupCommit;
  readonly #prepared = new Map<string, StatementSync>();
  #closing: Promise<void> | undefined;

  private constructor(path: string, database: DatabaseSync, thread: WriterThread, clock: Clock) {
    this.#path = path;
    this.#database = database;
    this.#view = new ReadView(database);
    this.#writer = new GroupWriter({ here: new GroupTransaction(database), thread, clock });
    this.#commits = new GroupCommit((group) => this.#write(group));
  }

  /** Opens or makes the database, and brings it up to what this program knows. @throws platform.store-newer */
  static open({ path, clock, log }: { path: string; clock: Clock; log: Log }): SqliteStore {
    // SQLite gives its side files the mode of the database: token hashes are nobody else's business.
    closeSync(openSync(path, 'a', 0o600));
    const database = new DatabaseSync(path, { timeout: BUSY_MS });
    try {
      database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL');
      for (const { version, what } of migrate(database, MIGRATIONS, clock.now())) {
        log.info('The database was brought forward', { version, what });
      }
      inTransaction(database, () => alignTables(database));
      return new SqliteStore(path, database, new WriterThread({ path, busyMs: BUSY_MS, program: WRITER, log }), clock);
    } catch (error) {
      database.close();
      throw error;
    }
  }

  async get<K extends Kind>(kind: K, id: string): Promise<Stored<Documents[K]> | undefined> {
    return this.#get(kind, id);
  }

  async getMany<K extends Kind>(kind: K, ids: readonly string[]): Promise<readonly Stored<Documents[K]>[]> {
    return ids.map((id) => this.#get(kind, id)).filter((stored) => stored !== undefined);
  }

  async list<K extends Kind>(kind: K, query: Query): Promise<Page<Documents[K]>> {
    const planned = planQuery(kind, query);
    const limit = pageLimit(query.limit);
    const found = this.#rows(listStatements(kind, planned), limit + 1).map((row) => stored<K>(row));
    if (found.length >= LONG_PAGE) await othersTurn();
    const items = found.slice(0, limit);
    const last = items.at(-1);
    if (found.length <= limit || !last) return { items };
    return { items, next: encodePosition(planned.orderBy, positionOf(last.doc, planned.orderBy)) };
  }

  async positions(kind: Kind, query: Query): Promise<PositionPage> {
    const planned = planQuery(kind, query);
    const limit = pageLimit(query.limit);
    const found = this.#rows(positionStatements(kind, planned), limit + 1).map(position);
    if (found.length >= LONG_PAGE) await othersTurn();
    return positionPage(found, planned.orderBy, limit);
  }

  async count(kind: Kind, query: Omit<Query, 'limit' | 'after'>): Promise<number> {
    const { sql, values } = countStatement(kind, planQuery(kind, query));
    return Number(this.#statement(sql).get(...values.map(sqliteValue))?.documents);
  }

  snapshot(leftOut: readonly Kind[] = []): AsyncIterable<SnapshotPage> {
    return snapshotOf(this.#path, BUSY_MS, leftOut);
  }

  async create<K extends Kind>(kind: K, doc: Documents[K]): Promise<Stored<Documents[K]>> {
    const result = await this.#commits.add(createOrder(kind, doc));
    return { doc, version: versionOf(kind, doc.id, result) };
  }

  async update<K extends Kind>(kind: K, doc: Documents[K], version: number): Promise<Stored<Documents[K]>> {
    const result = await this.#commits.add(updateOrder(kind, doc, version));
    return { doc, version: versionOf(kind, doc.id, result) };
  }

  async delete(kind: Kind, id: string, version: number): Promise<void> {
    versionOf(kind, id, await this.#commits.add(deleteOrder(kind, id, version)));
  }

  async apply(writes: readonly Write[]): Promise<readonly WriteResult[]> {
    if (writes.length === 0) return [];
    const orders = writes.map((write) => writeOrder(write));
    if (orders.length <= LONGEST_CHAIN) return this.#commits.addChain(orders);
    const results: WriteResult[] = [];
    for (let from = 0; from < orders.length; from += LONGEST_CHAIN)
      results.push(...(await this.#commits.addChain(orders.slice(from, from + LONGEST_CHAIN))));
    return results;
  }

  /** Writes everything that waits, and takes no more. */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    await this.#commits.close();
    await this.#writer.end();
    this.#view.close();
    this.#database.close();
  }

  #write(group: readonly WriteEntry[]): Promise<GroupOutcome> {
    this.#view.close();
    return this.#writer.write(group);
  }

  #get<K extends Kind>(kind: K, id: string): Stored<Documents[K]> | undefined {
    return this.#view.once(`${kind} ${id}`, () => {
      const row = this.#statement(GETS[kind]).get(id);
      return row && stored<K>(row);
    });
  }

  #rows(statements: readonly Statement[], limit: number): Row[] {
    const rows: Row[] = [];
    for (const { sql, values } of statements) {
      if (rows.length >= limit) break;
      const more = this.#statement(sql).all(...values.map(sqliteValue), BigInt(limit - rows.length));
      rows.push(...more);
    }
    return rows;
  }

  // Ready to read. Their number is bounded by the declared indexes: a query that fits none has no statement.
  #statement(sql: string): StatementSync {
    this.#view.open();
    const known = this.#prepared.get(sql);
    if (known) return known;
    const statement = this.#database.prepare(sql);
    this.#prepared.set(sql, statement);
    return statement;
  }
}

function othersTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

type Row = ReturnType<StatementSync['all']>[number];

function stored<K extends Kind>(row: Row): Stored<Documents[K]> {
  return { doc: JSON.parse(String(row.doc)), version: Number(row.version) };
}

function position({ id, value }: Row): Position {
  return { value: typeof value === 'string' || typeof value === 'number' ? value : null, id: String(id) };
}

function positionOf(doc: Documents[Kind], orderBy: string) {
  return { value: columnValue(doc, orderBy), id: doc.id };
}

function versionOf(kind: Kind, id: string, result: WriteResult): number {
  if (result.ok) return result.version;
  throw new StoreConflict(kind, id);
}

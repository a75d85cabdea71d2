// The Store in one SQLite file. One connection: SQLite's calls here are synchronous, and a transaction never spans two turns of the
// loop, so that what is read was always committed.
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
  type Store,
  StoreConflict,
  type Stored,
  type Write,
  type WriteResult,
} from '../../ports/store.ts';
import { encodePosition, pageLimit, planQuery, positionPage } from '../../ports/store-query.ts';
import { GroupCommit } from './group-commit.ts';
import { inTransaction } from './in-transaction.ts';
import { countStatement, listStatements, positionStatements, type Statement } from './list-statements.ts';
import { MIGRATIONS, migrate } from './migrations.ts';
import { columnValue, sqliteValue } from './sqlite-value.ts';
import { alignTables, quoted } from './table-layout.ts';
import { WriteStatements } from './write-statements.ts';

/** How long a write waits for somebody who looks at the file with another program, milliseconds. The whole process waits with it. */
const BUSY_MS = 5000;

/** Whoever reads page after page of so many documents gives everybody else a turn in between: a read here takes no turn of its own. */
const LONG_PAGE = 200;

/** The database of an embedded platform. */
export class SqliteStore implements Store {
  readonly #database: DatabaseSync;
  readonly #writes: WriteStatements;
  readonly #commits: GroupCommit;
  readonly #prepared = new Map<string, StatementSync>();

  private constructor(database: DatabaseSync) {
    this.#database = database;
    this.#writes = new WriteStatements(database);
    this.#commits = new GroupCommit(database, {
      begun: () => this.#writes.recallVersion(),
      ending: () => this.#writes.rememberVersion(),
    });
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
      return new SqliteStore(database);
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

  async create<K extends Kind>(kind: K, doc: Documents[K]): Promise<Stored<Documents[K]>> {
    const write = this.#writes.create(kind, doc);
    return { doc, version: versionOf(kind, doc.id, await this.#commits.add(write)) };
  }

  async update<K extends Kind>(kind: K, doc: Documents[K], version: number): Promise<Stored<Documents[K]>> {
    const write = this.#writes.update(kind, doc, version);
    return { doc, version: versionOf(kind, doc.id, await this.#commits.add(write)) };
  }

  async delete(kind: Kind, id: string, version: number): Promise<void> {
    versionOf(kind, id, await this.#commits.add(this.#writes.delete(kind, id, version)));
  }

  async apply(writes: readonly Write[]): Promise<readonly WriteResult[]> {
    const prepared = writes.map((write) => this.#write(write));
    return Promise.all(prepared.map((write) => this.#commits.add(write)));
  }

  async close(): Promise<void> {
    if (!this.#database.isOpen) return;
    this.#commits.close();
    this.#database.close();
  }

  #write(write: Write): () => WriteResult {
    switch (write.do) {
      case 'create':
        return this.#writes.create(write.kind, write.doc);
      case 'update':
        return this.#writes.update(write.kind, write.doc, write.version);
      case 'delete':
        return this.#writes.delete(write.kind, write.id, write.version);
    }
  }

  #get<K extends Kind>(kind: K, id: string): Stored<Documents[K]> | undefined {
    const row = this.#statement(`SELECT version, doc FROM ${quoted(kind)} WHERE id = ?`).get(id);
    return row && stored<K>(row);
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

  // Their number is bounded by the declared indexes: a query that fits none has no statement.
  #statement(sql: string): StatementSync {
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
  const value = columnValue(doc, orderBy);
  return { value: typeof value === 'bigint' ? Number(value) : value, id: doc.id };
}

function versionOf(kind: Kind, id: string, result: WriteResult): number {
  if (result.ok) return result.version;
  throw new StoreConflict(kind, id);
}

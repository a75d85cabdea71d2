// One connection to the database, set up as everything here expects it, and given up as soon as one answer stays away.
import type { ResultSetHeader, RowDataPacket } from 'mysql2';
import type { Clock } from '../../ports/clock.ts';
import { type Bound, Line } from './line.ts';
import type { StoreAddress } from './store-address.ts';

/** A row as the driver gives it. */
export type Row = Readonly<Record<string, unknown>>;

/** `reading`: each statement stands alone. `writing`: nothing stays before COMMIT. */
export type SessionUse = 'reading' | 'writing';

/** How the server knows a connection, to end it from another one. */
export interface SessionIdentity {
  readonly id: number;
  readonly host: string;
}

/** Longest that making a table or filling a column may take. */
const SCHEMA_MS = 3_600_000;

/** A connection. One statement at a time. */
export class Session {
  readonly identity: SessionIdentity;
  readonly #line: Line;

  private constructor(line: Line, identity: SessionIdentity) {
    this.#line = line;
    this.identity = identity;
  }

  /** Connects and sets the session up. */
  static async open(address: StoreAddress, use: SessionUse, clock: Clock): Promise<Session> {
    const line = new Line(address, clock);
    try {
      await line.connect();
      for (const sql of settingUp(use, address)) await line.ask(sql);
      return new Session(line, await identityOf(line));
    } catch (error) {
      line.cut();
      throw error;
    }
  }

  /** Whether it can no longer be used. */
  get broken(): boolean {
    return this.#line.broken;
  }

  /** The rows of a prepared statement. */
  async rows(sql: string, values: readonly Bound[]): Promise<readonly Row[]> {
    const answer = await this.#line.execute(sql, values);
    return Array.isArray(answer) ? (answer as RowDataPacket[]) : [];
  }

  /** What a prepared statement has changed. */
  async change(sql: string, values: readonly Bound[]): Promise<ResultSetHeader> {
    return (await this.#line.execute(sql, values)) as ResultSetHeader;
  }

  /** A statement of fixed text that is not worth preparing, such as COMMIT. */
  async say(sql: string): Promise<void> {
    await this.#line.ask(sql);
  }

  /** A change of the schema, which may take long. */
  async define(sql: string): Promise<void> {
    await this.#line.ask(sql, SCHEMA_MS);
  }

  /** Ends it; the server drops what was not committed. */
  close(): void {
    this.#line.leave();
  }
}

// READ COMMITTED: a conditional write is to see what is committed now, and locks no gaps between rows.
// A lock is waited for less long than an answer, or a busy row would look like a lost server.
function settingUp(use: SessionUse, { timeoutMs }: StoreAddress): readonly string[] {
  const lockSeconds = Math.max(1, Math.floor(timeoutMs / 3000));
  return [
    `SET SESSION sql_mode = 'STRICT_ALL_TABLES,NO_ENGINE_SUBSTITUTION', innodb_lock_wait_timeout = ${lockSeconds}`,
    'SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED',
    `SET SESSION autocommit = ${use === 'reading' ? 1 : 0}`,
  ];
}

async function identityOf(line: Line): Promise<SessionIdentity> {
  const sql = 'SELECT ID AS id, HOST AS host FROM information_schema.PROCESSLIST WHERE ID = CONNECTION_ID()';
  const [row] = (await line.ask(sql)) as RowDataPacket[];
  return { id: Number(row?.id), host: String(row?.host) };
}

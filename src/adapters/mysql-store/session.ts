// One connection to the database, set up as everything here expects it, and given up as soon as one answer stays away.
import {
  type Connection,
  type ConnectionOptions,
  createConnection,
  type ResultSetHeader,
  type RowDataPacket,
} from 'mysql2';
import { endsConnection } from './mysql-failures.ts';
import type { StoreAddress } from './store-address.ts';

/** What may be bound to a statement. */
export type Bound = string | number | null;

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

/** A connection. */
export class Session {
  readonly identity: SessionIdentity;
  readonly #connection: Connection;
  readonly #timeoutMs: number;
  #broken = false;

  private constructor(connection: Connection, identity: SessionIdentity, timeoutMs: number) {
    this.#connection = connection;
    this.identity = identity;
    this.#timeoutMs = timeoutMs;
    // Losses show in the statements that they hit; a connection that is lost while idle is found out by the next one.
    connection.on('error', () => {
      this.#broken = true;
    });
  }

  /** Connects and sets the session up. */
  static async open(address: StoreAddress, use: SessionUse): Promise<Session> {
    const connection = await connected(address);
    try {
      for (const sql of settingUp(use, address)) await ask(connection, { sql, timeout: address.timeoutMs });
      return new Session(connection, await identityOf(connection, address.timeoutMs), address.timeoutMs);
    } catch (error) {
      connection.destroy();
      throw error;
    }
  }

  /** Whether it can no longer be used. */
  get broken(): boolean {
    return this.#broken;
  }

  /** The rows of a prepared statement. */
  async rows(sql: string, values: readonly Bound[]): Promise<readonly Row[]> {
    const answer = await this.#watched(() => execute(this.#connection, sql, values, this.#timeoutMs));
    return Array.isArray(answer) ? (answer as RowDataPacket[]) : [];
  }

  /** What a prepared statement has changed. */
  async change(sql: string, values: readonly Bound[]): Promise<ResultSetHeader> {
    const answer = await this.#watched(() => execute(this.#connection, sql, values, this.#timeoutMs));
    return answer as ResultSetHeader;
  }

  /** A statement of fixed text that is not worth preparing, such as COMMIT. */
  async say(sql: string): Promise<void> {
    await this.#watched(() => ask(this.#connection, { sql, timeout: this.#timeoutMs }));
  }

  /** A change of the schema, which may take long. */
  async define(sql: string): Promise<void> {
    await this.#watched(() => ask(this.#connection, { sql, timeout: SCHEMA_MS }));
  }

  /** Says good-bye when all answers are there. */
  async close(): Promise<void> {
    if (this.#broken) return this.destroy();
    this.#broken = true;
    await new Promise<void>((resolve) => this.#connection.end(() => resolve()));
  }

  /** Ends it at once. */
  destroy(): void {
    this.#broken = true;
    this.#connection.destroy();
  }

  async #watched<T>(act: () => Promise<T>): Promise<T> {
    try {
      return await act();
    } catch (error) {
      // After an answer that came too late nobody knows to which question the next one belongs.
      if (endsConnection(error)) this.destroy();
      throw error;
    }
  }
}

// FOUND_ROWS would count rows that an update found and left as they were; LOCAL_FILES would let the server read our files.
function connectionOptions(address: StoreAddress): ConnectionOptions {
  const { host, port, socketPath, user, password, database, timeoutMs } = address;
  const place = socketPath === undefined ? { host, port } : { socketPath };
  return {
    ...{ ...place, user, password, database, connectTimeout: timeoutMs },
    ...(address.tls === 'off' ? {} : { ssl: tlsOptions(address) }),
    charset: 'utf8mb4_bin',
    enableKeepAlive: true,
    flags: ['-FOUND_ROWS', '-LOCAL_FILES'],
  };
}

function tlsOptions({ tls, ca }: StoreAddress) {
  const verified = tls === 'verified';
  return { rejectUnauthorized: verified, verifyIdentity: verified, minVersion: 'TLSv1.2', ...(ca ? { ca } : {}) };
}

function connected(address: StoreAddress): Promise<Connection> {
  return new Promise((resolve, reject) => {
    const connection = createConnection(connectionOptions(address));
    connection.on('error', reject);
    connection.connect((error) => {
      if (error) reject(error);
      else resolve(connection);
    });
  });
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

async function identityOf(connection: Connection, timeout: number): Promise<SessionIdentity> {
  const sql = 'SELECT ID AS id, HOST AS host FROM information_schema.PROCESSLIST WHERE ID = CONNECTION_ID()';
  const [row] = (await ask(connection, { sql, timeout })) as RowDataPacket[];
  return { id: Number(row?.id), host: String(row?.host) };
}

function ask(connection: Connection, query: { sql: string; timeout: number }): Promise<unknown> {
  return new Promise((resolve, reject) => {
    connection.query(query, (error, answer) => (error ? reject(error) : resolve(answer)));
  });
}

function execute(connection: Connection, sql: string, values: readonly Bound[], timeout: number): Promise<unknown> {
  return new Promise((resolve, reject) => {
    connection.execute({ sql, values: [...values], timeout }, (error, answer) =>
      error ? reject(error) : resolve(answer),
    );
  });
}

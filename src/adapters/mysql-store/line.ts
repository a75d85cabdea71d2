// The driver's connection, with a deadline on every answer. The driver's own end of a connection leaves the socket open and the statements
// that wait unanswered, and its deadlines do not cover preparing; so the socket and the deadlines are held here.
import { connect, type Socket } from 'node:net';
import { type Connection, type ConnectionOptions, createConnection, type QueryError } from 'mysql2';
import type { Clock } from '../../ports/clock.ts';
import { endsConnection } from './mysql-failures.ts';
import type { StoreAddress } from './store-address.ts';

/** What may be bound to a statement. */
export type Bound = string | number | null;

type Done = (error: QueryError | null, answer?: unknown) => void;

/** How long a connection may be silent before the operating system asks whether the other side is there, milliseconds. */
const KEEP_ALIVE_MS = 15_000;

/** A connection that answers in time or is cut. */
export class Line {
  readonly #clock: Clock;
  readonly #timeoutMs: number;
  readonly #socket: Socket;
  readonly #connection: Connection;
  #broken = false;

  constructor(address: StoreAddress, clock: Clock) {
    this.#clock = clock;
    this.#timeoutMs = address.timeoutMs;
    this.#socket = socketTo(address);
    this.#connection = createConnection(connectionOptions(address, this.#socket));
    // A loss shows in the statement that it hits; one that hits none is found out by the next.
    this.#connection.on('error', () => this.cut());
  }

  /** Whether it was cut or lost. */
  get broken(): boolean {
    return this.#broken || this.#socket.destroyed;
  }

  /** Resolves when the server has let the user in. */
  async connect(): Promise<void> {
    await this.#answered(this.#timeoutMs, (done) => this.#connection.connect(done));
  }

  /** What a statement of fixed text answers. */
  ask(sql: string, timeoutMs = this.#timeoutMs): Promise<unknown> {
    return this.#answered(timeoutMs, (done) => this.#connection.query(sql, done));
  }

  /** What a prepared statement answers. */
  execute(sql: string, values: readonly Bound[]): Promise<unknown> {
    return this.#answered(this.#timeoutMs, (done) => this.#connection.execute(sql, [...values], done));
  }

  /** Ends it at once. */
  cut(): void {
    this.#broken = true;
    this.#socket.destroy();
  }

  /** Says good-bye, so that the server does not note it as lost. */
  leave(): void {
    if (this.broken) return;
    this.#broken = true;
    this.#connection.end(() => this.#socket.end().unref());
  }

  #answered(timeoutMs: number, ask: (done: Done) => void): Promise<unknown> {
    if (this.broken) return Promise.reject(new LineLost('The connection was lost'));
    return new Promise((resolve, reject) => {
      const late = this.#clock.after(timeoutMs, () => {
        this.cut();
        reject(new LineLost(`No answer within ${timeoutMs} ms`));
      });
      ask((error, answer) => {
        late();
        if (error && endsConnection(error)) this.cut();
        if (error) reject(error);
        else resolve(answer);
      });
    });
  }
}

/** The connection is gone, and with it the answer. */
class LineLost extends Error {
  readonly fatal = true;
}

function socketTo({ host, port, socketPath }: StoreAddress): Socket {
  const socket = socketPath === undefined ? connect({ host, port, noDelay: true }) : connect({ path: socketPath });
  return socket.setKeepAlive(true, KEEP_ALIVE_MS);
}

// FOUND_ROWS would count rows that an update found and left as they were; LOCAL_FILES would let the server read our files.
function connectionOptions(address: StoreAddress, socket: Socket): ConnectionOptions {
  const { host, user, password, database, timeoutMs } = address;
  return {
    ...{ host, user, password, database, connectTimeout: timeoutMs },
    ...(address.tls === 'off' ? {} : { ssl: tlsOptions(address) }),
    stream: () => socket,
    charset: 'utf8mb4_bin',
    flags: ['-FOUND_ROWS', '-LOCAL_FILES'],
  };
}

function tlsOptions({ tls, ca }: StoreAddress) {
  const verified = tls === 'verified';
  return { rejectUnauthorized: verified, verifyIdentity: verified, minVersion: 'TLSv1.2', ...(ca ? { ca } : {}) };
}

// A server of this process that ends with all its connections, and never holds more than a bound.
import { createServer, type ListenOptions, type Server, type Socket } from 'node:net';

/** Connections of one listener at a time; more are refused. */
export const CONNECTIONS_PER_LISTENER = 512;

/** Accepts connections until it is closed, and closes those that it accepted. */
export class ConnectionServer {
  readonly #server: Server;
  readonly #connections = new Set<Socket>();

  constructor(accept: (connection: Socket) => void) {
    // Who has said everything may still listen: HTTP clients close their side first.
    this.#server = createServer({ allowHalfOpen: true }, (connection) => {
      this.#connections.add(connection);
      connection.once('close', () => this.#connections.delete(connection));
      // Its reader sees the failure; without a listener it would end the process.
      connection.on('error', () => connection.destroy());
      accept(connection);
    });
    this.#server.maxConnections = CONNECTIONS_PER_LISTENER;
  }

  /** Listens; resolves to the port, 0 for a Unix socket. */
  listen(options: ListenOptions): Promise<number> {
    return new Promise((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(options, () => {
        const address = this.#server.address();
        resolve(typeof address === 'object' && address ? address.port : 0);
      });
    });
  }

  /** Ends all connections, then the server. */
  close(): Promise<void> {
    return new Promise((resolve) => {
      this.#server.close(() => resolve());
      for (const connection of this.#connections) connection.destroy();
    });
  }
}

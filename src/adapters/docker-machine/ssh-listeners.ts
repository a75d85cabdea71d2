// Connections that a machine forwards to us over SSH, handed to whoever listens at that path or port.
import type { Duplex } from 'node:stream';
import type { AcceptConnection, Client, RejectConnection } from 'ssh2';
import { ChannelSocket } from './channel-socket.ts';
import { CONNECTIONS_PER_LISTENER } from './connection-server.ts';

const LOOPBACK = '127.0.0.1';

/** Reverse forwards of one SSH connection. They end with it. */
export class SshListeners {
  readonly #client: Client;
  readonly #accepts = new Map<string, (connection: Duplex) => void>();
  readonly #open = new Map<string, Set<ChannelSocket>>();

  constructor(client: Client) {
    this.#client = client;
    client.on('unix connection', ({ socketPath }, accept, reject) => this.#arrived(socketPath, accept, reject));
    client.on('tcp connection', ({ destPort }, accept, reject) => this.#arrived(`:${destPort}`, accept, reject));
  }

  /** Has the machine listen at a path. Rejects with the server's refusal. */
  async listenPath(path: string, accept: (connection: Duplex) => void): Promise<void> {
    this.#accepts.set(path, accept);
    await new Promise<void>((resolve, reject) => {
      this.#client.openssh_forwardInStreamLocal(path, (error) => (error ? reject(error) : resolve()));
    });
  }

  /** Stops listening at a path and ends its connections. */
  async closePath(path: string): Promise<void> {
    this.#forget(path);
    await new Promise<void>((resolve) => {
      // A refusal means that it was gone already.
      this.#client.openssh_unforwardInStreamLocal(path, () => resolve());
    });
  }

  /** Has the machine listen on a free port of its loopback; resolves to the port. */
  async listenPort(accept: (connection: Duplex) => void): Promise<number> {
    const port = await new Promise<number>((resolve, reject) => {
      this.#client.forwardIn(LOOPBACK, 0, (error, given) => (error ? reject(error) : resolve(given)));
    });
    this.#accepts.set(`:${port}`, accept);
    return port;
  }

  /** Stops listening on a port and ends its connections. */
  async closePort(port: number): Promise<void> {
    this.#forget(`:${port}`);
    await new Promise<void>((resolve) => {
      // As above.
      this.#client.unforwardIn(LOOPBACK, port, () => resolve());
    });
  }

  #forget(place: string): void {
    this.#accepts.delete(place);
    for (const connection of this.#open.get(place) ?? []) connection.destroy();
    this.#open.delete(place);
  }

  #arrived(place: string, accept: AcceptConnection, reject: RejectConnection): void {
    const handler = this.#accepts.get(place);
    const open = this.#open.get(place) ?? new Set();
    if (!handler || open.size >= CONNECTIONS_PER_LISTENER) {
      reject();
      return;
    }
    const connection = new ChannelSocket(accept(), { allowHalfOpen: true });
    // Its reader sees the failure; without a listener it would end the process.
    connection.on('error', () => connection.destroy());
    connection.once('close', () => open.delete(connection));
    this.#open.set(place, open.add(connection));
    handler(connection);
  }
}

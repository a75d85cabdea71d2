// A network between a store and its database that loses what a test says it loses.
import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';

/** Every fault; see `Fault`. */
export const FAULTS = ['cut before', 'cut after', 'silent before', 'silent after'] as const;

/**
 * What happens to the next write. `before`: it never reaches the database; `after`: its answer is lost. `cut`: the store notices that the
 * connection is gone; `silent`: it does not, nor does the database.
 */
export type Fault = (typeof FAULTS)[number];

/** Where it leads, and by what a write is known: any of these texts in the bytes that are sent. */
export interface LossyPath {
  readonly port: number;
  readonly writes: readonly string[];
}

/** Passes connections on, each until a fault hits it. */
export class LossyNetwork {
  readonly #server: Server;
  readonly #path: LossyPath;
  readonly #sockets = new Set<Socket>();
  #fault: Fault | undefined;
  #struck: () => void = () => undefined;

  private constructor(path: LossyPath) {
    this.#path = path;
    this.#server = createServer((socket) => this.#pass(socket));
  }

  static async start(path: LossyPath): Promise<LossyNetwork> {
    const network = new LossyNetwork(path);
    network.#server.listen(0, '127.0.0.1');
    await once(network.#server, 'listening');
    return network;
  }

  get port(): number {
    const address = this.#server.address();
    return address !== null && typeof address === 'object' ? address.port : 0;
  }

  /** Loses something once; resolves when it has happened. */
  strike(fault: Fault): Promise<void> {
    this.#fault = fault;
    return new Promise((resolve) => {
      this.#struck = resolve;
    });
  }

  /** Ends every connection that there is now. */
  cutAll(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  close(): void {
    this.#server.close();
    this.cutAll();
  }

  #pass(client: Socket): void {
    const database = connect(this.#path.port, '127.0.0.1');
    let deaf = false;
    for (const socket of [client, database]) {
      this.#sockets.add(socket);
      socket.on('error', () => socket.destroy());
      socket.on('close', () => this.#sockets.delete(socket));
    }
    client.on('close', () => deaf || database.destroy());
    database.on('close', () => client.destroy());
    database.on('data', (bytes) => deaf || client.write(bytes));
    client.on('data', (bytes) => {
      if (deaf) return;
      const fault = this.#path.writes.some((text) => bytes.includes(text)) ? this.#take() : undefined;
      if (!fault?.endsWith('before')) database.write(bytes);
      deaf = fault !== undefined;
      if (fault?.startsWith('cut')) client.destroy();
      if (fault === 'cut before') database.destroy();
      if (fault) this.#struck();
    });
  }

  #take(): Fault | undefined {
    const fault = this.#fault;
    this.#fault = undefined;
    return fault;
  }
}

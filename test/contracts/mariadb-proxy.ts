// A network between a store and its database that loses what a test says it loses.
import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';

/**
 * What happens at the next COMMIT. `before`: it never reaches the database; `after`: its answer is lost. `cut`: the store notices that the
 * connection is gone; `silent`: it does not, nor does the database.
 */
export type Fault = 'cut before' | 'cut after' | 'silent before' | 'silent after';

/** Passes connections on, each until a fault hits it. */
export class MariadbProxy {
  readonly #server: Server;
  readonly #target: number;
  readonly #sockets = new Set<Socket>();
  #fault: Fault | undefined;
  #struck: () => void = () => undefined;

  private constructor(target: number) {
    this.#target = target;
    this.#server = createServer((socket) => this.#pass(socket));
  }

  static async start(target: number): Promise<MariadbProxy> {
    const proxy = new MariadbProxy(target);
    proxy.#server.listen(0, '127.0.0.1');
    await once(proxy.#server, 'listening');
    return proxy;
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

  close(): void {
    for (const socket of this.#sockets) socket.destroy();
    this.#server.close();
  }

  #pass(client: Socket): void {
    const database = connect(this.#target, '127.0.0.1');
    let deaf = false;
    for (const socket of [client, database]) {
      this.#sockets.add(socket);
      socket.on('error', () => socket.destroy());
    }
    client.on('close', () => deaf || database.destroy());
    database.on('close', () => client.destroy());
    database.on('data', (bytes) => deaf || client.write(bytes));
    client.on('data', (bytes) => {
      const fault = bytes.includes('COMMIT') ? this.#take() : undefined;
      if (deaf) return;
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

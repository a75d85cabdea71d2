// Lets one command at a time through to a server of MongoDB's protocol. FerretDB looks for the documents of a conditional write and changes
// them in two steps; behind the turnstile nothing comes in between, as in MongoDB itself.
import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { MessageReader, wantsAnswer } from './mongo-message.ts';

/** Passes connections on to a port of this machine. */
export class Turnstile {
  readonly #server: Server;
  readonly #target: number;
  readonly #sockets = new Set<Socket>();
  #last: Promise<void> = Promise.resolve();

  private constructor(target: number) {
    this.#target = target;
    this.#server = createServer((socket) => this.#pass(socket));
  }

  static async start(target: number): Promise<Turnstile> {
    const turnstile = new Turnstile(target);
    turnstile.#server.listen(0, '127.0.0.1');
    await once(turnstile.#server, 'listening');
    return turnstile;
  }

  get port(): number {
    const address = this.#server.address();
    return address !== null && typeof address === 'object' ? address.port : 0;
  }

  close(): void {
    this.#server.close();
    for (const socket of this.#sockets) socket.destroy();
  }

  #pass(client: Socket): void {
    const database = connect(this.#target, '127.0.0.1');
    const questions = new MessageReader();
    const answers = new MessageReader();
    let through: () => void = () => undefined;
    let underWay = false;
    for (const socket of [client, database]) this.#keep(socket);
    client.on('close', () => underWay || database.destroy());
    database.on('close', () => {
      client.destroy();
      through();
    });
    database.on('data', (bytes) => {
      for (const message of answers.read(bytes)) {
        client.write(message);
        through();
      }
    });
    client.on('data', (bytes) => {
      for (const message of questions.read(bytes))
        this.#queue(async () => {
          if (database.destroyed || client.destroyed) return;
          underWay = true;
          const answered = new Promise<void>((resolve) => (through = resolve));
          database.write(message);
          if (wantsAnswer(message)) await answered;
          underWay = false;
          if (client.destroyed) database.destroy();
        });
    });
  }

  #queue(act: () => Promise<void>): void {
    this.#last = this.#last.then(act);
  }

  #keep(socket: Socket): void {
    this.#sockets.add(socket);
    socket.on('error', () => socket.destroy());
    socket.on('close', () => this.#sockets.delete(socket));
  }
}

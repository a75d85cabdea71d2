// A bounded number of connections for statements that stand alone. Who finds none free waits in line, bounded as well.
import { BerthError } from '../../model/errors.ts';
import type { Clock } from '../../ports/clock.ts';
import { Session } from './session.ts';
import type { StoreAddress } from './store-address.ts';

/** Statements that may wait for a connection. */
const LONGEST_LINE = 10_000;

/** Connections that are opened when needed and kept. */
export class SessionPool {
  readonly #address: StoreAddress;
  readonly #clock: Clock;
  readonly #idle: Session[] = [];
  readonly #line: (() => void)[] = [];
  #taken = 0;
  #closed = false;
  #emptied: () => void = () => undefined;

  constructor(address: StoreAddress, clock: Clock) {
    this.#address = address;
    this.#clock = clock;
  }

  /** Lends a connection for the time of an act. @throws platform.queue-full when too many wait */
  async use<T>(act: (session: Session) => Promise<T>): Promise<T> {
    await this.#turn();
    try {
      const session = await this.#session();
      try {
        return await act(session);
      } finally {
        this.#giveBack(session);
      }
    } finally {
      this.#passOn();
    }
  }

  /** Takes no more acts, and resolves when those under way have ended and every connection is closed. */
  async close(): Promise<void> {
    this.#closed = true;
    if (this.#taken > 0) await new Promise<void>((resolve) => (this.#emptied = resolve));
    for (const session of this.#idle.splice(0)) session.close();
  }

  async #turn(): Promise<void> {
    if (this.#closed) throw new Error('The store is closed');
    if (this.#taken < this.#address.connections) this.#taken++;
    else if (this.#line.length < LONGEST_LINE) await new Promise<void>((resolve) => void this.#line.push(resolve));
    else throw new BerthError('platform.queue-full', { queue: 'The line for connections', limit: LONGEST_LINE });
  }

  /** Whoever is next in line takes over the place; without anybody it is free. */
  #passOn(): void {
    const next = this.#line.shift();
    if (next) next();
    else this.#taken--;
    if (this.#taken === 0) this.#emptied();
  }

  // The one that was used last is the least likely to have been closed by the server.
  async #session(): Promise<Session> {
    for (let idle = this.#idle.pop(); idle; idle = this.#idle.pop()) if (!idle.broken) return idle;
    return Session.open(this.#address, 'reading', this.#clock);
  }

  #giveBack(session: Session): void {
    if (!session.broken) this.#idle.push(session);
  }
}

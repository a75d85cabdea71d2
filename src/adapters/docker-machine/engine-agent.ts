// HTTP connections to the engine over whatever reaches it.
import { Agent } from 'node:http';
import type { Duplex } from 'node:stream';
import { inspect } from 'node:util';

type Created = (error: Error | null, connection: Duplex) => void;

/** Opens the engine's socket anew for each connection that HTTP asks for, and keeps a few idle ones. */
export class EngineAgent extends Agent {
  readonly #open: () => Promise<Duplex>;

  constructor(open: () => Promise<Duplex>) {
    super({ keepAlive: true, maxFreeSockets: 8 });
    this.#open = open;
  }

  /** docker-modem formats its options for each request, wanted or not: with all connections in them that took 5 to 250 ms. */
  [inspect.custom](): string {
    return 'EngineAgent';
  }

  override createConnection(_options: object, created: Created): undefined {
    this.#open().then(
      (connection) => created(null, connection),
      // node's types want a connection beside the error; its code never looks at it.
      (error: Error) => (created as (error: Error) => void)(error),
    );
  }
}

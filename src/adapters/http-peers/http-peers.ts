// Asks other processes over HTTP/1.1 with connections that are kept, straight to their addresses: no proxy of the environment, no redirects.
import { Agent, type ClientRequest, request as httpRequest, type IncomingMessage } from 'node:http';
import { BerthError } from '../../model/errors.ts';
import type { Clock } from '../../ports/clock.ts';
import {
  PEER_REFUSED_HEADER,
  type PeerAnswer,
  type PeerRequest,
  type PeerSeals,
  type Peers,
} from '../../ports/peers.ts';

/** What the peers need. */
export interface HttpPeersParts {
  readonly clock: Clock;
  readonly seals: Pick<PeerSeals, 'sealed'>;
  /** Where a component is reached, as http://host:port; null: nowhere. */
  readonly addressOf: (component: string) => string | null;
  /** For opening a connection, milliseconds. */
  readonly connectMs: number;
  /** Of a connection on which nothing moves while an answer is due or under way, milliseconds; streams say something more often. */
  readonly silentMs: number;
}

/** Ordinary times. */
export const ORDINARY_PEER_TIMES = { connectMs: 3000, silentMs: 45_000 } as const;

/** The other processes over HTTP. */
export class HttpPeers implements Peers {
  readonly #parts: HttpPeersParts;
  readonly #agent = new Agent({ keepAlive: true, maxFreeSockets: 32 });

  constructor(parts: HttpPeersParts) {
    this.#parts = parts;
  }

  async fetch(component: string, request: PeerRequest, signal: AbortSignal): Promise<PeerAnswer> {
    try {
      return await this.#ask(component, request, signal);
    } catch (error) {
      // A kept connection may be closed by the other side just when it is used again; what has no effect is asked once more.
      if (!(error instanceof StaleConnection) || request.method !== 'GET' || request.body) throw told(error, component);
    }
    return this.#ask(component, request, signal).catch((error: unknown) => {
      throw told(error, component);
    });
  }

  /** Ends connections that are kept. */
  close(): void {
    this.#agent.destroy();
  }

  async #ask(component: string, peer: PeerRequest, signal: AbortSignal): Promise<PeerAnswer> {
    signal.throwIfAborted();
    const { seals, addressOf, silentMs } = this.#parts;
    const address = addressOf(component);
    if (address === null) throw new Error('nobody knows its address');
    const { method, path, headers, body } = peer;
    const { hostname, port } = new URL(address);
    const asked = httpRequest({
      ...{ agent: this.#agent, method, path, port, signal },
      hostname: hostname.replace(/^\[|\]$/g, ''),
      headers: { ...headers, ...seals.sealed(component, peer) },
    });
    this.#watchOpening(asked);
    asked.setTimeout(silentMs, () => asked.destroy(new Error(`nothing came within ${silentMs / 1000} s`)));
    if (body) body.pipe(asked);
    else asked.end();
    const answer = await answerOf(asked).finally(() => leaveBody(peer, asked));
    if (answer.headers[PEER_REFUSED_HEADER] !== undefined) {
      asked.destroy();
      throw new Error('it takes this process for a stranger: their secrets or the clocks of their machines differ');
    }
    const { statusCode: status = 502 } = answer;
    return { status, headers: answer.headers, body: answer };
  }

  #watchOpening(asked: ClientRequest): void {
    const { clock, connectMs } = this.#parts;
    const late = () => asked.destroy(new Error(`no connection within ${connectMs / 1000} s`));
    const cancel = clock.after(connectMs, late);
    asked.once('close', cancel);
    asked.once('socket', (socket) => {
      if (socket.connecting) socket.once('connect', cancel);
      else cancel();
    });
  }
}

class StaleConnection extends Error {}

function answerOf(asked: ClientRequest): Promise<IncomingMessage> {
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  asked.once('response', resolve);
  // Later ones belong to the body of the answer, which whoever reads it hears of.
  asked.on('error', (error: NodeJS.ErrnoException) => {
    const isStale = asked.reusedSocket && error.code === 'ECONNRESET';
    reject(isStale ? new StaleConnection(error.message, { cause: error }) : error);
  });
  return promise;
}

/** Who is answered before the end of the body sends the rest to nobody: it must not hold up the connection that it comes over. */
function leaveBody({ body }: PeerRequest, asked: ClientRequest): void {
  if (!body) return;
  asked.once('close', () => {
    body.unpipe(asked);
    body.resume();
  });
  if (asked.destroyed) body.unpipe(asked).resume();
}

function told(error: unknown, component: string): Error {
  if (error instanceof Error && error.name === 'AbortError') return error;
  const reason = error instanceof Error ? error.message : String(error);
  return new BerthError('platform.peer-unreachable', { component, reason }, { cause: error });
}

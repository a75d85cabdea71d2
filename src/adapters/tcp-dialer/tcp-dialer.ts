// Dials for applications. The address that was checked is the one that is connected to: resolving a second time would let a name server
// give a harmless address to the check and the platform's own to the connection.
import { lookup } from 'node:dns/promises';
import { connect, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { BerthError } from '../../model/errors.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Dialer } from '../../ports/dialer.ts';
import { RefusedAddresses } from './refused-addresses.ts';

/** From the question for the name to the open connection, milliseconds. */
const DEADLINE_MS = 10_000;

/** What the dialer needs to know. Addresses, or ranges such as `10.0.0.0/8`. */
export interface TcpDialerParts {
  readonly clock: Clock;
  /** Addresses on which the platform itself listens. */
  readonly refuse: readonly string[];
  /** Exceptions from everything that is refused, for those who run what an application needs on the platform's own machine. */
  readonly allow: readonly string[];
}

/** Opens TCP connections to hosts by name or address. */
export class TcpDialer implements Dialer {
  readonly #clock: Clock;
  readonly #refused: RefusedAddresses;

  constructor({ clock, refuse, allow }: TcpDialerParts) {
    this.#clock = clock;
    this.#refused = new RefusedAddresses(refuse, allow);
  }

  /** Tries the host's addresses one after the other. A side that ended its half may still be written to. */
  async connect(host: string, port: number): Promise<Duplex> {
    const deadline = new AbortController();
    const cancel = this.#clock.after(DEADLINE_MS, () =>
      deadline.abort(new Error(`no answer within ${DEADLINE_MS / 1000} seconds`)),
    );
    try {
      const addresses = this.#allowed(host, port, await within(deadline.signal, resolve(host)));
      return await firstThatOpens(addresses, port, deadline.signal);
    } catch (error) {
      if (error instanceof BerthError) throw error;
      throw new BerthError('node.relay-failed', { host, port, reason: messageOf(error) }, { cause: error });
    } finally {
      cancel();
    }
  }

  #allowed(host: string, port: number, addresses: readonly string[]): readonly string[] {
    const allowed = addresses.filter((address) => this.#refused.reason(address) === undefined);
    const [refused] = addresses;
    if (allowed.length > 0 || refused === undefined) return allowed;
    const reason = this.#refused.reason(refused) ?? '';
    throw new BerthError('node.relay-refused', { host, port, reason: `${refused}: ${reason}` });
  }
}

async function resolve(host: string): Promise<readonly string[]> {
  // Version 4 first: where version 6 is configured but leads nowhere, its silence would use up the deadline.
  const found = await lookup(host, { all: true, order: 'ipv4first' });
  return found.map(({ address }) => address);
}

async function firstThatOpens(addresses: readonly string[], port: number, signal: AbortSignal): Promise<Socket> {
  let failure: unknown = new Error('the name has no address');
  for (const address of addresses) {
    signal.throwIfAborted();
    try {
      return await open(address, port, signal);
    } catch (error) {
      failure = error;
    }
  }
  throw failure;
}

function open(address: string, port: number, signal: AbortSignal): Promise<Socket> {
  const { promise, resolve, reject } = Promise.withResolvers<Socket>();
  const socket = connect({ host: address, port, allowHalfOpen: true, noDelay: true });
  const abort = () => socket.destroy(asError(signal.reason));
  signal.addEventListener('abort', abort, { once: true });
  socket.once('error', reject);
  socket.once('connect', () => {
    socket.off('error', reject);
    resolve(socket);
  });
  return promise.finally(() => signal.removeEventListener('abort', abort));
}

// What comes after the deadline is of no use to anybody, its errors included.
function within<T>(signal: AbortSignal, act: Promise<T>): Promise<T> {
  const { promise, resolve, reject } = Promise.withResolvers<T>();
  signal.addEventListener('abort', () => reject(asError(signal.reason)), { once: true });
  act.then(resolve, reject);
  return promise;
}

function asError(reason: unknown): Error {
  return reason instanceof Error ? reason : new Error(String(reason));
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

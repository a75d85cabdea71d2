// One HTTP request to one address, which is checked where it is used: the lookup hands only checked addresses to the connection, so that a
// name that answers differently from one question to the next gains nothing.
import { type ClientRequest, request as httpRequest, type IncomingMessage, type RequestOptions } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { isIP, type LookupFunction } from 'node:net';
import type { AddressGuard } from './address-guard.ts';

/** Finds all addresses of a name. */
export type Resolve = (host: string) => Promise<readonly { readonly address: string; readonly family: number }[]>;

/** What one request is made of. */
export interface Hop {
  readonly url: URL;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | null;
  readonly guard: AddressGuard;
  readonly resolve: Resolve;
  /** Authorities that are trusted; undefined: those that Node trusts. */
  readonly ca: readonly string[] | undefined;
}

/** How it ended. `refused`: the address may not be called. `sent`: whether anything of the request may have reached the other side. */
export type HopEnd =
  | { readonly kind: 'answered'; readonly status: number; readonly location: string | undefined; readonly text: string }
  | { readonly kind: 'refused'; readonly reason: string }
  | { readonly kind: 'broken'; readonly sent: boolean; readonly reason: string };

/** Of an answer's body, what is read and what is kept. */
const MOST_READ_BYTES = 64 * 1024;
const KEPT_BYTES = 2048;

class RefusedAddress extends Error {}

/** Makes one request; never rejects. */
export async function makeHop(hop: Hop, signal: AbortSignal): Promise<HopEnd> {
  const progress = { sent: false };
  try {
    const literal = plainHost(hop.url);
    if (isIP(literal) !== 0) requireAllowed(hop, literal);
    signal.throwIfAborted();
    const answer = await answerOf(hop, signal, progress);
    const { statusCode: status = 0, headers } = answer;
    return { kind: 'answered', status, location: headers.location, text: await beginningOf(answer) };
  } catch (error) {
    if (error instanceof RefusedAddress) return { kind: 'refused', reason: error.message };
    return { kind: 'broken', sent: progress.sent, reason: reasonOf(error, signal) };
  }
}

function answerOf(hop: Hop, signal: AbortSignal, progress: { sent: boolean }): Promise<IncomingMessage> {
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  const isTls = hop.url.protocol === 'https:';
  const request = (isTls ? httpsRequest : httpRequest)(hop.url, optionsOf(hop, signal));
  request.once('socket', (socket) => {
    socket.once('connect', () => judgeConnected(request, hop, socket.remoteAddress));
    socket.once(isTls ? 'secureConnect' : 'connect', () => {
      progress.sent = !request.destroyed;
    });
  });
  request.once('response', resolve);
  // Later ones belong to the body, which whoever reads it hears of.
  request.on('error', reject);
  request.end(hop.body ?? undefined);
  return promise;
}

/** The address was checked before; this is what it was really connected to. */
function judgeConnected(request: ClientRequest, hop: Hop, address: string | undefined): void {
  const reason = address === undefined ? undefined : hop.guard.refusal(plainHost(hop.url), address);
  if (reason !== undefined) request.destroy(new RefusedAddress(reason));
}

function optionsOf({ method, headers, body, ca, ...hop }: Hop, signal: AbortSignal): RequestOptions {
  const length = body === null ? {} : { 'content-length': String(Buffer.byteLength(body)) };
  return {
    method,
    headers: { 'user-agent': 'berth', accept: '*/*', ...headers, ...length },
    // No connection of another call is used again: its address was judged by other exceptions.
    agent: false,
    lookup: checkedLookup(hop),
    signal,
    ...(ca ? { ca: [...ca] } : {}),
  };
}

function checkedLookup(hop: Pick<Hop, 'url' | 'guard' | 'resolve'>): LookupFunction {
  return (host, options, callback) => {
    allowedAddresses(hop, host).then(
      (addresses) => {
        const [first] = addresses;
        if (options.all) callback(null, [...addresses]);
        else callback(null, first?.address ?? '', first?.family);
      },
      (error: unknown) => callback(error instanceof Error ? error : new Error(String(error)), ''),
    );
  };
}

async function allowedAddresses({ guard, resolve }: Pick<Hop, 'guard' | 'resolve'>, host: string) {
  const found = await resolve(host);
  const allowed = found.filter(({ address }) => guard.refusal(host, address) === undefined);
  const [refused] = found;
  if (refused === undefined) throw new Error(`${host} has no address`);
  if (allowed.length === 0) throw new RefusedAddress(`${host}: ${guard.refusal(host, refused.address)}`);
  return allowed;
}

function requireAllowed({ guard }: Hop, address: string): void {
  const reason = guard.refusal(address, address);
  if (reason !== undefined) throw new RefusedAddress(reason);
}

function plainHost({ hostname }: URL): string {
  return hostname.replace(/^\[|\]$/g, '');
}

/** What the other side says beyond the beginning is of no interest, nor is how it ends. */
async function beginningOf(answer: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let read = 0;
  try {
    for await (const chunk of answer as AsyncIterable<Buffer>) {
      if (read < KEPT_BYTES) chunks.push(chunk);
      read += chunk.length;
      if (read > MOST_READ_BYTES) break;
    }
  } catch (error) {
    if (!(error instanceof Error)) throw error;
  } finally {
    answer.destroy();
  }
  return Buffer.concat(chunks).subarray(0, KEPT_BYTES).toString();
}

function reasonOf(error: unknown, signal: AbortSignal): string {
  if (signal.aborted) return signal.reason instanceof Error ? signal.reason.message : String(signal.reason);
  // Where several addresses were tried, there is one error for each.
  if (error instanceof AggregateError && error.errors.length > 0) return reasonOf(error.errors[0], signal);
  return error instanceof Error ? error.message : String(error);
}

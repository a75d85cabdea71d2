// HTTP requests to addresses that people and algorithms name: checked after the name was resolved, on every redirect, and on the very
// address that is connected to; with bounds on time, redirects and what is read.
import { lookup } from 'node:dns/promises';
import { getCACertificates } from 'node:tls';
import type { Clock } from '../../ports/clock.ts';
import type { SendOutcome } from '../../ports/mailer.ts';
import type { WebAnswer, WebCall, WebCaller } from '../../ports/web-caller.ts';
import { AddressGuard } from './address-guard.ts';
import { type Hop, type HopEnd, makeHop, type Resolve } from './http-hop.ts';

/** What the caller needs. */
export interface GuardedHttpParts {
  readonly clock: Clock;
  readonly resolve: Resolve;
  /** PEM certificates of authorities to trust besides those that Node trusts; empty: none. */
  readonly caCertificates: string;
}

type Answered = Extract<HopEnd, { readonly kind: 'answered' }>;

const MOST_REDIRECTS = 3;
const KEPT_TEXT = 300;
const REDIRECTS = new Set([301, 302, 303, 307, 308]);
/** They ask for the same again elsewhere (RFC 9110, sections 15.4.8 and 15.4.9); after the others, clients change a POST into a GET. */
const KEEP_METHOD = new Set([307, 308]);
const MAY_PASS = new Set([408, 425, 429]);
/** Headers that go along to another host; anything else may be a credential. */
const TRAVELLING = /^(content-type|berth-.*)$/i;

/** Resolves names as the machine does. */
export function systemResolve(host: string): ReturnType<Resolve> {
  return lookup(host, { all: true, order: 'ipv4first' });
}

/** Calls other people's servers. */
export class GuardedHttp implements WebCaller {
  readonly #parts: GuardedHttpParts;
  readonly #ca: readonly string[] | undefined;

  constructor(parts: GuardedHttpParts) {
    this.#parts = parts;
    this.#ca = parts.caCertificates === '' ? undefined : [...getCACertificates('default'), parts.caCertificates];
  }

  async call(call: WebCall, signal: AbortSignal): Promise<WebAnswer> {
    const url = URL.parse(call.url);
    const fault = url ? addressFault(url) : 'the address is none';
    if (!url || fault !== undefined) return refused(fault ?? '');
    const late = new AbortController();
    const cancel = this.#parts.clock.after(call.timeoutMs, () =>
      late.abort(new Error(`nothing came within ${call.timeoutMs / 1000} s`)),
    );
    try {
      return await this.#follow(this.#firstHop(call, url), call, AbortSignal.any([signal, late.signal]));
    } finally {
      cancel();
    }
  }

  #firstHop({ method, headers, body, allowPrivate }: WebCall, url: URL): Hop {
    const guard = new AddressGuard(allowPrivate);
    return { url, method, headers, body, guard, resolve: this.#parts.resolve, ca: this.#ca };
  }

  async #follow(first: Hop, call: WebCall, signal: AbortSignal): Promise<WebAnswer> {
    let hop = first;
    for (let redirects = 0; ; redirects++) {
      const end = await makeHop(hop, signal);
      if (end.kind === 'refused') return refused(end.reason);
      if (end.kind === 'broken') return broken(end);
      if (!REDIRECTS.has(end.status) || end.location === undefined) return answered(end);
      if (redirects === MOST_REDIRECTS) return refused(`it redirects more than ${MOST_REDIRECTS} times`, end.status);
      const next = redirected(hop, end, call.redirects);
      if (typeof next === 'string') return refused(next, end.status);
      hop = next;
    }
  }
}

/** The request that a redirect asks for, or why it is not followed. */
function redirected(hop: Hop, { status, location = '' }: Answered, may: WebCall['redirects']): Hop | string {
  const url = URL.parse(location, hop.url);
  const fault = url ? addressFault(url) : 'it redirects to what is no address';
  if (!url || fault !== undefined) return fault ?? '';
  const isElsewhere = url.origin !== hop.url.origin;
  if (hop.url.protocol === 'https:' && url.protocol !== 'https:') return 'it redirects from https to http';
  if (isElsewhere && may === 'same-origin') return `it redirects to ${url.origin}, where the secret does not belong`;
  if (hop.method !== 'GET' && !KEEP_METHOD.has(status))
    return `it redirects with ${status}, which asks for something else than the same request; only 307 and 308 are followed`;
  if (!isElsewhere) return { ...hop, url };
  const headers = Object.entries(hop.headers).filter(([name]) => TRAVELLING.test(name));
  return { ...hop, url, headers: Object.fromEntries(headers) };
}

function addressFault({ protocol, username, password, hostname }: URL): string | undefined {
  if (protocol !== 'http:' && protocol !== 'https:') return `${protocol} is neither http nor https`;
  if (username !== '' || password !== '') return 'its address holds a user name';
  return hostname === '' ? 'its address names no host' : undefined;
}

function answered({ status, text }: Answered): WebAnswer {
  const said = plainText(text);
  return {
    outcome: outcomeOf(status),
    status,
    text: said === '' ? `It answered ${status}.` : `It answered ${status}: ${said}`,
  };
}

function outcomeOf(status: number): SendOutcome['outcome'] {
  if (status >= 200 && status < 300) return 'delivered';
  return status >= 500 || MAY_PASS.has(status) ? 'failed' : 'refused';
}

function refused(reason: string, status: number | null = null): WebAnswer {
  return { outcome: 'refused', status, text: `It was not called: ${plainText(reason)}.` };
}

function broken({ sent, reason }: Extract<HopEnd, { readonly kind: 'broken' }>): WebAnswer {
  const text = `${sent ? 'The connection ended before the answer' : 'It cannot be reached'}: ${plainText(reason)}.`;
  return { outcome: sent ? 'unknown' : 'failed', status: null, text };
}

/** What other people's servers say, on one line, cut off. */
function plainText(text: string): string {
  const line = text.replaceAll(/[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}\s]+/gu, ' ').trim();
  return line.length > KEPT_TEXT ? `${line.slice(0, KEPT_TEXT)}…` : line;
}

// The cookie of a browser that is signed in: what it is called, what it is set with, and whether a request that carries it came from the
// console itself (RFC 6265bis, sections 4.1.3 and 5.6; Fetch Metadata; https://developer.mozilla.org/docs/Web/HTTP/Headers/Sec-Fetch-Site).
import '@fastify/cookie';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { BerthError } from '../model/errors.ts';
import type { Instant } from '../model/instant.ts';
import { clientOf } from './client-of.ts';

/** The session cookie of the browser that asks. */
export interface SessionCookie {
  /** What it holds; undefined without one. */
  readonly value: string | undefined;
  /** Gives it to the browser, until an instant. */
  set(value: string, expiresAt: Instant): void;
  /** Takes it away from the browser. */
  clear(): void;
}

const NAME = 'berth_session';
/** Browsers take a cookie of this name only with `Secure`, for this host alone and for all paths. */
const SECURE_NAME = `__Host-${NAME}`;
/** A page of another site cannot send it without being allowed to, and nobody is. */
const CONSOLE_HEADER = 'berth-console';

/** The session cookie of a request, and of its answer. */
export function sessionCookieOf(request: FastifyRequest, reply: FastifyReply, publicUrl: string): SessionCookie {
  const secure = isSecure(request, publicUrl);
  const name = secure ? SECURE_NAME : NAME;
  const options = { path: '/', httpOnly: true, secure, sameSite: 'strict' } as const;
  return {
    value: sessionValue(request, publicUrl),
    set: (value, expiresAt) => void reply.setCookie(name, value, { ...options, expires: new Date(expiresAt) }),
    clear: () => void reply.setCookie(name, '', { ...options, expires: new Date(0) }),
  };
}

/** What the session cookie of a request holds. */
export function sessionValue(request: FastifyRequest, publicUrl: string): string | undefined {
  return request.cookies[isSecure(request, publicUrl) ? SECURE_NAME : NAME];
}

/**
 * Refuses what a page of another site made a browser send: with a session cookie and anything but GET, the header of the console must be
 * there; where the browser tells from where the request came, it must be from here. @throws account.cross-site
 */
export function refuseCrossSite(request: FastifyRequest, publicUrl: string): void {
  if (request.method === 'GET' || request.headers.authorization !== undefined) return;
  const hasCookie = sessionValue(request, publicUrl) !== undefined;
  const isMarked = !hasCookie || request.headers[CONSOLE_HEADER] === '1';
  if (!isMarked || !isSameOrigin(request, publicUrl)) throw new BerthError('account.cross-site');
}

function isSameOrigin(request: FastifyRequest, publicUrl: string): boolean {
  const { headers, host } = request;
  const { protocol } = clientOf(request);
  const { origin, 'sec-fetch-site': site } = headers;
  if (site !== undefined && site !== 'same-origin') return false;
  return origin === undefined || origin === `${protocol}://${host}` || origin === originOf(publicUrl);
}

function originOf(url: string): string | undefined {
  return URL.canParse(url) ? new URL(url).origin : undefined;
}

/** TLS ends before this server: it is told by the platform's own address, or by a proxy that is trusted. */
function isSecure(request: FastifyRequest, publicUrl: string): boolean {
  return clientOf(request).protocol === 'https' || publicUrl.startsWith('https:');
}

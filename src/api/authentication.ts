// Who is calling, and whether they may.
import type { FastifyRequest } from 'fastify';
import { checkSession } from '../accounts/session-requests.ts';
import { checkToken } from '../accounts/token-requests.ts';
import { type Caller, mayAnywhere, mayEverywhere } from '../model/access.ts';
import { BerthError } from '../model/errors.ts';
import type { Endpoint } from './contract/endpoint.ts';
import { authenticateDevice } from './device-authentication.ts';
import type { RouteParts } from './exchange.ts';
import { judgeObject } from './judged-object.ts';
import { notAllowed } from './route-access.ts';
import { refuseCrossSite, sessionValue } from './session-cookie.ts';

/** Whoever calls a public route. */
const NOBODY: Caller = {
  name: 'nobody',
  user: null,
  by: { kind: 'nobody', id: '' },
  access: { everywhere: [], projects: {} },
};

/** What authentication needs. */
export type AuthenticationParts = Pick<RouteParts, 'store' | 'clock' | 'readings' | 'edge'>;

/**
 * Who calls a route: a bearer token counts before a cookie.
 * @throws account.token-missing, account.token-refused, account.session-ended, account.cross-site, reading.device-refused
 */
export async function authenticate(
  parts: AuthenticationParts,
  { permission }: Endpoint,
  request: FastifyRequest,
): Promise<Caller> {
  if (permission === 'device') return authenticateDevice(parts.readings.requests, request);
  refuseCrossSite(request, parts.edge.publicUrl);
  if (permission === 'public') return NOBODY;
  const { authorization } = request.headers;
  const cookie = sessionValue(request, parts.edge.publicUrl);
  if (authorization === undefined && cookie !== undefined) return checkSession(parts, cookie);
  const [scheme, token] = (authorization ?? '').trim().split(/ +/, 2);
  if (scheme?.toLowerCase() !== 'bearer' || !token) throw new BerthError('account.token-missing');
  return checkToken(parts, token);
}

/**
 * Refuses callers without the permission of a route, before anything is read for them. Gives the application of the object that the
 * path names; null when it names none. @throws account.not-allowed, request.not-found
 */
export async function authorise(
  { store }: Pick<RouteParts, 'store'>,
  { permission, on }: Endpoint,
  caller: Caller,
  params: Readonly<Record<string, string>>,
): Promise<string | null> {
  if (permission === 'public' || permission === 'device') return null;
  if (permission === 'self') return requireThemselves(caller, params);
  if (on === undefined || on === 'listed' || on === 'body') {
    const may = on === undefined ? mayEverywhere : mayAnywhere;
    if (!may(caller.access, permission)) throw notAllowed(caller, permission);
    return null;
  }
  return judgeObject(store, caller, { on, permission, params });
}

/** Whoever the path names asks, or an administrator. */
function requireThemselves(caller: Caller, { user }: Readonly<Record<string, string>>): null {
  const isAdministrator = caller.access.everywhere.includes('*');
  if (user !== undefined && caller.user !== user && !isAdministrator) throw notAllowed(caller, 'self');
  return null;
}

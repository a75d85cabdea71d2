// Who is calling, and whether they may.
import type { FastifyRequest } from 'fastify';
import { checkToken } from '../accounts/token-requests.ts';
import type { Token } from '../model/account.ts';
import { BerthError } from '../model/errors.ts';
import type { ApiParts } from './api-parts.ts';
import type { Permission } from './contract/endpoint.ts';

/** The token of a request. @throws account.token-missing, account.token-refused */
export async function authenticate(parts: Pick<ApiParts, 'store' | 'clock'>, request: FastifyRequest): Promise<Token> {
  const [scheme, token] = (request.headers.authorization ?? '').trim().split(/ +/, 2);
  if (scheme?.toLowerCase() !== 'bearer' || !token) throw new BerthError('account.token-missing');
  return checkToken(parts, token);
}

/** Refuses a token that does not give a permission. Roles and projects join here later. @throws account.not-allowed */
export function authorise({ name, permissions }: Token, permission: Permission): void {
  if (!permissions.includes('*') && !permissions.includes(permission))
    throw new BerthError('account.not-allowed', { name, permission });
}

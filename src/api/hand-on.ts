// Routes that only the process can answer that looks after something: a request that came to another one is handed on to it as it is, with
// what the client showed of themselves, and judged there. Bodies and answers go through as streams.
import type { FastifyReply, FastifyRequest } from 'fastify';
import { BerthError } from '../model/errors.ts';
import type { Role } from '../model/role.ts';
import { GATE_SHARD, shardOf } from '../model/shard.ts';
import { PEER_CLIENT_HEADER, type PeerAnswer, type PeerRequest, type Peers } from '../ports/peers.ts';
import { clientHeader, clientOf, isHandedOn } from './client-of.ts';
import type { Endpoint } from './contract/endpoint.ts';

/** The other processes of the platform. */
export interface Elsewhere {
  readonly peers: Peers;
  /** Who looks after a shard of a role; null: nobody. */
  readonly ownerOf: (role: Role, shard: number) => 'here' | { readonly component: string } | null;
}

/** Of one connection alone (RFC 9110, section 7.6.1), and what is said between processes. */
const NOT_PASSED_ON = new Set([
  'connection',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'expect',
]);

const AGAIN_AFTER_SECONDS = 2;

/** The component that answers a route in place of this process; undefined: this one does. @throws platform.no-owner */
export function answeringPeer(
  { ownerOf }: Elsewhere,
  { answeredBy }: Endpoint,
  request: FastifyRequest,
): string | undefined {
  if (answeredBy === undefined) return undefined;
  const { package: image = '' } = request.params as Readonly<Record<string, string>>;
  const [role, shard] =
    answeredBy === 'image' ? (['nodes', shardOf(image)] as const) : (['sensors', GATE_SHARD] as const);
  const owner = ownerOf(role, shard);
  if (owner === 'here') return undefined;
  // Two processes that take each other for the owner would hand it on for ever.
  if (owner !== null && !isHandedOn(request)) return owner.component;
  // What was kept of an installation is read anywhere.
  if (answeredBy === 'image') return undefined;
  throw new BerthError('platform.no-owner', { role });
}

/** Hands a request on, and its answer back. @throws platform.peer-unreachable */
export async function handOn(
  peers: Peers,
  component: string,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const left = new AbortController();
  reply.raw.once('close', () => left.abort());
  const answer = await peers.fetch(component, peerRequest(request), left.signal).catch((error: unknown) => {
    if (!left.signal.aborted) throw error;
  });
  // The client has left.
  if (!answer) return reply.hijack();
  return reply.status(answer.status).headers(passedOn(answer.headers)).send(answer.body);
}

function peerRequest(request: FastifyRequest): PeerRequest {
  const { raw, method, url } = request;
  const path = `/peer/v1/api${url}`;
  const headers = { ...passedOn(request.headers), [PEER_CLIENT_HEADER]: clientHeader(clientOf(request)) };
  const hasBody = raw.headers['content-length'] !== undefined || raw.headers['transfer-encoding'] !== undefined;
  return { method, path, headers, ...(hasBody ? { body: raw } : {}) };
}

function passedOn(headers: PeerAnswer['headers']): Record<string, string | string[]> {
  const kept: Record<string, string | string[]> = {};
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined && !NOT_PASSED_ON.has(name) && !name.startsWith('berth-peer')) kept[name] = value;
  }
  return kept;
}

/** Tells whoever is refused for want of an owner when to come again. */
export function sayWhenAgain(reply: FastifyReply, error: unknown): void {
  const passes = error instanceof BerthError && /^platform\.(no-owner|peer-unreachable)$/.test(error.code);
  if (passes) reply.header('retry-after', String(AGAIN_AFTER_SECONDS));
}

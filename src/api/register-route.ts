// Registers one route of the contract with fastify: permission, schemas, and how its answer is sent.
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Caller } from '../model/access.ts';
import { BerthError } from '../model/errors.ts';
import { isProjectPermission } from '../model/permission.ts';
import { audited, isAudited } from './audited-act.ts';
import { authenticate, authorise } from './authentication.ts';
import { clientOf } from './client-of.ts';
import type { Endpoint } from './contract/endpoint.ts';
import type { Route } from './contract/route.ts';
import type { Exchange, RouteParts } from './exchange.ts';
import { answeringPeer, handOn } from './hand-on.ts';
import type { Asked, Bytes, Message } from './handler.ts';
import { keepJudging } from './judged-stream.ts';
import type { NamedRoute } from './named-route.ts';
import type { OpenStreams } from './open-streams.ts';
import { CallerSight, type RouteAccess } from './route-access.ts';
import { routeSchema } from './route-schema.ts';
import { sendBytes } from './send-bytes.ts';
import { sendStream } from './send-stream.ts';
import { sessionCookieOf } from './session-cookie.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** What a caller must be allowed to do; a route without it does not start. */
    permission?: Endpoint['permission'];
  }
  interface FastifyRequest {
    /** Who calls; set before any handler runs. */
    caller: Caller;
    /** To which application the object belongs that the path names; null when it names none. */
    application: string | null;
  }
}

/** Ten thousand sensors take some megabytes. */
const MOST_SENSOR_FILE_BYTES = 16 * 1024 * 1024;

/** Adds a route to the server. Who calls, and whether they may, is checked before any body is read. */
export function registerRoute(server: FastifyInstance, parts: RouteParts, named: NamedRoute): void {
  const { name, route } = named;
  server.route({
    method: route.method,
    url: route.path,
    config: { permission: route.permission },
    schema: routeSchema(name, route),
    ...(route.body === 'sensor-file' ? { bodyLimit: MOST_SENSOR_FILE_BYTES } : {}),
    onRequest: async (request, reply) => {
      const { elsewhere } = parts;
      const peer = elsewhere && answeringPeer(elsewhere, route, request);
      if (elsewhere && peer !== undefined) return handOn(elsewhere.peers, peer, request, reply);
      request.caller = await authenticate(parts, route, request);
      request.application = await authoriseAudited(parts, named, request);
    },
    handler: (request, reply) => answer(parts, named, request, reply),
  });
}

/** Who is known and asks for what they may not do stands in the audit too. */
async function authoriseAudited(parts: RouteParts, named: NamedRoute, request: FastifyRequest): Promise<string | null> {
  const params = request.params as Readonly<Record<string, string>>;
  try {
    return await authorise(parts, named.route, request.caller, params);
  } catch (error) {
    const isDenied = error instanceof BerthError && error.code === 'account.not-allowed';
    if (isDenied && isAudited(named))
      await audited(parts, { named, request, application: null }, () => Promise.reject(error));
    throw error;
  }
}

async function answer(
  parts: RouteParts,
  named: NamedRoute,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const { route, handle } = named;
  if (route.body === 'zip') refuseOtherThanZip(request);
  if (route.body === 'calendar') refuseOtherThanCalendar(request);
  const { application } = request;
  const sight = new CallerSight(parts.store, request.caller);
  const release = route.answer === 'stream' ? parts.streams.hold(holderOf(request.caller)) : undefined;
  const judged = route.answer === 'stream' ? keepJudging(parts, route, request, sight) : undefined;
  try {
    const gone = signalOf(reply, parts.streams);
    const signal = judged ? AbortSignal.any([gone, judged.refused]) : gone;
    const asked = { ...askedOf(request, signal), ...sightOf(parts, named, { request, reply }, sight) };
    const handled = () => handle(asked as Asked<never>);
    const result = await (isAudited(named) ? audited(parts, { named, request, application }, handled) : handled());
    return await send(parts, route, { request, reply, signal, refused: judged?.refused }, result);
  } finally {
    judged?.stop();
    release?.();
  }
}

/** All sessions and tokens of a person are one. */
function holderOf({ user, by }: Caller): string {
  return user === null ? `${by.kind} ${by.id}` : `user ${user}`;
}

/** The body of an upload is the request's own stream. @throws request.invalid for a body of another type */
function refuseOtherThanZip(request: FastifyRequest): void {
  if (request.body !== request.raw)
    throw new BerthError('request.invalid', { detail: 'The body must be a zip, sent as application/zip.' });
}

/** @throws request.invalid for a body of another type */
function refuseOtherThanCalendar(request: FastifyRequest): void {
  if (!(request.body instanceof Uint8Array))
    throw new BerthError('request.invalid', { detail: 'The body must be a calendar, sent as text/calendar.' });
}

function askedOf(request: FastifyRequest, signal: AbortSignal) {
  const { params, query, body, caller, headers } = request;
  const from = { address: clientOf(request).address, agent: headers['user-agent'] ?? '' };
  return {
    params,
    query,
    body,
    caller,
    from,
    signal,
    lastEventId: headers['last-event-id'],
    idempotencyKey: keyIn(headers),
  };
}

function sightOf(
  { edge: { publicUrl } }: RouteParts,
  { route: { permission } }: NamedRoute,
  { request, reply }: Pick<Exchange, 'request' | 'reply'>,
  sight: CallerSight,
): { readonly access: RouteAccess; readonly cookie: Asked<never>['cookie'] } {
  const ofProjects = permission !== 'public' && permission !== 'self' && permission !== 'device';
  const judgedBy = ofProjects && isProjectPermission(permission) ? permission : 'applications:read';
  return { access: sight.access(judgedBy), cookie: sessionCookieOf(request, reply, publicUrl) };
}

/** Listens on the answer, not on its connection: clients send many requests over one. */
function signalOf(reply: FastifyReply, streams: OpenStreams): AbortSignal {
  const left = new AbortController();
  reply.raw.once('close', () => left.abort());
  return AbortSignal.any([left.signal, streams.closing]);
}

function send(
  parts: RouteParts,
  route: Route,
  exchange: Exchange,
  answer: unknown,
): FastifyReply | Promise<FastifyReply> {
  if (route.answer === 'stream') return sendStream(parts, exchange, answer as AsyncIterable<Message>);
  if (route.answer === 'bytes') return sendBytes(exchange.reply, answer as Bytes);
  return exchange.reply.send(answer);
}

const LONGEST_KEY = 200;

function keyIn(headers: FastifyRequest['headers']): string | undefined {
  const key = headers['idempotency-key'];
  if (key === undefined) return undefined;
  if (typeof key === 'string' && key !== '' && key.length <= LONGEST_KEY) return key;
  throw new BerthError('request.invalid', {
    detail: `Idempotency-Key has to be one text of 1 to ${LONGEST_KEY} characters.`,
  });
}

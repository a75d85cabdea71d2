// Registers one route of the contract with fastify: permission, schemas, and how its answer is sent.
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Token } from '../model/account.ts';
import { BerthError } from '../model/errors.ts';
import { authenticate, authorise } from './authentication.ts';
import type { Permission } from './contract/endpoint.ts';
import type { RouteName } from './contract/endpoints.ts';
import type { Route } from './contract/route.ts';
import { authenticateDevice } from './device-authentication.ts';
import type { Exchange, RouteParts } from './exchange.ts';
import type { Asked, Bytes, Message } from './handler.ts';
import type { OpenStreams } from './open-streams.ts';
import { routeSchema } from './route-schema.ts';
import { sendBytes } from './send-bytes.ts';
import { sendStream } from './send-stream.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** What a caller must be allowed to do; a route without it does not start. */
    permission?: Permission | 'public';
  }
  interface FastifyRequest {
    /** Whose token the request carries; set before any handler runs. */
    caller: Token;
  }
}

/** Ten thousand sensors take some megabytes. */
const MOST_SENSOR_FILE_BYTES = 16 * 1024 * 1024;

/** A route with its name and handler; which answer belongs to which route was checked where the table was made. */
export interface NamedRoute {
  readonly name: RouteName;
  readonly route: Route;
  readonly handle: (asked: Asked<never>) => Promise<unknown>;
}

/** Adds a route to the server. Who calls is checked before any body is read. */
export function registerRoute(server: FastifyInstance, parts: RouteParts, { name, route, handle }: NamedRoute): void {
  server.route({
    method: route.method,
    url: route.path,
    config: { permission: route.permission },
    schema: routeSchema(name, route),
    ...(route.body === 'sensor-file' ? { bodyLimit: MOST_SENSOR_FILE_BYTES } : {}),
    onRequest: async (request) => {
      request.caller = await callerOf(parts, route, request);
      authorise(request.caller, route.permission);
    },
    handler: async (request, reply) => {
      if (route.body === 'zip') refuseOtherThanZip(request);
      if (route.body === 'calendar') refuseOtherThanCalendar(request);
      const signal = signalOf(reply, parts.streams);
      return send(parts, route, { request, reply, signal }, await handle(askedOf(request, signal)));
    },
  });
}

/** @throws account.token-missing, account.token-refused, reading.device-refused */
function callerOf(parts: RouteParts, { permission }: Route, request: FastifyRequest): Promise<Token> {
  return permission === 'device' ? authenticateDevice(parts.readings.requests, request) : authenticate(parts, request);
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

function askedOf(request: FastifyRequest, signal: AbortSignal): Asked<never> {
  const { params, query, body, caller, headers } = request;
  return { params, query, body, caller, signal, lastEventId: headers['last-event-id'] } as Asked<never>;
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

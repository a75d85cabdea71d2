// Registers one route of the contract with fastify: permission, schemas, and how its answer is sent.
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Token } from '../model/account.ts';
import type { ApiParts } from './api-parts.ts';
import { authenticate, authorise } from './authentication.ts';
import type { Permission, Route, RouteName } from './contract/routes.ts';
import type { Asked, Bytes, Message } from './handler.ts';
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

/** A route with its name and handler; which answer belongs to which route was checked where the table was made. */
export interface NamedRoute {
  readonly name: RouteName;
  readonly route: Route;
  readonly handle: (asked: Asked<never>) => Promise<unknown>;
}

/** Adds a route to the server. */
export function registerRoute(server: FastifyInstance, parts: ApiParts, { name, route, handle }: NamedRoute): void {
  server.route({
    method: route.method,
    url: route.path,
    config: { permission: route.permission },
    schema: schemaOf(name, route),
    preValidation: async (request) => {
      request.caller = await authenticate(parts, request);
      authorise(request.caller, route.permission);
    },
    handler: async (request, reply) => {
      const leaving = leavingOf(request);
      const answer = await handle(askedOf(request, leaving));
      return send(parts, route, reply, { answer, leaving });
    },
  });
}

function schemaOf(name: RouteName, { summary, query, body, answer }: Route): object {
  return {
    operationId: name,
    summary,
    ...(query ? { querystring: query } : {}),
    ...(body && body !== 'zip' ? { body } : {}),
    ...(body === 'zip' ? { consumes: ['application/zip'] } : {}),
    ...(typeof answer === 'string' ? {} : { response: { 200: answer } }),
  };
}

function askedOf(request: FastifyRequest, leaving: AbortSignal): Asked<never> {
  const { params, query, body, caller, headers } = request;
  const lastEventId = headers['last-event-id'] ?? (query as { readonly after?: string }).after;
  return { params, query, body, caller, signal: leaving, lastEventId } as Asked<never>;
}

function leavingOf(request: FastifyRequest): AbortSignal {
  const leaving = new AbortController();
  request.raw.socket.once('close', () => leaving.abort());
  return leaving.signal;
}

function send(
  parts: ApiParts,
  route: Route,
  reply: FastifyReply,
  { answer, leaving }: { readonly answer: unknown; readonly leaving: AbortSignal },
): FastifyReply | Promise<FastifyReply> {
  if (route.answer === 'stream') return sendStream(parts, reply, answer as AsyncIterable<Message>, leaving);
  if (route.answer === 'bytes') return sendBytes(reply, answer as Bytes);
  return reply.send(answer);
}

/** What other people's programs wrote is only ever saved, never shown as a page of ours. */
function sendBytes(reply: FastifyReply, { contentType, contents, fileName }: Bytes): FastifyReply {
  if (fileName !== undefined)
    reply.header('content-disposition', `attachment; filename*=UTF-8''${encodeURIComponent(fileName)}`);
  return reply.header('content-type', contentType).header('x-content-type-options', 'nosniff').send(contents);
}

// The HTTP edge: registers every route of the contract with its handler, permission and schemas, and turns errors into answers.
import type { AddressInfo } from 'node:net';
import helmet from '@fastify/helmet';
import rateLimit from '@fastify/rate-limit';
import fastifySwagger from '@fastify/swagger';
import Fastify, { type FastifyInstance } from 'fastify';
import { jsonSchemaTransform, validatorCompiler } from 'fastify-type-provider-zod';
import type { ApiParts } from './api-parts.ts';
import { ROUTES, type Route, type RouteName } from './contract/routes.ts';
import { errorAnswer } from './error-answer.ts';
import type { Handlers } from './handler.ts';
import { applicationHandlers } from './handlers/application-handlers.ts';
import { eventHandlers } from './handlers/event-handlers.ts';
import { instanceHandlers } from './handlers/instance-handlers.ts';
import { jobHandlers } from './handlers/job-handlers.ts';
import { logHandlers } from './handlers/log-handlers.ts';
import { nodeHandlers } from './handlers/node-handlers.ts';
import { platformHandlers } from './handlers/platform-handlers.ts';
import { registerRoute } from './register-route.ts';

/** Small bodies are JSON; zips are streamed and bounded where they are taken in. */
const MOST_JSON_BYTES = 1024 * 1024;
/** Answers to one address: far above what people and the console need, far below what guessing tokens needs. */
const RATE = { max: 6000, timeWindow: 60_000 } as const;

/** The API, not listening yet. */
export async function buildServer(parts: ApiParts): Promise<FastifyInstance> {
  const server = Fastify({ bodyLimit: MOST_JSON_BYTES, forceCloseConnections: true });
  server.setValidatorCompiler(validatorCompiler);
  server.setSerializerCompiler(() => (data) => JSON.stringify(data));
  server.setErrorHandler((error, request, reply) => {
    const { status, body } = errorAnswer(error, parts, request);
    return reply.status(status).send(body);
  });
  server.setNotFoundHandler((request, reply) => {
    const { status, body } = errorAnswer({ noRoute: true }, parts, request);
    return reply.status(status).send(body);
  });
  await server.register(helmet, { contentSecurityPolicy: { directives: { defaultSrc: ["'none'"] } } });
  await server.register(rateLimit, RATE);
  await registerDocument(server, parts.platform.version);
  acceptZips(server);
  refuseRoutesWithoutPermission(server);
  registerRoutes(server, parts);
  return server;
}

/** Listens, and resolves to where. */
export async function serve(
  server: FastifyInstance,
  where: { readonly host: string; readonly port: number },
): Promise<string> {
  await server.listen(where);
  const { address, port, family } = server.server.address() as AddressInfo;
  return `http://${family === 'IPv6' ? `[${address}]` : address}:${port}`;
}

async function registerDocument(server: FastifyInstance, version: string): Promise<void> {
  const components = { securitySchemes: { token: { type: 'http', scheme: 'bearer' } } } as const;
  const info = { title: 'Berth', version, description: 'Runs applications on your own machines.' };
  await server.register(fastifySwagger, {
    openapi: { openapi: '3.1.0', info, components, security: [{ token: [] }] },
    transform: jsonSchemaTransform,
  });
  server.get('/api/v1/openapi.json', { config: { permission: 'public' }, schema: { hide: true } }, () =>
    server.swagger(),
  );
}

/** The body of an upload is its stream; nothing reads it before its handler does. */
function acceptZips(server: FastifyInstance): void {
  server.addContentTypeParser(['application/zip', 'application/octet-stream'], (_request, payload, done) =>
    done(null, payload),
  );
}

function refuseRoutesWithoutPermission(server: FastifyInstance): void {
  server.addHook('onRoute', ({ config, method, url }) => {
    if (!config?.permission) throw new Error(`${String(method)} ${url} declares no permission`);
  });
}

function registerRoutes(server: FastifyInstance, parts: ApiParts): void {
  const handlers: Handlers = {
    ...platformHandlers(parts),
    ...applicationHandlers(parts),
    ...instanceHandlers(parts),
    ...jobHandlers(parts),
    ...logHandlers(parts),
    ...nodeHandlers(parts),
    ...eventHandlers(parts),
  };
  for (const [name, route] of Object.entries(ROUTES) as [RouteName, Route][]) {
    registerRoute(server, parts, { name, route, handle: handlers[name] as never });
  }
}

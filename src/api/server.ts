// The HTTP edge: registers every route of the contract with its handler, permission and schemas, and turns errors into answers.
import cookie from '@fastify/cookie';
import helmet from '@fastify/helmet';
import rateLimit, { type errorResponseBuilderContext } from '@fastify/rate-limit';
import fastifySwagger from '@fastify/swagger';
import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import { validatorCompiler } from 'fastify-type-provider-zod';
import { BerthError } from '../model/errors.ts';
import { DEEPEST, isTooDeep } from '../model/nesting.ts';
import type { ApiParts } from './api-parts.ts';
import { clientOf, isHandedOn } from './client-of.ts';
import type { RouteName } from './contract/endpoints.ts';
import type { Route } from './contract/route.ts';
import { ROUTES } from './contract/routes.ts';
import { errorAnswer } from './error-answer.ts';
import { EventFeed } from './event-feed.ts';
import type { RouteParts } from './exchange.ts';
import { sayWhenAgain } from './hand-on.ts';
import type { Handlers } from './handler.ts';
import { accountHandlers } from './handlers/account-handlers.ts';
import { actionHandlers } from './handlers/action-handlers.ts';
import { applicationHandlers } from './handlers/application-handlers.ts';
import { auditHandlers } from './handlers/audit-handlers.ts';
import { backupHandlers } from './handlers/backup-handlers.ts';
import { calendarHandlers } from './handlers/calendar-handlers.ts';
import { consoleHandlers } from './handlers/console-handlers.ts';
import { eventHandlers } from './handlers/event-handlers.ts';
import { instanceHandlers } from './handlers/instance-handlers.ts';
import { jobHandlers } from './handlers/job-handlers.ts';
import { logHandlers } from './handlers/log-handlers.ts';
import { monitoringHandlers } from './handlers/monitoring-handlers.ts';
import { nodeHandlers } from './handlers/node-handlers.ts';
import { platformHandlers } from './handlers/platform-handlers.ts';
import { readingHandlers } from './handlers/reading-handlers.ts';
import { scheduleHandlers } from './handlers/schedule-handlers.ts';
import { secretHandlers } from './handlers/secret-handlers.ts';
import { sensorHandlers } from './handlers/sensor-handlers.ts';
import { serverHandlers } from './handlers/server-handlers.ts';
import type { NamedRoute } from './named-route.ts';
import { OpenStreams } from './open-streams.ts';
import { registerRoute } from './register-route.ts';
import { documentTransform, wholeDocument } from './route-schema.ts';
import { sendOther, serveWeb } from './serve-web.ts';

/** Small bodies are JSON; zips are streamed and bounded where they are taken in. */
const MOST_JSON_BYTES = 1024 * 1024;
/** As much as one message over MQTT may hold. */
const MOST_READING_BYTES = 256 * 1024;
/** Instance files and calendars are read whole, as they were written. */
const TEXT_TYPES = {
  'application/yaml': 256 * 1024,
  'application/x-yaml': 256 * 1024,
  'text/yaml': 256 * 1024,
  'text/calendar': 1024 * 1024,
  'text/csv': 1024 * 1024,
} as const;
/** Answers to one address: far above what people and the console need, far below what guessing tokens needs. */
const RATE = { max: 6000, timeWindow: 60_000 } as const;
/** The largest package over a slow line takes this long to come in, at most. */
const LONGEST_REQUEST_MS = 3_600_000;
/** Ids of tasks are made of names of 63 characters and a time. */
const LONGEST_PARAMETER = 500;

/** Nothing of ours is shown in a frame; the console says for itself what its page may load. TLS ends before this server, so it says nothing of it. */
const SECURITY = {
  contentSecurityPolicy: {
    useDefaults: false,
    directives: { defaultSrc: ["'none'"], frameAncestors: ["'none'"], baseUri: ["'none'"], formAction: ["'none'"] },
  },
  strictTransportSecurity: false,
  frameguard: { action: 'deny' },
} as const;

/** The API, not listening yet. */
export async function buildServer(parts: ApiParts): Promise<FastifyInstance> {
  const server = Fastify({
    bodyLimit: MOST_JSON_BYTES,
    requestTimeout: LONGEST_REQUEST_MS,
    forceCloseConnections: true,
    exposeHeadRoutes: false,
    trustProxy: parts.edge.trustedProxies.length > 0 && [...parts.edge.trustedProxies],
    routerOptions: { maxParamLength: LONGEST_PARAMETER },
    frameworkErrors: (error, request, reply: FastifyReply) => {
      const { status, body } = errorAnswer(error, parts, request);
      return reply.status(status).send(body);
    },
  });
  server.setValidatorCompiler(validatorCompiler);
  server.setSerializerCompiler(() => (data) => JSON.stringify(data));
  answerErrors(server, parts);
  await server.register(helmet, SECURITY);
  await server.register(cookie);
  await limitRate(server);
  await registerDocument(server, parts.platform.version);
  acceptZips(server);
  acceptTexts(server);
  refuseDeepBodies(server);
  refuseRoutesWithoutPermission(server);
  registerRoutes(server, parts);
  await serveWeb(server, parts);
  return server;
}

/** Listens, and resolves to where. */
export async function serve(
  server: FastifyInstance,
  where: { readonly host: string; readonly port: number },
): Promise<string> {
  await server.listen(where);
  const [listening] = server.addresses();
  const { address, port } = typeof listening === 'object' ? listening : { address: where.host, port: where.port };
  return `http://${address.includes(':') ? `[${address}]` : address}:${port}`;
}

function answerErrors(server: FastifyInstance, parts: ApiParts): void {
  server.setErrorHandler((error, request, reply) => {
    sayWhenAgain(reply, error);
    const { status, body } = errorAnswer(error, parts, request);
    return reply.status(status).send(body);
  });
  server.setNotFoundHandler((request, reply) => sendOther(parts, request, reply));
}

/** For all routes, those included that are not there, and before anybody is asked who they are. */
async function limitRate(server: FastifyInstance): Promise<void> {
  const errorResponseBuilder = (_: unknown, { max, after }: errorResponseBuilderContext) => tooMany(max, after);
  const keyGenerator = (request: FastifyRequest) => clientOf(request).address;
  // What another process hands on was counted there.
  await server.register(rateLimit, {
    ...{ ...RATE, global: false, errorResponseBuilder, keyGenerator },
    allowList: (request: FastifyRequest) => isHandedOn(request),
  });
  server.addHook('onRequest', server.rateLimit());
}

function tooMany(limit: number, retryAfter: string): BerthError {
  return new BerthError('request.too-many', { limit, window: 'a minute', retryAfter });
}

async function registerDocument(server: FastifyInstance, version: string): Promise<void> {
  const components = {
    securitySchemes: {
      token: { type: 'http', scheme: 'bearer' },
      session: { type: 'apiKey', in: 'cookie', name: 'berth_session' },
    },
  } as const;
  const info = { title: 'Berth', version, description: 'Runs applications on your own machines.' };
  await server.register(fastifySwagger, {
    openapi: { openapi: '3.1.0', info, components, security: [{ token: [] }, { session: [] }] },
    transform: documentTransform,
    transformObject: wholeDocument,
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

/** They arrive as bytes: who reads them tells of what is wrong with them. */
function acceptTexts(server: FastifyInstance): void {
  for (const [type, bodyLimit] of Object.entries(TEXT_TYPES))
    server.addContentTypeParser(type, { parseAs: 'buffer', bodyLimit }, (_request, body, done) => done(null, body));
}

/** Before anything looks into a body. */
function refuseDeepBodies(server: FastifyInstance): void {
  server.addHook('preValidation', async ({ body, raw }) => {
    if (body !== raw && isTooDeep(body))
      throw new BerthError('request.invalid', { detail: `The body is nested more than ${DEEPEST} deep.` });
  });
}

function refuseRoutesWithoutPermission(server: FastifyInstance): void {
  server.addHook('onRoute', ({ config, method, url }) => {
    if (!config?.permission) throw new Error(`${String(method)} ${url} declares no permission`);
  });
}

function registerRoutes(server: FastifyInstance, parts: ApiParts): void {
  const streams = new OpenStreams();
  const feed = new EventFeed(parts.store, parts.clock);
  server.addHook('preClose', async () => {
    await streams.end(parts.clock);
    feed.close();
  });
  const handlers: Handlers = {
    ...platformHandlers(parts),
    ...applicationHandlers(parts),
    ...instanceHandlers(parts),
    ...scheduleHandlers(parts),
    ...calendarHandlers(parts),
    ...jobHandlers(parts),
    ...logHandlers(parts),
    ...nodeHandlers(parts),
    ...serverHandlers(parts),
    ...sensorHandlers(parts),
    ...readingHandlers(parts),
    ...actionHandlers(parts),
    ...accountHandlers(parts),
    ...auditHandlers(parts),
    ...secretHandlers(parts),
    ...backupHandlers(parts),
    ...monitoringHandlers(parts),
    ...consoleHandlers(parts),
    ...eventHandlers(parts, feed),
  };
  for (const [name, route] of Object.entries(ROUTES) as [RouteName, Route][]) {
    const named = { name, route, handle: handlers[name] as never };
    if (route.body === 'reading') registerForDevices(server, { ...parts, streams }, named);
    else registerRoute(server, { ...parts, streams }, named);
  }
}

/** What a device sends arrives as bytes, whatever it calls them: simple ones cannot say what they send. */
function registerForDevices(server: FastifyInstance, parts: RouteParts, named: NamedRoute): void {
  server.register(async (scope) => {
    scope.removeAllContentTypeParsers();
    const options = { parseAs: 'buffer', bodyLimit: MOST_READING_BYTES } as const;
    scope.addContentTypeParser('*', options, (_request, body, done) => done(null, body));
    registerRoute(scope, parts, named);
  });
}

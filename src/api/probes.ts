// What monitoring systems ask of a process: whether it lives, whether it can serve, and its metrics. Added to a server before it listens.
import type { FastifyInstance } from 'fastify';
import type { MetricsPage } from '../ports/metrics.ts';
import { type AuthenticationParts, authenticate, authorise } from './authentication.ts';
import type { Endpoint } from './contract/endpoint.ts';

/** Something that keeps a process from serving. No secrets: everybody may ask. */
export interface ReadinessProblem {
  /** One word: `store`, `engine`, `start`. */
  readonly part: string;
  readonly text: string;
}

/** A request that was answered. */
export interface AnsweredRequest {
  readonly method: string;
  /** The pattern of its path; `unknown` for what is no route. */
  readonly route: string;
  readonly status: number;
  readonly tookMs: number;
}

/** What a process tells of itself. */
export interface Probes {
  readonly metrics: () => Promise<MetricsPage>;
  /** Empty: it can serve. */
  readonly problems: () => Promise<readonly ReadinessProblem[]>;
  readonly answered: (request: AnsweredRequest) => void;
}

const METRICS: Endpoint = {
  method: 'GET',
  path: '/metrics',
  permission: 'metrics:read',
  summary: 'Metrics in the text format of Prometheus',
};

const PUBLIC = { config: { permission: 'public' }, schema: { hide: true } } as const;

/** Adds the routes to a server, and has each of its answers measured. */
export function addProbes(server: FastifyInstance, parts: AuthenticationParts, probes: Probes): void {
  server.addHook('onResponse', async (request, reply) => {
    const { method, routeOptions } = request;
    const route = routeOptions.url ?? 'unknown';
    probes.answered({ method, route, status: reply.statusCode, tookMs: reply.elapsedTime });
  });
  server.get('/health/live', PUBLIC, async () => ({ status: 'alive' }));
  server.get('/health/ready', PUBLIC, async (_, reply) => {
    const problems = await probes.problems();
    reply.status(problems.length === 0 ? 200 : 503);
    return { status: problems.length === 0 ? 'ready' : 'not ready', problems };
  });
  server.route({
    method: 'GET',
    url: METRICS.path,
    config: { permission: METRICS.permission },
    schema: { hide: true },
    onRequest: async (request) => {
      request.caller = await authenticate(parts, METRICS, request);
      await authorise(parts, METRICS, request.caller, {});
    },
    handler: async (_, reply) => {
      const { contentType, text } = await probes.metrics();
      // Bytes: a text would be made JSON of.
      return reply.header('content-type', contentType).send(Buffer.from(text));
    },
  });
}

// What clients ask over a message topic: the operations of the API, with the same tokens, permissions and audit, and answers on another topic.
// A request that changes something is written down under its id before it is done, so that one that comes twice is done once.
import { createHash } from 'node:crypto';
import type { FastifyInstance } from 'fastify';
import { BerthError } from '../model/errors.ts';
import type { ClientRequest } from '../model/message.ts';
import { shardOf } from '../model/shard.ts';
import type { TopicRequest } from '../model/topic-request.ts';
import type { Bus, Leave } from '../ports/bus.ts';
import type { Clock } from '../ports/clock.ts';
import type { Log } from '../ports/log.ts';
import { type Store, StoreConflict } from '../ports/store.ts';
import { callPath } from './contract/call-path.ts';
import type { Route } from './contract/route.ts';
import { ROUTES } from './contract/routes.ts';
import { replyParts, type TopicAnswer } from './topic-answer.ts';

/** What requests over topics need. */
export interface TopicRequestParts {
  readonly store: Store;
  readonly bus: Pick<Bus, 'subscribe' | 'publish'>;
  readonly clock: Clock;
  readonly log: Log;
  /** The API itself. */
  readonly server: Pick<FastifyInstance, 'inject'>;
}

/** Answers to requests that change something are kept, to be given again, if they are no longer. */
const MOST_KEPT_BYTES = 64 * 1024;
/** Bodies that are JSON. */
const JSON_BODIES: ReadonlySet<unknown> = new Set(['instance-file', 'sensor-file']);

/** Answers requests until the returned function is called. */
export function serveTopicRequests(parts: TopicRequestParts): Promise<Leave> {
  return parts.bus.subscribe('berth.client.requests', 'api', async ({ message }) => {
    await acknowledge(parts, message);
    const answer = await answerOf(parts, message).catch((error: unknown) => asAnswer(error));
    for (const reply of replyParts(message.id, answer, parts.clock.now()))
      await parts.bus.publish('berth.client.replies', message.id, reply);
  });
}

/** The part before the first: it is taken in. */
function acknowledge({ bus, clock }: TopicRequestParts, { id }: ClientRequest): Promise<void> {
  const part = { request: id, status: 202, body: null, part: 0, isLast: false, at: clock.now() };
  return bus.publish('berth.client.replies', id, part);
}

async function answerOf(parts: TopicRequestParts, request: ClientRequest): Promise<TopicAnswer> {
  const route = routeOf(request);
  if (route.method === 'GET') return asked(parts, route, request);
  const taken = await take(parts, request);
  if (taken.answer !== null && taken.status !== null)
    return { status: taken.status, type: 'application/json', bytes: Buffer.from(taken.answer) };
  const answer = await asked(parts, route, request);
  await keep(parts, taken.id, answer);
  return answer;
}

function routeOf({ call }: ClientRequest): Route {
  const route = Object.hasOwn(ROUTES, call) ? (ROUTES[call as keyof typeof ROUTES] as Route) : undefined;
  if (!route) throw new BerthError('bus.call-unfit', { call, detail: 'there is no such operation' });
  if (route.permission === 'public' || route.permission === 'device')
    throw new BerthError('bus.call-unfit', { call, detail: 'it is not asked with a token' });
  if (route.answer === 'stream') throw new BerthError('bus.call-unfit', { call, detail: 'it never ends' });
  if (typeof route.body === 'string' && !JSON_BODIES.has(route.body))
    throw new BerthError('bus.call-unfit', { call, detail: 'what it takes is not JSON' });
  return route;
}

async function asked({ server }: TopicRequestParts, route: Route, request: ClientRequest): Promise<TopicAnswer> {
  const { id, token, params = {}, query = {}, body } = request;
  const { statusCode, headers, rawPayload } = await server.inject({
    method: route.method,
    url: callPath(route, { params, query }),
    headers: {
      authorization: `Bearer ${token}`,
      'user-agent': 'a client over a topic',
      'idempotency-key': id,
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { payload: JSON.stringify(body) }),
  });
  return { status: statusCode, type: String(headers['content-type'] ?? ''), bytes: rawPayload };
}

/** Writes the request down, or finds that it was. @throws bus.request-reused */
async function take({ store, clock }: TopicRequestParts, request: ClientRequest): Promise<TopicRequest> {
  const { token, id: given, call, params = {}, query = {}, body = null } = request;
  const id = digest([token, given]);
  const doc: TopicRequest = {
    ...{ id, request: given, call, digest: digest([call, params, query, body]), takenAt: clock.now() },
    ...{ state: 'taken', status: null, answer: null, shard: shardOf(id), nextAt: null },
  };
  try {
    return (await store.create('topicRequest', doc)).doc;
  } catch (error) {
    const present = error instanceof StoreConflict ? await store.get('topicRequest', id) : undefined;
    if (!present) throw error;
    if (present.doc.digest !== doc.digest) throw new BerthError('bus.request-reused', { request: given });
    return present.doc;
  }
}

/** That the answer cannot be kept is no failure of the request: it is done, and would be done again in the same way. */
async function keep({ store, log }: TopicRequestParts, id: string, answer: TopicAnswer): Promise<void> {
  if (answer.bytes.length > MOST_KEPT_BYTES || answer.status >= 500) return;
  try {
    const stored = await store.get('topicRequest', id);
    if (!stored) return;
    const text = answer.bytes.toString('utf8');
    const doc: TopicRequest = { ...stored.doc, state: 'answered', status: answer.status, answer: text };
    await store.update('topicRequest', doc, stored.version);
  } catch (error) {
    log.warn('The answer to a request over a topic could not be kept', { request: id, error });
  }
}

function asAnswer(error: unknown): TopicAnswer {
  if (!(error instanceof BerthError) || error.retryable) throw error;
  const { code, message, remedy, status, problems } = error;
  const body = { error: { code, message, remedy, problems } };
  return { status, type: 'application/json', bytes: Buffer.from(JSON.stringify(body)) };
}

function digest(what: readonly unknown[]): string {
  return createHash('sha256').update(JSON.stringify(what)).digest('hex');
}

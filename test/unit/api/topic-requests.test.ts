// What programs outside ask over a topic: the same operations, with the same tokens, permissions and errors as over HTTP.
import { expect, onTestFinished, test } from 'vitest';
import { MemoryBus } from '../../../src/adapters/memory-bus/memory-bus.ts';
import { serveTopicRequests } from '../../../src/api/topic-requests.ts';
import type { ClientReply, ClientRequest } from '../../../src/model/message.ts';
import { until } from '../../world/until.ts';
import { type AccessWorld, openAccessWorld } from './access-world.ts';
import { call } from './api-world.ts';
import { NAMED } from './route-calls.ts';

interface TopicWorld extends Omit<AccessWorld, 'ask'> {
  /** Sends a request, and gives all parts of its answer. */
  ask(request: Partial<ClientRequest> & Pick<ClientRequest, 'id' | 'call'>): Promise<readonly ClientReply[]>;
}

async function openTopics(): Promise<TopicWorld> {
  const world = await openAccessWorld();
  const { store, clock, log } = world.parts;
  const bus = new MemoryBus({ clock, log, limit: 1000, backoff: { firstMs: 10, maxMs: 100 } });
  onTestFinished(() => bus.close());
  const replies: ClientReply[] = [];
  await bus.follow('berth.client.replies', async ({ message }) => void replies.push(message));
  await serveTopicRequests({ store, bus, clock, log, server: world.server });
  const ask: TopicWorld['ask'] = async (request) => {
    const before = replies.length;
    await bus.publish('berth.client.requests', request.id, { token: world.token, ...request });
    const mine = () => replies.slice(before).filter(({ request: id }) => id === request.id);
    await until('the last part', 10_000, () => mine().some(({ isLast }) => isLast) || undefined);
    return mine();
  };
  return { ...world, ask };
}

const last = (replies: readonly ClientReply[]) => replies.at(-1) as ClientReply;

test('a request is acknowledged, done, and answered; sent again it is the same job', async () => {
  const world = await openTopics();
  const { items: before } = await call(world, 'listJobs');
  const request = { id: 'r1', call: 'runInstance', params: { instance: NAMED.instance } };
  const [acknowledged, answered] = await world.ask(request);
  expect(acknowledged).toMatchObject({ status: 202, part: 0, isLast: false });
  expect(answered).toMatchObject({ status: 200, part: 1, isLast: true });
  expect(last(await world.ask(request)).body).toEqual(answered?.body);
  const { items: after } = await call(world, 'listJobs');
  expect(after.length).toBe(before.length + 1);
});

test('one whose answer was never kept is done again as the same job', async () => {
  const world = await openTopics();
  const request = { id: 'r2', call: 'runInstance', params: { instance: NAMED.instance } };
  const first = last(await world.ask(request)).body as { id: string };
  // As after a crash between doing it and writing that down.
  for (const { doc, version } of (await world.parts.store.list('topicRequest', { orderBy: 'takenAt', limit: 10 }))
    .items)
    await world.parts.store.update('topicRequest', { ...doc, state: 'taken', status: null, answer: null }, version);
  expect(last(await world.ask(request)).body).toMatchObject({ id: first.id });
});

test('status, log and output are answered too', async () => {
  const world = await openTopics();
  const { job, task } = world.names;
  expect(last(await world.ask({ id: 's', call: 'showJob', params: { job } }))).toMatchObject({
    status: 200,
    body: { id: job },
  });
  expect(last(await world.ask({ id: 'l', call: 'readLog', params: { subject: task } })).status).toBe(200);
  expect(last(await world.ask({ id: 'o', call: 'listOutputs', params: { job } }))).toMatchObject({ status: 200 });
});

test.each([
  ['an unknown token', { call: 'listJobs', token: 'berth_nobody' }, 401, 'account.token-refused'],
  ['an operation that there is not', { call: 'toString' }, 400, 'bus.call-unfit'],
  ['a stream', { call: 'followEvents' }, 400, 'bus.call-unfit'],
  ['an upload', { call: 'pushPackage' }, 400, 'bus.call-unfit'],
  ['a sign-in', { call: 'signIn', body: { name: 'a', password: 'b' } }, 400, 'bus.call-unfit'],
  ['a job that there is not', { call: 'showJob', params: { job: 'none' } }, 404, 'request.not-found'],
])('%s is refused as over HTTP', async (_, request, status, code) => {
  const world = await openTopics();
  const { status: found, body } = last(await world.ask({ id: 'x', ...request }));
  expect({ found, body }).toMatchObject({ found: status, body: { error: { code } } });
});

test('an id that was used for something else is refused, and nothing is done', async () => {
  const world = await openTopics();
  const { instance } = NAMED;
  const { job } = world.names;
  await world.ask({ id: 'same', call: 'runInstance', params: { instance } });
  const { items: before } = await call(world, 'listJobs');
  const reused = last(await world.ask({ id: 'same', call: 'rerunJob', params: { job } }));
  expect(reused).toMatchObject({ status: 409, body: { error: { code: 'bus.request-reused' } } });
  expect((await call(world, 'listJobs')).items.length).toBe(before.length);
});

test('the token of a request is kept nowhere', async () => {
  const world = await openTopics();
  await world.ask({ id: 'secret', call: 'runInstance', params: { instance: NAMED.instance } });
  const kept = await world.parts.store.list('topicRequest', { orderBy: 'takenAt', limit: 10 });
  expect(kept.items.length).toBe(1);
  expect(JSON.stringify(kept.items)).not.toContain(world.token);
});

import { once } from 'node:events';
import { createServer } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import type { WatchedStore } from '../../../src/engine/watched-store.ts';
import type { Task } from '../../../src/model/task.ts';
import { aJob, aSpec, aTask } from '../../builders/jobs.ts';
import { aJobStatus } from './a-job-status.ts';
import { ask, changeTask, described, putRecord, sdkWorld, throughRelay } from './sdk-world.ts';

const LEASE = { method: 'POST', path: '/sdk/v1/lease' };
const DESIRED = { method: 'GET', path: '/sdk/v1/desired?known=' };

async function exactlyOneWorld(port = 1) {
  const world = await sdkWorld(port, { exactlyOne: true });
  await world.store.create('jobStatus', aJobStatus(world.task));
  return world;
}

async function nameSuccessor(store: WatchedStore, task: Task): Promise<void> {
  const table = await store.get('jobStatus', task.job);
  const next = aTask(aJob({ id: task.job, spec: aSpec({ exactlyOne: true }) }), task.slot, task.attempt + 1, 'm');
  if (table) await store.update('jobStatus', aJobStatus(next), table.version);
}

test('a launcher gets its lease once it is durable, and a later one when it asks again', async () => {
  const { store, clock, task, socketPath, token } = await exactlyOneWorld();
  const askedAt = clock.now();
  expect(await ask(socketPath, token, LEASE)).toEqual({ status: 200, text: '{"leaseMs":6000}' });
  const first = (await store.get('lease', task.id))?.doc;
  expect(first).toMatchObject({ id: task.id, isRevoked: false });
  expect(first?.untilAt).toBeGreaterThanOrEqual(askedAt + 6000);
  await ask(socketPath, token, LEASE);
  expect((await store.get('lease', task.id))?.doc.untilAt).toBeGreaterThan(first?.untilAt ?? 0);
});

test('a lease that was revoked is refused with its reason', async () => {
  const { store, task, socketPath, token } = await exactlyOneWorld();
  await store.create('lease', { id: task.id, untilAt: 1, isRevoked: true });
  const { status, text } = await ask(socketPath, token, LEASE);
  expect([status, JSON.parse(text).code]).toEqual([409, 'sdk.lease-refused']);
  expect(JSON.parse(text).message).toContain('its lease was revoked');
  expect((await store.get('lease', task.id))?.doc).toEqual({ id: task.id, untilAt: 1, isRevoked: true });
});

test('a task that is to stop gets no further lease', async () => {
  const { store, task, socketPath, token } = await exactlyOneWorld();
  await changeTask(store, task.id, { stop: { reason: 'a person asked', at: 5000 } });
  expect(await ask(socketPath, token, LEASE)).toMatchObject({ status: 409 });
});

test('a task whose slot has a successor may tell what happened, and nothing else', async () => {
  const { store, task, socketPath, token } = await exactlyOneWorld();
  expect(await ask(socketPath, token, DESIRED)).toMatchObject({ status: 200 });
  await nameSuccessor(store, task);
  const refused = await ask(socketPath, token, DESIRED);
  expect([refused.status, JSON.parse(refused.text).code]).toEqual([409, 'sdk.fenced']);
  expect((await throughRelay(socketPath, token, '127.0.0.1:1')).status).toBe(409);
  expect(await ask(socketPath, token, LEASE)).toMatchObject({ status: 409 });
  expect(await putRecord(socketPath, token, '0001-7-1', described('text'), 'before')).toMatchObject({ status: 200 });
});

test('a connection that a task has through the relay is cut when its slot gets a successor', async () => {
  const server = createServer((socket) => void socket.on('error', () => {}).resume());
  onTestFinished(() => void server.close());
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  const { store, task, socketPath, token } = await exactlyOneWorld(port);
  const { status, socket } = await throughRelay(socketPath, token, `127.0.0.1:${port}`);
  expect(status).toBe(200);
  const closed = once(socket.resume(), 'end');
  await nameSuccessor(store, task);
  await closed;
});

test('an ordinary task is not held to its slot', async () => {
  const { store, task, socketPath, token } = await sdkWorld();
  await store.create('jobStatus', aJobStatus(task));
  await nameSuccessor(store, task);
  expect(await ask(socketPath, token, DESIRED)).toMatchObject({ status: 200 });
});

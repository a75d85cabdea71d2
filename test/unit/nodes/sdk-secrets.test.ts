// The route of the SDK endpoint for secrets, over a real socket.
import { expect, test } from 'vitest';
import { aJobStatus } from './a-job-status.ts';
import { ask, changeTask, sdkWorld } from './sdk-world.ts';

const SECRETS = { method: 'GET', path: '/sdk/v1/secrets?known=e%201' };

test('a task is given its secrets, or nothing when nothing differs from what it knows', async () => {
  const world = await sdkWorld();
  world.secrets.answer = { etag: 'e 2', secrets: [{ name: 'db', value: 'ü' }], missing: [] };
  const { status, text } = await ask(world.socketPath, world.token, SECRETS);
  expect([status, JSON.parse(text)]).toEqual([200, world.secrets.answer]);
  world.secrets.answer = undefined;
  expect(await ask(world.socketPath, world.token, SECRETS)).toEqual({ status: 204, text: '' });
  expect(world.secrets.asked).toEqual([`${world.task.id} knows e 1`, `${world.task.id} knows e 1`]);
});

test.each([
  ['PUT', '/sdk/v1/secrets'],
  ['GET', '/sdk/v1/secrets/db'],
])('%s %s is no route', async (method, path) => {
  const world = await sdkWorld();
  expect((await ask(world.socketPath, world.token, { method, path })).status).toBe(404);
  expect(world.secrets.asked).toEqual([]);
});

test('nobody gets anything with another token, from another node, or for a task whose slot was given away', async () => {
  const world = await sdkWorld(1, { exactlyOne: true });
  const { task, store } = world;
  expect((await ask(world.socketPath, `${world.token}x`, SECRETS)).status).toBe(401);
  expect((await ask(await world.socketOf('elsewhere'), world.token, SECRETS)).status).toBe(403);
  await store.create('jobStatus', aJobStatus({ ...task, id: `${task.job}.0.2`, attempt: 2 }));
  expect((await ask(world.socketPath, world.token, SECRETS)).status).toBe(409);
  await changeTask(store, task.id, { node: 'elsewhere' });
  expect(world.secrets.asked).toEqual([]);
});

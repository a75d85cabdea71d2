// A live stream shows what its listener may see now, and ends with the right to it.
import { expect, it } from 'vitest';
import { makeToken } from '../../../src/accounts/token-requests.ts';
import type { User } from '../../../src/model/account.ts';
import { ManualClock } from '../engine/manual-clock.ts';
import { type ApiWorld, openApi } from './api-world.ts';
import { openStream, type Received } from './sse-client.ts';

const ROUND_MS = 10_000;

interface StreamWorld extends ApiWorld {
  readonly url: string;
  readonly clock: ManualClock;
  changeUser(over: Partial<User>): Promise<void>;
  /** Something happens to an application; null: to the platform. */
  happens(text: string, application: string | null): Promise<void>;
}

/** A world with one person, a user of the project alpha, and an application in alpha and in beta. */
async function openWorld(): Promise<StreamWorld & { readonly token: string }> {
  const clock = new ManualClock();
  const world = await openApi({ clock });
  const url = await world.server.listen({ host: '127.0.0.1', port: 0 });
  const { store, random, recordEvent } = world.parts;
  const person = { displayName: 'Ana', email: null, mailsNotices: false, createdAt: 0 };
  await store.create('user', { id: 'ana', ...person, memberships: { alpha: 'user' } });
  for (const project of ['alpha', 'beta'])
    await store.create('application', {
      ...{ id: `${project}-app`, description: '', project, currentPackage: 'none', createdAt: 0, updatedAt: 0 },
    });
  const { token, doc } = makeToken(
    { clock, random },
    { name: 'ana', permissions: ['*'], user: 'ana', expiresAt: null },
  );
  await store.create('token', doc);
  const changeUser = async (over: Partial<User>) => {
    const stored = await store.get('user', 'ana');
    if (stored) await store.update('user', { ...stored.doc, ...over }, stored.version);
  };
  const happens = (text: string, application: string | null) =>
    recordEvent({ kind: 'x', subject: 'x:y', application, text });
  return { ...world, token, url, clock, changeUser, happens };
}

async function next(stream: { readonly messages: AsyncGenerator<Received> }) {
  const { value, done } = await stream.messages.next();
  if (done) return 'the end';
  const { text, error } = value.data as { readonly text?: string; readonly error?: { readonly code: string } };
  return text ?? error?.code;
}

/** Lets rounds of judging pass until the stream has ended with a refusal: what is read in between takes its time. */
async function refusalOf(world: StreamWorld, stream: { readonly messages: AsyncGenerator<Received> }) {
  let ended: unknown;
  const refusal = next(stream).then((code) => {
    ended = code;
  });
  for (let rounds = 0; ended === undefined && rounds < 200; rounds++) {
    await world.clock.advance(ROUND_MS);
    await Promise.race([refusal, new Promise((resolve) => setImmediate(resolve))]);
  }
  return ended;
}

it('shows events of one’s own projects, of none else, and of the platform to those who see all', async () => {
  const world = await openWorld();
  const mine = await openStream(world, `${world.url}/api/v1/events/follow`);
  const all = await openStream({ token: await world.tokenFor('events:read') }, `${world.url}/api/v1/events/follow`);
  await world.happens('beta', 'beta-app');
  await world.happens('platform', null);
  await world.happens('gone', 'gone-app');
  await world.happens('alpha', 'alpha-app');
  expect(await next(mine)).toBe('alpha');
  expect([await next(all), await next(all), await next(all), await next(all)]).toEqual([
    ...['beta', 'platform', 'gone', 'alpha'],
  ]);
  mine.leave();
  all.leave();
});

it('shows what the listener may see after their role changed', async () => {
  const world = await openWorld();
  const stream = await openStream(world, `${world.url}/api/v1/events/follow`);
  await world.changeUser({ memberships: { beta: 'user' } });
  let seen: unknown;
  const first = next(stream).then((text) => {
    seen = text;
  });
  for (let rounds = 0; seen === undefined && rounds < 200; rounds++) {
    await world.clock.advance(ROUND_MS);
    await world.happens('beta', 'beta-app');
    await Promise.race([first, new Promise((resolve) => setImmediate(resolve))]);
  }
  expect(seen).toBe('beta');
  stream.leave();
});

it.each<[string, (world: StreamWorld) => Promise<void>, string]>([
  ['the role was taken away', (world) => world.changeUser({ memberships: {} }), 'account.not-allowed'],
  ['the person may not sign in any more', (world) => world.changeUser({ disabled: true }), 'account.token-refused'],
  [
    'the token was revoked',
    async ({ parts: { store } }) => {
      for (const { doc, version } of (
        await store.list('token', { where: { user: 'ana' }, orderBy: 'createdAt', limit: 9 })
      ).items)
        await store.delete('token', doc.id, version);
    },
    'account.token-refused',
  ],
])('ends when %s', async (_, change, code) => {
  const world = await openWorld();
  const stream = await openStream(world, `${world.url}/api/v1/events/follow`);
  expect(stream.status).toBe(200);
  await change(world);
  expect(await refusalOf(world, stream)).toBe(code);
  expect(await next(stream)).toBe('the end');
});

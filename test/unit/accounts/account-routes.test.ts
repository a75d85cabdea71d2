// Accounts over HTTP: cookies that are set and taken away, limited tokens that change nothing, answers that tell nothing.
import type { LightMyRequestResponse } from 'fastify';
import { describe, expect, it } from 'vitest';
import { claimLink } from '../../../src/accounts/claim-requests.ts';
import { inviteUser } from '../../../src/accounts/invitation-requests.ts';
import { makeToken } from '../../../src/accounts/token-requests.ts';
import { addUser } from '../../../src/accounts/user-requests.ts';
import { ACCOUNT_ROUTES } from '../../../src/api/contract/account-routes.ts';
import { PLATFORM_PERMISSIONS, PROJECT_PERMISSIONS } from '../../../src/model/permission.ts';
import { type ApiWorld, call, callRaw, openApi, refused } from '../api/api-world.ts';
import { PASSWORD, secretIn } from './accounts-world.ts';

type AccountRoute = keyof typeof ACCOUNT_ROUTES;

/** A browser: keeps the cookie that it is given, and says that it is the console. */
function browserOf(world: ApiWorld) {
  let cookie: string | undefined;
  const send = async (method: 'GET' | 'POST' | 'PUT' | 'DELETE', path: string, body?: object) => {
    const response: LightMyRequestResponse = await world.server.inject({
      ...{ method, url: `/api/v1/${path}` },
      headers: { 'berth-console': '1', 'user-agent': 'a browser', ...(cookie ? { cookie } : {}) },
      ...(body ? { payload: body } : {}),
    });
    const [given] = [response.headers['set-cookie'] ?? []].flat();
    if (given !== undefined) cookie = given.split(';', 1)[0];
    return { status: response.statusCode, body: response.json(), setCookie: given };
  };
  return { send, cookie: () => cookie };
}

async function claimedBy(world: ApiWorld) {
  const browser = browserOf(world);
  const secret = secretIn(await claimLink(world.parts.accounts));
  const of = { secret, name: 'root', displayName: 'The Root', password: PASSWORD };
  return { browser, answer: await browser.send('POST', 'claim', of) };
}

describe('a browser', () => {
  it('claims the platform once, and is signed in', async () => {
    const world = await openApi();
    expect(await call(world, 'door', { token: null })).toEqual({ claimed: false, mail: false, version: '0.1.0' });
    const { browser, answer } = await claimedBy(world);
    expect(answer).toMatchObject({ status: 200, body: { name: 'root', administrator: true, by: 'session' } });
    expect(answer.setCookie).toMatch(
      /^berth_session=session_[^;]+; Path=\/; Expires=[^;]+; HttpOnly; SameSite=Strict$/,
    );
    expect(JSON.stringify(answer.body)).not.toContain('session_');
    expect(await call(world, 'door', { token: null })).toMatchObject({ claimed: true });
    expect((await browser.send('GET', 'me')).body).toMatchObject({ user: 'root', access: { everywhere: ['*'] } });
  });

  it('signs in and out; then its cookie counts no more', async () => {
    const world = await openApi();
    await claimedBy(world);
    const browser = browserOf(world);
    expect((await browser.send('POST', 'sessions', { name: 'root', password: 'wrong' })).body.error).toMatchObject({
      code: 'account.sign-in-refused',
    });
    await browser.send('POST', 'sessions', { name: 'root', password: PASSWORD });
    const before = browser.cookie() ?? '';
    const sessions = (await browser.send('GET', 'me/sessions')).body.items;
    expect(sessions.map(({ current, agent }: { current: boolean; agent: string }) => [current, agent])).toEqual([
      [false, 'a browser'],
      [true, 'a browser'],
    ]);
    const out = await browser.send('DELETE', 'session');
    expect(out).toMatchObject({ status: 200, body: { ended: 1 }, setCookie: expect.stringContaining('1970') });
    const again = await world.server.inject({ method: 'GET', url: '/api/v1/me', headers: { cookie: before } });
    expect(again.json().error.code).toBe('account.session-ended');
  });

  it('changes what is known of its person, their password, their tokens and sessions', async () => {
    const world = await openApi();
    const { browser } = await claimedBy(world);
    const changed = await browser.send('PUT', 'me', { displayName: 'R.', email: 'r@example.org', mailsNotices: true });
    expect(changed.body).toMatchObject({ displayName: 'R.', email: 'r@example.org', mailsNotices: true });
    const other = browserOf(world);
    await other.send('POST', 'sessions', { name: 'root', password: PASSWORD });
    const passwords = { old: PASSWORD, new: 'cedar window anthem' };
    expect((await browser.send('PUT', 'me/password', passwords)).body).toEqual({ ended: 1 });
    expect((await other.send('GET', 'me')).status).toBe(401);
    const made = await browser.send('POST', 'me/tokens', {
      name: 'ci',
      permissions: ['jobs:read'],
      expiresInMs: 60_000,
    });
    expect(made.body).toMatchObject({ token: expect.stringMatching(/^berth_/), user: 'root', projects: null });
    const listed = (await browser.send('GET', 'me/tokens')).body.items;
    expect(listed).toMatchObject([{ id: made.body.id, name: 'ci', usedAt: null }]);
    expect(JSON.stringify(listed)).not.toMatch(/hash|berth_/);
    expect((await browser.send('DELETE', `me/tokens/${made.body.id}`)).body).toEqual({ removed: made.body.id });
    const [{ id }] = (await browser.send('GET', 'me/sessions')).body.items;
    expect((await browser.send('DELETE', `me/sessions/${id}`)).body).toEqual({ ended: 1 });
    expect((await browser.send('GET', 'me')).status).toBe(401);
  });

  it('of a person with a role sees their projects, and no routes of administrators', async () => {
    const world = await openApi();
    const { accounts } = world.parts;
    const details = {
      displayName: 'Ana',
      email: null,
      mailsNotices: false,
      memberships: { default: 'developer' },
    } as const;
    await addUser(accounts, 'ana', details);
    const browser = browserOf(world);
    const { link } = await inviteUser(accounts, 'ana', 'link');
    const look = await browser.send('POST', 'invitations/look', { secret: secretIn(link) });
    expect(look.body).toMatchObject({ purpose: 'invite', user: 'ana', displayName: 'Ana' });
    await browser.send('POST', 'invitations/accept', { secret: secretIn(link), password: PASSWORD });
    expect((await browser.send('GET', 'projects')).body.items).toMatchObject([{ name: 'default' }]);
    const access = { administrator: true };
    for (const [method, path, body] of [
      ['GET', 'users'],
      ['GET', 'tokens'],
      ['PUT', 'users/ana/access', access],
      ['POST', 'users/ana/invitation', {}],
      ['POST', 'tokens', { name: 'x', permissions: ['*'], expiresInMs: null }],
      ['POST', 'projects', { name: 'x' }],
    ] as const) {
      expect((await browser.send(method, path, body)).body.error, path).toMatchObject({ code: 'account.not-allowed' });
    }
  });
});

/** Bodies that fit. */
const BODIES: Partial<Record<AccountRoute, object>> = {
  changeMe: { displayName: 'x' },
  changePassword: { old: 'x', new: PASSWORD },
  makeMyToken: { name: 'x', permissions: ['*'], expiresInMs: null },
  addUser: { name: 'eve', administrator: true },
  changeUser: { email: 'eve@example.org' },
  inviteUser: { by: 'link' },
  setUserAccess: { administrator: true },
  makeToken: { name: 'x', permissions: ['*'], expiresInMs: null },
  addProject: { name: 'x' },
  changeProject: { description: 'x' },
  moveApplication: { project: 'default' },
};
const WRITES = (Object.keys(ACCOUNT_ROUTES) as AccountRoute[]).filter(
  (name) => ACCOUNT_ROUTES[name].method !== 'GET' && ACCOUNT_ROUTES[name].permission !== 'public' && name !== 'signOut',
);

it.each(WRITES)('a token that is limited, even to every permission there is, is refused: %s', async (name) => {
  const world = await openApi();
  await claimedBy(world);
  const limited = { name: 'limited', permissions: [...PROJECT_PERMISSIONS, ...PLATFORM_PERMISSIONS], expiresAt: null };
  const { token, doc } = makeToken(world.parts, { ...limited, user: 'root' });
  await world.parts.store.create('token', doc);
  const params = { user: 'root', project: 'default', application: 'x', session: 'x', token: 'x' };
  const refusal = await refused(world, name, { token, params, body: BODIES[name] });
  expect(refusal).toMatchObject({ status: 403, code: 'account.session-needed' });
});

it('an invitation needs no body: it is mailed, where it can be', async () => {
  const world = await openApi();
  await call(world, 'addUser', { body: { name: 'ana' } });
  expect(await call(world, 'inviteUser', { params: { user: 'ana' } })).toMatchObject({ mailed: false });
});

it('a token may revoke itself', async () => {
  const world = await openApi();
  await claimedBy(world);
  const own = { name: 'own', permissions: ['jobs:read'], user: 'root', expiresAt: null };
  const { token, doc } = makeToken(world.parts, own);
  await world.parts.store.create('token', doc);
  expect(await call(world, 'revokeMyToken', { token, params: { token: doc.id } })).toEqual({ removed: doc.id });
  expect((await refused(world, 'me', { token })).code).toBe('account.token-refused');
});

it('whoever asks for a new password learns nothing from the answer', async () => {
  const world = await openApi();
  await claimedBy(world);
  const answers = ['root', 'nobody', ''].map((name) => callRaw(world, 'askReset', { token: null, body: { name } }));
  const bodies = (await Promise.all(answers)).map(({ statusCode, body }) => `${statusCode} ${body}`);
  expect(new Set(bodies)).toEqual(new Set(['200 {"asked":true}']));
});

it('nothing that makes a session, a link or a token stands in the database or in events', async () => {
  const world = await openApi();
  const link = secretIn(await claimLink(world.parts.accounts));
  const browser = browserOf(world);
  const of = { secret: link, name: 'root', displayName: 'Root', password: PASSWORD };
  await browser.send('POST', 'claim', of);
  const { body } = await browser.send('POST', 'me/tokens', { name: 'x', permissions: ['*'], expiresInMs: null });
  const invited = await browser.send('POST', 'users/root/invitation', { by: 'link' });
  const secrets = [PASSWORD, link, browser.cookie()?.split('=')[1], body.token, secretIn(invited.body.link)];
  const kinds = ['user', 'password', 'session', 'invitation', 'token', 'event', 'auditEntry', 'auditOutcome'] as const;
  for (const kind of kinds) {
    const { items } = await world.parts.store.list(kind, { limit: 100 });
    const text = JSON.stringify(items);
    for (const secret of secrets) expect(text.includes(secret ?? 'none'), kind).toBe(false);
  }
});

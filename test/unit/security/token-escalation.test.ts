// Nobody makes more of what they have: not with a token, not with a session of somebody with a role, not by being given a link, and not
// with what they had before it was taken from them.
// Elsewhere: what a token gives for every narrowing (test/unit/accounts/access.test.ts), every route of accounts that writes refuses limited
// tokens (test/unit/accounts/account-routes.test.ts), owners who are disabled or removed (test/unit/accounts/tokens.test.ts).
import { describe, expect, it } from 'vitest';
import type { RouteName } from '../../../src/api/contract/endpoints.ts';
import { PLATFORM_PERMISSIONS, PROJECT_PERMISSIONS } from '../../../src/model/permission.ts';
import { type AccessWorld, type Credentials, openAccessWorld } from '../api/access-world.ts';
import { sendJson, sendRaw } from './raw-request.ts';

const EVERY = [...PROJECT_PERMISSIONS, ...PLATFORM_PERMISSIONS];
const ADMINISTRATOR = { administrator: true, memberships: {}, disabled: false };

async function write(world: AccessWorld, by: Credentials, [method, path, body]: readonly [string, string, object]) {
  const asked = { method, path: `/api/v1/${path}`, headers: by };
  const isBare = method === 'DELETE';
  const answered = isBare
    ? await sendRaw(world.url, asked)
    : await sendJson(world.url, { ...asked, json: JSON.stringify(body) });
  return { ...answered, body: JSON.parse(answered.text) as Record<string, unknown> };
}

/** What gives somebody more, were it done. */
const MAKERS: readonly (readonly [string, readonly [string, string, object]])[] = [
  ['a token of everything', ['POST', 'tokens', { name: 'x', permissions: ['*'], projects: null, expiresInMs: null }]],
  ['a token of one’s own', ['POST', 'me/tokens', { name: 'x', permissions: ['*'], projects: null, expiresInMs: null }]],
  ['the rights of an administrator', ['PUT', 'users/developer/access', ADMINISTRATOR]],
  [
    'a role in another project',
    ['PUT', 'users/developer/access', { ...ADMINISTRATOR, memberships: { beta: 'developer' } }],
  ],
  ['an administrator', ['POST', 'users', { name: 'mallory', administrator: true }]],
  ['a link for an administrator’s password', ['POST', 'users/admin/invitation', { by: 'link' }]],
  ['the application in one’s own project', ['PUT', 'applications/open-app/project', { project: 'alpha' }]],
  ['the end of everybody’s sessions', ['DELETE', 'users/admin/sessions', {}]],
  ['the end of an administrator', ['DELETE', 'users/admin', {}]],
  ['a backup', ['POST', 'backups', {}]],
];

/** Everything about rights that is kept. */
async function rights({ parts: { store } }: AccessWorld): Promise<string> {
  const kinds = ['user', 'token', 'invitation', 'project', 'application'] as const;
  const all = await Promise.all(kinds.map((kind) => store.list(kind, { limit: 1000 })));
  return JSON.stringify(
    all.flatMap(({ items }) => items.map(({ doc }) => ({ ...doc, usedAt: undefined, updatedAt: undefined }))),
  );
}

describe('somebody who is no administrator', () => {
  it.each(['developer', 'configurer', 'user', 'nobody'])('gets nothing more as a %s who is signed in', async (role) => {
    const world = await openAccessWorld();
    const by = await world.signIn(role);
    const before = await rights(world);
    for (const [what, call] of MAKERS.filter(([name]) => name !== 'a token of one’s own')) {
      const { status } = await write(world, by, call);
      expect([what, status === 403 || status === 404]).toEqual([what, true]);
    }
    expect(await rights(world)).toBe(before);
  });

  it('has a token of everything that one has, which is not everything', async () => {
    const world = await openAccessWorld();
    const by = await world.signIn('developer');
    const made = await write(world, by, [
      'POST',
      'me/tokens',
      { name: 'x', permissions: ['*'], projects: null, expiresInMs: null },
    ]);
    expect(made.status).toBe(200);
    const token = { authorization: `Bearer ${String(made.body.token)}` };
    const before = await rights(world);
    for (const [what, call] of MAKERS.filter(([name]) => name !== 'a token of one’s own'))
      expect([what, (await write(world, token, call)).status >= 403]).toEqual([what, true]);
    expect(await rights(world)).toBe(before);
    expect((await world.ask('showApplication', token, { application: 'open-app' })).status).toBe(404);
  });

  it.each([
    ['a permission that they have not', { permissions: ['users:write'], projects: null }],
    ['a permission among others that they have', { permissions: ['jobs:read', 'tokens:write'], projects: null }],
    ['another project', { permissions: ['jobs:read'], projects: ['beta'] }],
    ['a project that is not there', { permissions: ['jobs:read'], projects: ['nowhere'] }],
    ['another project among their own', { permissions: ['*'], projects: ['alpha', 'beta'] }],
  ])('makes no token for %s', async (_, wanted) => {
    const world = await openAccessWorld();
    const by = await world.signIn('developer');
    const body = { name: 'x', expiresInMs: null, ...wanted };
    const { status, body: answer } = await write(world, by, ['POST', 'me/tokens', body]);
    expect([status, (answer.error as { code: string }).code]).toEqual([403, 'account.beyond-yourself']);
  });

  it.each([
    ['is an administrator', { administrator: true }],
    ['has a role', { memberships: { beta: 'developer' } }],
    ['is somebody else', { name: 'admin', id: 'admin', user: 'admin' }],
    ['is not disabled', { disabled: false }],
  ])('cannot say of oneself that one %s', async (_, more) => {
    const world = await openAccessWorld();
    const by = await world.signIn('developer');
    const { status, body } = await write(world, by, ['PUT', 'me', { displayName: 'Me', ...more }]);
    const { administrator = false, memberships } = (await world.parts.store.get('user', 'developer'))?.doc ?? {};
    expect({ administrator, memberships }).toEqual({ administrator: false, memberships: { alpha: 'developer' } });
    if (status === 200) expect(body).toMatchObject({ name: 'developer', administrator: false });
    expect((await world.parts.store.get('user', 'admin'))?.doc.displayName).toBe('admin');
  });
});

describe('a token of an administrator', () => {
  const limits = [
    ['of every permission there is, by name', { permissions: EVERY }],
    ['of everything in one project', { permissions: ['*'], projects: ['alpha'] }],
    ['of everything in every project there is', { permissions: ['*'], projects: ['default', 'alpha', 'beta'] }],
    ['of everything in no project', { permissions: ['*'], projects: [] }],
    ['of nothing', { permissions: [] }],
    ['of what looks like everything', { permissions: ['**', '*:*', 'applications:*', ' *'] }],
  ] as const;

  it.each(limits)('%s makes nothing more of itself', async (_, over) => {
    const world = await openAccessWorld();
    const by = await world.tokenOf({ user: 'admin', ...over });
    const before = await rights(world);
    for (const [what, call] of MAKERS) {
      if (what === 'a backup') continue;
      expect([what, (await write(world, by, call)).status >= 403]).toEqual([what, true]);
    }
    expect(await rights(world)).toBe(before);
  });

  it('of one project reads no other, and nothing of the platform that it does not name', async () => {
    const world = await openAccessWorld();
    const by = await world.tokenOf({ user: 'admin', permissions: ['*'], projects: ['beta'] });
    for (const name of ['showApplication', 'showInstance', 'showJob', 'listSecrets', 'showAction'] as RouteName[])
      expect([name, (await world.ask(name, by)).status]).toEqual([name, 404]);
    for (const name of ['listUsers', 'listTokens', 'listAudit', 'listSettings', 'listPlatformSecrets'] as RouteName[])
      expect([name, (await world.ask(name, by)).status]).toEqual([name, 403]);
  });
});

describe('what somebody lost', () => {
  it.each([
    ['a role', { memberships: {} }],
    ['being an administrator', { administrator: false, memberships: {} }],
    ['their place here', { disabled: true }],
  ])('is gone for their token and their session at once: %s', async (_, access) => {
    const world = await openAccessWorld();
    await world.addUser('second', { administrator: true, memberships: { alpha: 'developer' } });
    const held = [await world.signIn('second'), await world.tokenOf({ user: 'second' })];
    for (const by of held) expect((await world.ask('showApplication', by)).status).toBe(200);
    const admin = await world.signIn('admin');
    const body = { administrator: false, memberships: {}, disabled: false, ...access };
    expect((await write(world, admin, ['PUT', 'users/second/access', body])).status).toBe(200);
    for (const by of held) {
      expect([401, 404]).toContain((await world.ask('showApplication', by)).status);
      const path = '/api/v1/me/tokens';
      const json = JSON.stringify({ name: 'x', permissions: ['users:write'], projects: null, expiresInMs: null });
      expect([401, 403]).toContain((await sendJson(world.url, { method: 'POST', path, headers: by, json })).status);
    }
  });

  it('does not come back with a token that was made before', async () => {
    const world = await openAccessWorld();
    const by = await world.tokenOf({ user: 'developer' });
    const [admin, access] = [await world.signIn('admin'), 'users/developer/access'];
    await write(world, admin, ['PUT', access, { administrator: true, memberships: {}, disabled: false }]);
    expect((await sendRaw(world.url, { path: '/api/v1/users', headers: by })).status).toBe(200);
    await write(world, admin, [
      'PUT',
      access,
      { administrator: false, memberships: { beta: 'user' }, disabled: false },
    ]);
    expect((await sendRaw(world.url, { path: '/api/v1/users', headers: by })).status).toBe(403);
    expect((await world.ask('showApplication', by)).status).toBe(404);
  });
});

describe('the credentials of one kind', () => {
  it('are none of another: a token in a cookie, a session as a bearer, a link as either', async () => {
    const world = await openAccessWorld();
    const session = (await world.signIn('admin')).cookie?.split('=')[1] ?? '';
    const token = (await world.tokenOf({ user: 'admin' })).authorization?.split(' ')[1] ?? '';
    const link = await write(world, await world.signIn('admin'), ['POST', 'users/somebody/invitation', { by: 'link' }]);
    const secret = String(link.body.link).split('#')[1] ?? '';
    const tries: Credentials[] = [
      ...[token, secret].map((value) => ({ cookie: `berth_session=${value}` })),
      ...[session, secret].map((value) => ({ authorization: `Bearer ${value}` })),
      { authorization: `Basic ${token}` },
      { authorization: token },
      { authorization: `Bearer ${token} ${session}x`.replace(token, 'berth_x_y') },
      { 'x-forwarded-user': 'admin', 'x-remote-user': 'admin', 'x-berth-user': 'admin' },
    ];
    for (const headers of tries)
      expect([headers, (await sendRaw(world.url, { path: '/api/v1/me', headers })).status]).toEqual([headers, 401]);
    const queried = await sendRaw(world.url, { path: `/api/v1/me?token=${token}&access_token=${token}` });
    expect(queried.status).toBe(401);
  });
});

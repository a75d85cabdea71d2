// Tokens: shown once, stored as a hash, refused when they are wrong or old, and worth no more than their owner.
import { describe, expect, it } from 'vitest';
import { requireUnlimited } from '../../../src/accounts/account-reads.ts';
import { tokensOf } from '../../../src/accounts/token-reads.ts';
import {
  anyToken,
  checkToken,
  makeToken,
  makeTokenOf,
  makeTokenOfNobody,
  revokeToken,
  type WantedToken,
} from '../../../src/accounts/token-requests.ts';
import { removeUser, setUserAccess } from '../../../src/accounts/user-requests.ts';
import { FULL_ACCESS, mayIn } from '../../../src/model/access.ts';
import { type AccountsWorld, claimed, joined, openAccounts } from './accounts-world.ts';

const REFUSED = { code: 'account.token-refused', status: 401 };
const ALL: WantedToken = { name: 'ci', permissions: ['*'], projects: null, expiresInMs: null };

async function madeOf(world: AccountsWorld, user: string, wanted: Partial<WantedToken> = {}): Promise<string> {
  const access = (await world.parts.store.get('user', user))?.doc.administrator ? FULL_ACCESS : DEVELOPER;
  return (await makeTokenOf(world.parts, user, { access }, { ...ALL, ...wanted })).token;
}

const DEVELOPER = { everywhere: ['nodes:read'], projects: { default: ['jobs:read', 'jobs:write', 'logs:read'] } };

describe('a token', () => {
  it('is valid from when it is stored until it expires', async () => {
    const { parts, clock } = await openAccounts();
    const { token, doc } = makeToken(parts, { name: 'me', permissions: ['*'], expiresAt: clock.now() + 1000 });
    await expect(checkToken(parts, token)).rejects.toMatchObject(REFUSED);
    expect(await anyToken(parts.store)).toBe(false);
    await parts.store.create('token', doc);
    expect(await anyToken(parts.store)).toBe(true);
    const by = { kind: 'token', id: doc.id };
    expect(await checkToken(parts, token)).toEqual({ name: 'me', user: null, by, access: FULL_ACCESS });
    clock.jump(1000);
    await expect(checkToken(parts, token)).rejects.toMatchObject(REFUSED);
  });

  it('is stored without what it is made of', async () => {
    const { parts } = await openAccounts();
    const { token, doc } = makeToken(parts, { name: 'me', permissions: ['*'], expiresAt: null });
    expect(token).toMatch(/^berth_[a-z0-9]{10}_[\w-]{43}$/);
    expect(JSON.stringify(doc)).not.toContain(token.slice(-43));
  });

  it('is refused when anything in it is changed', async () => {
    const { parts } = await openAccounts();
    const { token, doc } = makeToken(parts, { name: 'me', permissions: ['*'], expiresAt: null });
    await parts.store.create('token', doc);
    const shorter = [token.slice(0, -1), doc.id, `berth_${doc.id}`, '', '_', `berth_${doc.id}_`];
    const wrong = [...shorter, `${token}x`, token.toUpperCase(), token.replace('berth', 'session')];
    for (const each of wrong) await expect(checkToken(parts, each), each).rejects.toMatchObject(REFUSED);
  });

  it('notes when it was used, to five minutes', async () => {
    const world = await openAccounts();
    await joined(world, 'ana');
    const token = await madeOf(world, 'ana');
    const usedAt = async () => (await tokensOf(world.parts.store, 'ana'))[0]?.usedAt;
    expect(await usedAt()).toBeUndefined();
    const first = world.clock.now();
    await checkToken(world.parts, token);
    world.clock.jump(299_000);
    await checkToken(world.parts, token);
    expect(await usedAt()).toBe(first);
    world.clock.jump(1000);
    await Promise.all([checkToken(world.parts, token), checkToken(world.parts, token)]);
    expect(await usedAt()).toBe(first + 300_000);
  });
});

describe('a token of a person', () => {
  it('gives what both have, from request to request', async () => {
    const world = await openAccounts();
    await joined(world, 'ana', { memberships: { default: 'developer' } });
    const token = await madeOf(world, 'ana', { permissions: ['jobs:read', 'jobs:write'] });
    const may = async (permission: 'jobs:read' | 'jobs:write' | 'logs:read') =>
      mayIn((await checkToken(world.parts, token)).access, permission, 'default');
    expect([await may('jobs:read'), await may('jobs:write'), await may('logs:read')]).toEqual([true, true, false]);
    await setUserAccess(world.parts, 'ana', { memberships: { default: 'user' } });
    expect([await may('jobs:read'), await may('jobs:write')]).toEqual([true, false]);
    await setUserAccess(world.parts, 'ana', { memberships: {} });
    expect(await may('jobs:read')).toBe(false);
  });

  it('counts no more at once when its owner is disabled, and again when not', async () => {
    const world = await openAccounts();
    await joined(world, 'ana');
    const token = await madeOf(world, 'ana');
    expect(await checkToken(world.parts, token)).toMatchObject({ name: 'ana', user: 'ana' });
    await setUserAccess(world.parts, 'ana', { disabled: true });
    await expect(checkToken(world.parts, token)).rejects.toMatchObject(REFUSED);
    await setUserAccess(world.parts, 'ana', { disabled: false });
    expect(await checkToken(world.parts, token)).toMatchObject({ user: 'ana' });
  });

  it('is gone with its owner, also for the next one of that name', async () => {
    const world = await openAccounts();
    await joined(world, 'ana');
    const token = await madeOf(world, 'ana');
    await removeUser(world.parts, 'ana');
    await joined(world, 'ana');
    await expect(checkToken(world.parts, token)).rejects.toMatchObject(REFUSED);
  });

  it('is not made for somebody who is disabled meanwhile', async () => {
    const world = await openAccounts();
    await joined(world, 'ana');
    await setUserAccess(world.parts, 'ana', { disabled: true });
    await expect(madeOf(world, 'ana')).rejects.toMatchObject(REFUSED);
    expect(await tokensOf(world.parts.store, 'ana')).toEqual([]);
  });

  it('cannot be made for more than its maker has, nor without end', async () => {
    const world = await openAccounts();
    await joined(world, 'ana', { memberships: { default: 'developer' } });
    const beyond = { code: 'account.beyond-yourself', status: 403 };
    await expect(madeOf(world, 'ana', { permissions: ['nodes:write'] })).rejects.toMatchObject(beyond);
    await expect(madeOf(world, 'ana', { permissions: ['secrets:write'] })).rejects.toMatchObject(beyond);
    await expect(madeOf(world, 'ana', { projects: ['other'] })).rejects.toMatchObject(beyond);
    for (let n = 0; n < 100; n++) await madeOf(world, 'ana');
    await expect(madeOf(world, 'ana')).rejects.toMatchObject({ code: 'account.too-many-tokens' });
  });

  it('is revoked by its owner, and by nobody else but administrators', async () => {
    const world = await openAccounts();
    await joined(world, 'ana');
    await joined(world, 'ben');
    const token = await madeOf(world, 'ana');
    const id = token.split('_')[1] ?? '';
    await expect(revokeToken(world.parts, id, 'ben')).rejects.toMatchObject({ code: 'request.not-found' });
    await revokeToken(world.parts, id, null);
    await expect(checkToken(world.parts, token)).rejects.toMatchObject(REFUSED);
    await expect(revokeToken(world.parts, id, 'ana')).rejects.toMatchObject({ code: 'request.not-found' });
  });
});

it('accounts are changed by sessions and whole tokens alone', async () => {
  const world = await openAccounts();
  const root = await claimed(world);
  const needed = { code: 'account.session-needed', status: 403 };
  const judged = async (wanted: Partial<WantedToken>) => {
    const caller = await checkToken(world.parts, await madeOf(world, 'root', wanted));
    return requireUnlimited(world.parts.store, caller);
  };
  await judged({});
  await expect(judged({ permissions: ['users:write', 'tokens:write'] })).rejects.toMatchObject(needed);
  await expect(judged({ projects: ['default'] })).rejects.toMatchObject(needed);
  const { token } = await makeTokenOfNobody(
    world.parts,
    { access: FULL_ACCESS },
    { ...ALL, permissions: ['users:write'] },
  );
  await expect(
    checkToken(world.parts, token).then((caller) => requireUnlimited(world.parts.store, caller)),
  ).rejects.toMatchObject(needed);
  const device = { name: 's', user: null, by: { kind: 'device', id: root.session.id }, access: FULL_ACCESS } as const;
  await expect(requireUnlimited(world.parts.store, device)).rejects.toMatchObject(needed);
});

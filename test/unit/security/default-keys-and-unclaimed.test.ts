// A platform that nobody has claimed yet: nothing in it opens a door but the link that its start printed, once, for a day.
// Elsewhere: the link's life (test/unit/accounts/invitations.test.ts), the token of whoever starts it (test/unit/main/first-token.test.ts),
// keys that are made at the first start (test/unit/accounts/secrets.test.ts, test/contracts/keyring.test.ts).
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { claim, claimLink } from '../../../src/accounts/claim-requests.ts';
import type { RouteName } from '../../../src/api/contract/endpoints.ts';
import type { Route } from '../../../src/api/contract/route.ts';
import { ROUTES } from '../../../src/api/contract/routes.ts';
import { SETTINGS } from '../../../src/config/settings.ts';
import { openAccounts, PASSWORD, PLACE, secretIn } from '../accounts/accounts-world.ts';
import { type ApiWorld, call, callRaw, openApi } from '../api/api-world.ts';
import { bodies } from '../api/route-calls.ts';

/** What people try where they know nothing. */
const DEFAULTS = [
  'admin',
  'administrator',
  'root',
  'berth',
  'user',
  'test',
  'guest',
  'default',
  'password',
  'claim',
  '',
];
/** What nobody in particular may ask, all of which is behind a secret of its own but what the door tells. */
const OPEN: readonly RouteName[] = ['door', 'claim', 'signIn', 'lookAtInvitation', 'acceptInvitation', 'askReset'];

/** As the platform is after its first start, before anybody came. */
async function unclaimed(): Promise<ApiWorld> {
  const world = await openApi();
  const { items } = await world.parts.store.list('token', { limit: 10 });
  for (const { doc, version } of items) await world.parts.store.delete('token', doc.id, version);
  return world;
}

describe('before it is claimed', () => {
  it('a platform has no user, no password, no session and no token', async () => {
    const { parts } = await unclaimed();
    for (const kind of ['user', 'password', 'session', 'token', 'secret', 'invitation'] as const)
      expect([kind, await parts.store.count(kind, {})]).toEqual([kind, 0]);
  });

  it('nothing is done for anybody but what the door tells', async () => {
    const world = await unclaimed();
    const all = bodies({});
    const done: string[] = [];
    for (const [name, { method, permission }] of Object.entries(ROUTES) as [RouteName, Route][]) {
      const body = method === 'GET' ? {} : { body: all[name] ?? {} };
      const { statusCode } = await callRaw(world, name, { token: null, ...body });
      if (permission === 'public') expect(OPEN).toContain(name);
      else if (statusCode !== 401) done.push(`${name}: ${statusCode}`);
      if (permission === 'public' && statusCode < 400 && !['door', 'askReset'].includes(name)) done.push(name);
    }
    expect(done).toEqual([]);
    expect(await call(world, 'door', { token: null })).toEqual({ claimed: false, mail: false, version: '0.1.0' });
  });

  it.each(DEFAULTS)('nobody signs in as %j with a password that everybody tries', async (name) => {
    const world = await unclaimed();
    for (const password of [name, 'admin', 'password'].filter((each) => each !== '')) {
      const { statusCode } = await callRaw(world, 'signIn', { token: null, body: { name, password } });
      expect([400, 401, 429]).toContain(statusCode);
    }
    for (const token of [name, `berth_${name}_${name}`, `link_${name}_`, 'berth__', '*'])
      expect((await callRaw(world, 'listUsers', { token })).statusCode).toBe(401);
  });

  it.each([
    '',
    'link',
    'link_',
    'link__',
    'link_0_0',
    '__proto__',
    'null',
    '0',
    'link_%_x',
    `link_${'x'.repeat(5000)}_x`,
  ])('%j claims nothing', async (secret) => {
    const world = await unclaimed();
    await claimLink(world.parts.accounts);
    const body = { secret, name: 'mallory', displayName: 'Mallory', password: PASSWORD };
    expect((await callRaw(world, 'claim', { token: null, body })).statusCode).toBeGreaterThanOrEqual(400);
    expect(await world.parts.store.count('user', {})).toBe(0);
  });
});

describe('the link', () => {
  const claimed = { name: 'ana', displayName: 'Ana', password: PASSWORD };

  it('of many who use it at once makes one administrator', async () => {
    const world = await unclaimed();
    const secret = secretIn(await claimLink(world.parts.accounts));
    const names = ['ana', 'ben', 'cem', 'dan', 'eva', 'fay'];
    const tries = names.map((name) => callRaw(world, 'claim', { token: null, body: { ...claimed, secret, name } }));
    const statuses = (await Promise.all(tries)).map(({ statusCode }) => statusCode);
    expect(statuses.filter((status) => status === 200)).toHaveLength(1);
    const { items } = await world.parts.store.list('user', { limit: 10 });
    expect(items.map(({ doc }) => doc.administrator)).toEqual([true]);
  });

  it('is over once it was used, and no restart makes another', async () => {
    const world = await unclaimed();
    const secret = secretIn(await claimLink(world.parts.accounts));
    await callRaw(world, 'claim', { token: null, body: { ...claimed, secret } });
    const again = await callRaw(world, 'claim', { token: null, body: { ...claimed, secret, name: 'mallory' } });
    expect(again.statusCode).toBeGreaterThanOrEqual(400);
    expect(await claimLink(world.parts.accounts)).toBeUndefined();
    expect(await world.parts.store.count('user', {})).toBe(1);
  });

  it('of an earlier start is over with the next start, and after a day', async () => {
    const world = await openAccounts();
    const of = (secret: string) => claim(world.parts, { ...claimed, email: null, secret }, PLACE);
    const first = secretIn(await claimLink(world.parts));
    const second = secretIn(await claimLink(world.parts));
    await expect(of(first)).rejects.toMatchObject({ code: 'account.link-refused' });
    await world.clock.advance(24 * 3_600_000);
    await expect(of(second)).rejects.toMatchObject({ code: 'account.link-refused' });
    expect(await world.parts.store.count('user', {})).toBe(0);
  });

  it('is used for claiming alone: it is no invitation, no session and no token', async () => {
    const world = await unclaimed();
    const secret = secretIn(await claimLink(world.parts.accounts));
    const accepted = await callRaw(world, 'acceptInvitation', { token: null, body: { secret, password: PASSWORD } });
    expect(accepted.statusCode).toBeGreaterThanOrEqual(400);
    expect((await callRaw(world, 'listUsers', { token: secret })).statusCode).toBe(401);
  });
});

describe('what is delivered', () => {
  it('has no setting whose default is a password, a key or a token', () => {
    const secrets = Object.values(SETTINGS).filter(({ variable }) =>
      /PASSWORD|SECRET$|TOKEN|_KEY$|CREDENTIAL/.test(variable),
    );
    for (const { variable, fallback } of secrets) expect([variable, fallback]).toEqual([variable, '']);
  });

  it('has no key, password or token in its sources', async () => {
    const root = join(import.meta.dirname, '../../../src');
    const found: string[] = [];
    for (const file of await readdir(root, { recursive: true })) {
      if (!/\.(?:ts|py|js|sh)$/.test(file)) continue;
      const text = await readFile(join(root, file), 'utf8');
      const secret =
        /-----BEGIN [A-Z ]*PRIVATE KEY-----\n|AKIA[0-9A-Z]{16}|(?:berth|session|link)_[a-z0-9]{8,}_[\w-]{20,}|\$argon2id\$v=19\$m=\d+[^$]*\$[\w+/]{11,}/;
      if (secret.test(text)) found.push(file);
    }
    expect(found).toEqual([]);
  });
});

// People, projects and tokens by command, and with which platform the command line speaks.
import { expect, it } from 'vitest';
import { z } from 'zod';
import { makeToken } from '../../../src/accounts/token-requests.ts';
import { type CliWorld, openCli, runWords, withInstance } from './cli-world.ts';

const ANSWER = z.looseObject({ error: z.object({ code: z.string() }).optional() });

/** Accepts the link of an invitation, as a browser would; resolves to the answer. */
async function accept({ url }: CliWorld, link: string, password: string) {
  const secret = link.trim().split('#')[1];
  const response = await fetch(`${url}/api/v1/invitations/accept`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ secret, password }),
  });
  const body = ANSWER.parse(await response.json());
  return { status: response.status, body, cookie: response.headers.get('set-cookie') };
}

it('people are invited, given roles, signed out and disabled', async () => {
  const world = await openCli();
  const { berth } = world;
  await berth(['project', 'add', 'energy']);
  const wrong = await berth(['user', 'add', 'ana', '--role', 'energy=king']);
  expect(wrong).toMatchObject({ code: 1, err: expect.stringContaining('memberships') });
  expect((await berth(['user', 'add', 'ana', '--role', 'water=user'])).err).toContain('There is no project water');
  const added = await berth(['user', 'add', 'ana', '--role', 'energy=developer', 'default=user']);
  expect(added.out).toContain('berth user invite ana');
  expect((await berth(['user', 'ls'], { columns: 200 })).out).toMatch(
    /ana .*energy=developer default=user +has no password +-/,
  );
  const invited = await berth(['user', 'invite', 'ana']);
  expect(invited.out).toContain('Pass this link on to ana; it works once');
  const link = invited.out.trim().split('\n').at(-1) ?? '';
  expect(link).toMatch(/^https:\/\/berth\.example\.org\/invitation#link_/);
  const accepted = await accept(world, link, 'maple kettle orbit');
  expect(accepted).toMatchObject({ status: 200, body: { name: 'ana', by: 'session', administrator: false } });
  expect(accepted.cookie).toMatch(/^berth_session=.*HttpOnly; SameSite=Strict/);
  expect((await accept(world, link, 'maple kettle orbit')).body.error?.code).toBe('account.link-refused');
  expect((await berth(['user', 'ls'], { columns: 200 })).out).toMatch(/ana .* can sign in +20/);
  const changed = await berth(['user', 'access', 'ana', '--role', 'energy=user', '--drop-role', 'default']);
  expect(changed.out).toBe('User ana: energy=user.\n');
  expect((await berth(['user', 'access', 'ana'])).err).toContain('Say what is to be changed');
  expect((await berth(['user', 'sessions', 'end', 'ana'])).out).toBe('1 sessions of ana ended.\n');
  expect((await berth(['user', 'disable', 'ana'])).out).toContain('may not sign in any more');
  expect((await berth(['user', 'ls'], { columns: 200 })).out).toContain('disabled');
  expect((await berth(['user', 'enable', 'ana'])).out).toBe('User ana may sign in again.\n');
  await berth(['user', 'access', 'ana', '--administrator']);
  const last = await berth(['user', 'access', 'ana', '--no-administrator']);
  expect(last).toMatchObject({ code: 1, err: expect.stringContaining('last administrator') });
  expect((await berth(['user', 'rm', 'ana'])).err).toContain('last administrator');
  expect((await berth(['user', 'invite', 'nobody'])).err).toContain('There is no user nobody');
});

it('projects are added, described, filled and removed', async () => {
  const world = await openCli();
  const { berth } = world;
  await withInstance(world);
  expect((await berth(['project', 'add', 'energy', '--description', 'Meters'])).out).toContain(
    '--role energy=developer',
  );
  expect((await berth(['project', 'add', 'energy'])).err).toContain('There is a project energy already');
  expect((await berth(['project', 'change', 'energy', '--description', 'All meters'])).out).toContain('All meters');
  expect((await berth(['project', 'move', 'room-report', 'energy'])).out).toContain('in the project energy now');
  expect((await berth(['project', 'ls'])).out).toMatch(/energy +room-report +All meters/);
  expect((await berth(['project', 'rm', 'energy'])).err).toContain('berth project move');
  await berth(['project', 'move', 'room-report', 'default']);
  expect((await berth(['project', 'rm', 'energy'])).out).toBe('Project energy is removed.\n');
  expect((await berth(['project', 'rm', 'default'])).code).toBe(1);
});

it('tokens of nobody are made, used, listed and revoked', async () => {
  const world = await openCli();
  const { berth, url } = world;
  const made = await berth(['token', 'make', 'ci', '--permission', 'jobs:read', '--expires', '30d', '--platform']);
  const [said = '', token = ''] = made.out.trim().split('\n');
  expect(said).toMatch(/^The token ci \([a-z0-9]{10}\) expires 20.*shown this once:$/);
  const as = { credentials: { url, token } };
  expect((await berth(['job', 'ls'], as)).code).toBe(0);
  expect((await berth(['app', 'ls'], as)).err).toContain('ci does not have the permission applications:read');
  expect((await berth(['whoami'], as)).out).toMatch(
    /^ci, a token that belongs to nobody, until 20.*\nOn the platform: jobs:read\n$/,
  );
  expect((await berth(['token', 'make', 'x', '--permission', '*', '--platform'], as)).code).toBe(1);
  expect((await berth(['token', 'make', 'mine', '--permission', '*'])).err).toContain('belongs to nobody');
  expect((await berth(['token', 'ls', '--platform'], { columns: 200 })).out).toMatch(
    /ci +- +jobs:read +all +20\S+ \S+ +20/,
  );
  const id = /\((\w+)\)/.exec(said)?.[1] ?? '';
  expect((await berth(['token', 'revoke', id, '--platform'])).out).toBe(`The token ${id} counts no more.\n`);
  expect((await berth(['job', 'ls'], as)).err).toContain('This token is not valid');
  expect((await berth(['token', 'make', 'x', '--permission', 'all', '--platform'])).err).toContain('permissions');
  expect((await berth(['token', 'make', 'x', '--platform'])).code).toBe(64);
  const endless = await berth(['token', 'make', 'x', '--permission', 'jobs:read', '--no-expires', '--platform']);
  expect(endless.out).toContain('does not expire');
});

it("a person's own tokens are theirs alone", async () => {
  const world = await openCli();
  const { berth, url, api } = world;
  await berth(['user', 'add', 'ana', '--role', 'default=developer']);
  const all = { name: 'all', user: 'ana', permissions: ['*'], expiresAt: null };
  const { token, doc } = makeToken(api.parts, all);
  await api.parts.store.create('token', doc);
  const as = { credentials: { url, token }, columns: 200 };
  expect((await berth(['whoami'], as)).out).toContain('ana (ana), by a token.');
  const made = await berth(
    ['token', 'make', 'ci', '--permission', 'jobs:read', 'logs:read', '--project', 'default'],
    as,
  );
  expect(made.code).toBe(0);
  expect((await berth(['token', 'ls'], as)).out).toMatch(/ci +ana +jobs:read logs:read +default/);
  const beyond = await berth(['token', 'make', 'more', '--permission', 'nodes:write'], as);
  expect(beyond.err).toContain('You cannot give the permission nodes:write');
  const limited = { credentials: { url, token: made.out.trim().split('\n').at(-1) } };
  expect((await berth(['token', 'make', 'x', '--permission', 'jobs:read'], limited)).err).toContain(
    'A token that is limited',
  );
  expect((await berth(['token', 'ls', '--platform'], as)).err).toContain('tokens:write');
});

it('login keeps a token for the address that it was tried at', async () => {
  const { url, api } = await openCli();
  const kept: unknown[] = [];
  const login = (address: string, token: string) =>
    runWords(['login', address], {
      readSecret: async () => token,
      saveCredentials: async (credentials) => {
        kept.push(credentials);
        return 'a file';
      },
    });
  expect(await login(`${url}/`, api.token)).toMatchObject({
    code: 0,
    out: `You speak to ${url} as tester now (kept in a file).\n`,
  });
  expect(kept).toEqual([{ url, token: api.token }]);
  expect((await login(url, 'berth_wrong')).err).toContain('This token is not valid');
  expect((await login(url, '')).code).toBe(1);
  for (const address of ['berth', 'ftp://berth', `${url}/path`, 'https://me:secret@berth'])
    expect((await login(address, api.token)).err, address).toContain('is not the address of a platform');
  expect((await login('http://127.0.0.1:1', api.token)).code).toBe(69);
  expect(kept).toHaveLength(1);
});

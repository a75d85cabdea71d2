// Everybody calls every route: the answers are those that docs/permissions.md promises, and nobody reads anything of a project that is
// not theirs.
import { describe, expect, it } from 'vitest';
import type { RouteName } from '../../../src/api/contract/endpoints.ts';
import type { Route } from '../../../src/api/contract/route.ts';
import { ROUTES } from '../../../src/api/contract/routes.ts';
import { type AccessWorld, type Answered, type Credentials, HIDDEN, openAccessWorld } from './access-world.ts';
import { type DocumentedRoute, documentedRoutes } from './documented-permissions.ts';
import { exampleInstance } from './example-zip.ts';
import { missingCalls } from './route-calls.ts';

const NAMES = Object.keys(ROUTES) as RouteName[];
const OBJECTS: readonly string[] = ['application', 'package', 'instance', 'job', 'task', 'log', 'action'];
/** What a refusal may be: `hidden` is the answer to what is not there. */
type Verdict = 'allowed' | 'refused' | 'hidden' | 'unknown';

/** Codes of refusals that say who may not. */
const REFUSALS = ['account.not-allowed', 'account.session-needed'];
const UNKNOWN = ['account.token-missing', 'account.token-refused', 'account.session-ended', 'reading.device-refused'];

function verdictOf(name: RouteName, { status, code, text }: Answered, world: AccessWorld): Verdict {
  if (status === 401 && UNKNOWN.includes(code ?? '')) return 'unknown';
  if (status === 403 && REFUSALS.includes(code ?? '')) return 'refused';
  const { on } = ROUTES[name] as Route;
  const { what, id } = status === 404 ? (JSON.parse(text) as { error: { details: Named } }).error.details : NOTHING;
  const names: readonly string[] = [
    ...Object.values(world.names),
    world.file.application as string,
    'hidden-report',
    'hidden-action',
  ];
  const isNamed = names.includes(id) && ['app', 'package', 'instance', 'job', 'task', 'log', 'action'].includes(what);
  return isNamed && on !== undefined && on !== 'listed' ? 'hidden' : 'allowed';
}

interface Named {
  readonly what: string;
  readonly id: string;
}
/** Names of what is not there. */
const NOWHERE = {
  ...{ package: 'p', other: 'p', job: 'j', task: 't', subject: 's' },
  ...{ instance: 'i', application: 'a', action: 'x', secret: 's' },
};
const NOTHING: Named = { what: '', id: '' };

/** What everybody should get, by the page. */
type Expectation = (documented: DocumentedRoute, name: RouteName) => Verdict;

const ofRole =
  (role: 'administrator' | 'developer' | 'configurer' | 'user'): Expectation =>
  (documented, name) => {
    if (documented.permission === 'device') return 'unknown';
    if (documented[role] === 'own account') return ofSelf(name);
    return documented[role] === '–' ? 'refused' : 'allowed';
  };

/** Those that name a user name somebody else. */
function ofSelf(name: RouteName): Verdict {
  return ROUTES[name].path.includes(':user') ? 'refused' : 'allowed';
}

const ofNobody: Expectation = ({ permission, on, nobody }, name) => {
  if (permission === 'device') return 'unknown';
  if (nobody === 'yes') return 'allowed';
  if (nobody === 'own account') return ofSelf(name);
  return OBJECTS.includes(on) ? 'hidden' : 'refused';
};

/** A developer of another project: what belongs to this one is not there. */
const ofStranger: Expectation = (documented, name) => {
  const { on } = documented;
  if (OBJECTS.includes(on) || on === 'body') return 'hidden';
  return ofRole('developer')(documented, name);
};

const ofOutsider: Expectation = ({ stranger }) => (stranger === 'yes' ? 'allowed' : 'unknown');

async function walk(world: AccessWorld, by: Credentials, expected: Expectation): Promise<void> {
  const documented = await documentedRoutes();
  const surprises: string[] = [];
  for (const name of NAMES) {
    const page = documented.get(name);
    if (!page) throw new Error(`docs/permissions.md does not know ${name}: run 'npm run docs'`);
    const answered = await world.ask(name, by);
    const [found, wanted] = [verdictOf(name, answered, world), expected(page, name)];
    if (found !== wanted)
      surprises.push(
        `${name}: ${wanted} was promised, ${found} came: ${answered.status} ${answered.text.slice(0, 90)}`,
      );
    if (answered.status >= 500 && name !== 'addNode')
      surprises.push(`${name}: ${answered.status} ${answered.text.slice(0, 300)}`);
    if (answered.status < 400 && ROUTES[name].method !== 'GET') await world.restore();
  }
  expect(surprises).toEqual([]);
}

describe('everybody calls every route', { timeout: 120_000 }, () => {
  it('and this test says how', async () => {
    expect(missingCalls(await exampleInstance('watch'))).toEqual([]);
  });

  it('as an administrator', async () => {
    const world = await openAccessWorld();
    await walk(world, await world.signIn('admin'), ofRole('administrator'));
  });

  it.each(['developer', 'configurer', 'user'] as const)('as a %s', async (role) => {
    const world = await openAccessWorld();
    await walk(world, await world.signIn(role), ofRole(role));
  });

  it('as somebody without a role', async () => {
    const world = await openAccessWorld();
    await walk(world, await world.signIn('nobody'), ofNobody);
  });

  it('as a developer of another project', async () => {
    const world = await openAccessWorld();
    await walk(world, await world.signIn('stranger'), ofStranger);
  });

  it('without credentials, or with such that count no more', async () => {
    const world = await openAccessWorld();
    await world.addUser('gone', { disabled: true, administrator: true });
    const session = await world.signIn('admin');
    const revoked = await world.tokenOf({ user: 'admin' });
    await world.signOutEverywhere('admin');
    await walk(world, {}, ofOutsider);
    await walk(world, session, ofOutsider);
    await walk(world, revoked, ofOutsider);
    await walk(world, await world.tokenOf({ user: 'admin', expiresAt: world.parts.clock.now() - 1 }), ofOutsider);
    await walk(world, await world.tokenOf({ user: 'gone' }), ofOutsider);
  });
});

describe('a token that may less than its owner', { timeout: 60_000 }, () => {
  it('reads jobs and nothing else', async () => {
    const world = await openAccessWorld();
    const by = await world.tokenOf({ user: 'developer', permissions: ['jobs:read'] });
    const surprises: string[] = [];
    for (const name of NAMES) {
      const { permission } = ROUTES[name] as Route;
      if (['public', 'device', 'self'].includes(permission)) continue;
      const found = verdictOf(name, await world.ask(name, by), world);
      if ((found === 'allowed') !== (permission === 'jobs:read')) surprises.push(`${name} (${permission}): ${found}`);
    }
    expect(surprises).toEqual([]);
  });

  it('sees only the projects that it is limited to', async () => {
    const world = await openAccessWorld();
    const admin = { user: 'admin', permissions: ['*'] };
    const [inAlpha, inBeta] = [
      { ...admin, projects: ['alpha'] },
      { ...admin, projects: ['beta'] },
    ];
    expect((await world.ask('showApplication', await world.tokenOf(inAlpha))).status).toBe(200);
    expect((await world.ask('showApplication', await world.tokenOf(inBeta))).status).toBe(404);
  });
});

describe('what belongs to another project', { timeout: 60_000 }, () => {
  it('is never read, in no list, no count and no error', async () => {
    const world = await openAccessWorld();
    const by = await world.signIn('stranger');
    const told: string[] = [];
    for (const name of NAMES.filter((each) => ROUTES[each].method === 'GET')) {
      const { text } = await world.ask(name, by, NOWHERE);
      for (const word of HIDDEN) if (text.includes(word)) told.push(`${name} tells ${word}: ${text.slice(0, 300)}`);
    }
    expect(told).toEqual([]);
  });

  it('is told of nobody who looks for what is not there', async () => {
    const world = await openAccessWorld();
    const by = await world.signIn('admin');
    const surprises: string[] = [];
    for (const name of NAMES.filter((each) => OBJECTS.includes((ROUTES[each] as Route).on ?? ''))) {
      const { status, code } = await world.ask(name, by, NOWHERE);
      if (status !== 404 || code !== 'request.not-found') surprises.push(`${name}: ${status} ${code}`);
    }
    expect(surprises).toEqual([]);
  });

  it('is answered exactly like what is not there', async () => {
    const world = await openAccessWorld();
    const by = await world.signIn('stranger');
    const [there, nowhere] = [
      await world.ask('showApplication', by),
      await world.ask('showApplication', by, { application: 'nothing' }),
    ];
    expect(there.text.replaceAll('room-report', 'nothing')).toBe(nowhere.text);
    expect(there.status).toBe(404);
  });
});

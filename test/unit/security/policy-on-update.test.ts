// What is judged when something is made is judged when it is changed, applied, previewed, run, or written again – else whoever wants what is
// refused makes something harmless first. Each table is one rule, asked by every way there is.
// Elsewhere: every rule of instance files (test/unit/applications/instance-requests.test.ts, config-problems.test.ts), of accounts
// (test/unit/accounts), the rights to each way (test/unit/api/access-walk.test.ts).
import { describe, expect, it } from 'vitest';
import type { RouteName } from '../../../src/api/contract/endpoints.ts';
import { type AccessWorld, openAccessWorld } from '../api/access-world.ts';
import { type ApiWorld, call, callRaw, openApi, type TestCall } from '../api/api-world.ts';
import { NAMED } from '../api/route-calls.ts';

interface Told {
  readonly error?: {
    readonly code: string;
    readonly problems: readonly { readonly path: string; readonly expected: string }[];
  };
}

async function codes(world: ApiWorld, name: RouteName, asked: TestCall) {
  const { statusCode, body } = await callRaw(world, name, asked);
  const { error } = JSON.parse(body) as Told;
  return {
    status: statusCode,
    code: error?.code,
    problems: error?.problems.map(({ path, expected }) => [path, expected]),
  };
}

/** Fields of an instance file that nobody may have. */
const INSTANCES: readonly (readonly [string, object])[] = [
  ['an unknown field', { privileged: true }],
  ['options of the engine', { docker: { privileged: true } }],
  ['more memory than may be', { resources: { memoryMiB: 100_000_000 } }],
  ['no limit of processes', { resources: { pids: 0 } }],
  ['more processors than may be', { resources: { cpus: 100_000 } }],
  ['a negative disk', { resources: { diskMiB: -1 } }],
  ['an unknown resource', { resources: { devices: ['/dev/mem'] } }],
  ['a variable of the platform', { environment: { LD_PRELOAD: '/scratch/x.so' } }],
  ['another path for Python', { environment: { PYTHONPATH: '/scratch' } }],
  ['a variable of Berth', { environment: { BERTH_TOKEN: 'x' } }],
  ['a variable that is none', { environment: { 'A=B': 'x' } }],
  ['too many copies', { copies: 100_000 }],
  ['a secret that is not there', { secrets: ['nothing-there'] }],
  ['a secret of the platform', { secrets: ['secret:signing'] }],
  ['a secret elsewhere', { secrets: ['../other/db-password'] }],
  ['a user who is not there', { notify: ['nobody-there'] }],
  ['a sensor that is not there', { bindings: { sensors: { room: { sensors: ['nothing-there'] } } } }],
  ['a place that is no place', { place: { labels: { 'a b': 'x' } } }],
  ['a priority beyond all', { priority: 1_000_000 }],
  ['a grace without end', { grace: '1000d' }],
  ['a parameter without a name', { parameters: { 'a b': 'x' } }],
  ['a parameter that is no value', { parameters: { a: { b: 'c' } } }],
  ['a package of nobody', { package: 'f'.repeat(64) }],
];

describe('an instance with', () => {
  it.each(INSTANCES)('%s is refused alike, however it is asked for', async (_, fields) => {
    const world = await openAccessWorld();
    const made = { ...world.file, name: 'fresh', ...fields };
    const changed = { ...world.file, ...fields };
    const before = JSON.stringify((await world.parts.store.list('instance', { limit: 10 })).items);
    const first = await codes(world, 'createInstance', { body: made });
    expect(first).toMatchObject({ status: 422, code: 'instance.invalid' });
    expect(first.problems?.length).toBeGreaterThan(0);
    for (const [name, asked] of [
      ['applyInstance', { body: made }],
      ['applyInstance', { body: changed }],
      ['previewFile', { body: made }],
      ['previewFile', { body: changed }],
      ['updateInstance', { params: { instance: NAMED.instance }, body: changed }],
    ] as const)
      expect([name, await codes(world, name, asked)]).toEqual([name, first]);
    expect(JSON.stringify((await world.parts.store.list('instance', { limit: 10 })).items)).toBe(before);
  });

  it('another name, application or algorithm than it has cannot be made of it', async () => {
    const world = await openAccessWorld();
    for (const fields of [{ name: 'other' }, { application: 'open-app' }, { algorithm: 'other' }]) {
      const asked = { params: { instance: NAMED.instance }, body: { ...world.file, ...fields } };
      expect((await codes(world, 'updateInstance', asked)).status).toBe(422);
    }
  });
});

describe('a run by hand', () => {
  it.each([
    ['a name that is none', { 'a b': 'x' }],
    ['a name that begins with a dash', { '-x': 'x' }],
    ['a value that is a list', { a: ['x'] }],
    ['a value that is an object', { a: { b: 'x' } }],
    ['a value that is too long', { a: 'x'.repeat(40_000) }],
    ['more than there may be', Object.fromEntries(Array.from({ length: 101 }, (_, index) => [`p${index}`, 'x']))],
  ])('is refused with parameters that no instance may have: %s', async (_, parameters) => {
    const world = await openAccessWorld();
    const before = await world.parts.store.count('job', {});
    const params = { instance: NAMED.instance };
    expect((await codes(world, 'runInstance', { params, body: { parameters } })).status).toBe(400);
    expect((await codes(world, 'updateInstance', { params, body: { ...world.file, parameters } })).status).toBe(422);
    expect(await world.parts.store.count('job', {})).toBe(before);
  });

  it('takes nothing but parameters: neither an environment, nor resources, nor secrets, nor a package', async () => {
    const world = await openAccessWorld();
    const more = {
      environment: { LD_PRELOAD: 'x' },
      resources: { pids: 9999 },
      secrets: ['x'],
      package: 'x',
      user: '0:0',
    };
    const { statusCode, body } = await callRaw(world, 'runInstance', {
      params: { instance: NAMED.instance },
      body: { parameters: { a: '1' }, ...more },
    });
    const made = statusCode === 200 ? (JSON.parse(body) as { id: string }).id : undefined;
    const job = made === undefined ? undefined : (await world.parts.store.get('job', made))?.doc;
    const earlier = (await world.parts.store.get('job', world.names.job))?.doc;
    if (job) expect({ ...job.spec, parameters: {} }).toEqual({ ...earlier?.spec, parameters: {} });
    else expect(statusCode).toBe(400);
  });

  it.each([
    [
      'that is on its way out',
      (world: AccessWorld) => call(world, 'removeInstance', { params: { instance: NAMED.instance } }),
    ],
    ['whose package is gone', (world: AccessWorld) => removed(world, 'package', world.names.package)],
  ])('once more is refused of what may not run any more: an instance %s', async (_, end) => {
    const world = await openAccessWorld();
    await end(world);
    const params = { job: world.names.job };
    for (const [name, asked] of [
      ['rerunJob', { params }],
      ['runInstance', { params: { instance: NAMED.instance } }],
    ] as const)
      expect((await codes(world, name, asked)).status).toBeGreaterThanOrEqual(400);
  });
});

async function removed({ parts: { store } }: AccessWorld, kind: 'package', id: string): Promise<void> {
  const stored = await store.get(kind, id);
  if (stored) await store.delete(kind, id, stored.version);
}

describe('a sensor', () => {
  it.each([
    ['an id that is none', { id: 'A B' }],
    ['a type that is not there', { id: 't-1', type: 'nothing' }],
    ['a place that is none', { id: 't-1', location: '../x' }],
    ['an unknown field', { id: 't-1', credential: 'mine' }],
    ['a name of two lines', { id: 't-1', name: 'a\nb' }],
    ['a schedule that never ends', { id: 't-1', schedule: { kind: 'cron', cron: 'x' } }],
  ])('with %s is refused when it is new, and when it is there', async (_, fields) => {
    const world = await openApi();
    const types = [{ id: 'temperature', fields: [{ name: 'celsius', type: 'number' }] }];
    await call(world, 'applySensors', { body: { types } });
    const body = { sensors: [{ type: 'temperature', ...fields }] };
    const first = await codes(world, 'applySensors', { body });
    expect(first.status).toBeGreaterThanOrEqual(400);
    await call(world, 'applySensors', { body: { sensors: [{ id: 't-1', type: 'temperature' }] } });
    const second = await codes(world, 'applySensors', { body });
    // Of one that is there, it may be told besides that its type stays as it is.
    expect({ ...second, problems: second.problems?.slice(0, first.problems?.length) }).toEqual(first);
  });
});

describe('a user', () => {
  it.each([
    ['a mailbox that is none', { email: 'a\r\nbcc: x@example.org' }],
    ['two mailboxes', { email: 'a@example.org,b@example.org' }],
    ['mails without a mailbox', { mailsNotices: true, email: null }],
    ['a name that is too long', { displayName: 'x'.repeat(10_000) }],
  ])('with %s is refused when added, when changed, and when they change themselves', async (_, fields) => {
    const world = await openAccessWorld();
    const added = await codes(world, 'addUser', { body: { name: 'fresh', displayName: 'Fresh', ...fields } });
    expect(added.status).toBeGreaterThanOrEqual(400);
    const changed = await codes(world, 'changeUser', { params: { user: 'somebody' }, body: fields });
    expect([changed.status, changed.code]).toEqual([added.status, added.code]);
    const token = (await world.tokenOf({ user: 'somebody' })).authorization?.split(' ')[1] ?? '';
    const own = await codes(world, 'changeMe', { body: fields, token });
    expect([own.status, own.code]).toEqual([added.status, added.code]);
  });

  it('has roles in projects that are there, whether they are added or changed', async () => {
    const world = await openAccessWorld();
    for (const memberships of [{ nowhere: 'developer' }, { alpha: 'owner' }, { alpha: 'administrator' }]) {
      const added = await codes(world, 'addUser', { body: { name: 'fresh', memberships } });
      const body = { administrator: false, memberships, disabled: false };
      const changed = await codes(world, 'setUserAccess', { params: { user: 'somebody' }, body });
      expect(added.status).toBeGreaterThanOrEqual(400);
      expect([changed.status, changed.code]).toEqual([added.status, added.code]);
    }
  });
});

describe('a channel, a secret and a project', () => {
  it.each([
    [
      'a password in the clear',
      { kind: 'smtp', host: 'mail.example.org', from: 'a@example.org', tls: 'none', user: 'a', passwordFile: '/x' },
    ],
    ['a user without a password', { kind: 'smtp', host: 'mail.example.org', from: 'a@example.org', user: 'a' }],
    ['an exception that is none', { kind: 'webhooks', allowPrivate: ['10.0.0.0/99'] }],
    ['an exception for everything', { kind: 'webhooks', allowPrivate: ['*'] }],
    ['a secret that is not there', { kind: 'webhooks', secretFile: 'secret:nothing-there' }],
  ])('%s is refused when it is new, and in place of one that is there', async (_, body) => {
    const world = await openApi();
    const first = await codes(world, 'applyChannel', { body });
    expect(first.status).toBeGreaterThanOrEqual(400);
    await call(world, 'applyChannel', { body: { kind: 'webhooks' } });
    expect(await codes(world, 'applyChannel', { body })).toEqual(first);
  });

  it.each([
    ['empty', ''],
    ['too long', 'x'.repeat(65_537)],
    ['no text', '\ud800'],
  ])('a secret that is %s is refused the second time too', async (_, value) => {
    const world = await openAccessWorld();
    const params = { application: NAMED.application, secret: 'fresh' };
    const first = await codes(world, 'putSecret', { params, body: { value } });
    expect(first.status).toBeGreaterThanOrEqual(400);
    await call(world, 'putSecret', { params, body: { value: 'good' } });
    expect(await codes(world, 'putSecret', { params, body: { value } })).toEqual(first);
  });

  it('a project is described within the same bounds when it is added and when it is changed', async () => {
    const world = await openAccessWorld();
    const description = 'x'.repeat(100_000);
    const added = await codes(world, 'addProject', { body: { name: 'gamma', description } });
    const changed = await codes(world, 'changeProject', { params: { project: 'beta' }, body: { description } });
    expect([added.status, changed.status]).toEqual([400, 400]);
  });
});

// What belongs to another project, asked for in roundabout ways: by filters, by the places of other lists, as something that one's own
// refers to, by searching, by counting, by what comes after it was moved.
// Elsewhere: everybody calls every route, and no GET tells of what is hidden (test/unit/api/access-walk.test.ts).
import { describe, expect, it } from 'vitest';
import type { RouteName } from '../../../src/api/contract/endpoints.ts';
import { type AccessWorld, HIDDEN, openAccessWorld } from '../api/access-world.ts';
import { call, callRaw } from '../api/api-world.ts';
import { exampleZip } from '../api/example-zip.ts';
import { NAMED } from '../api/route-calls.ts';
import { sendJson, sendRaw } from './raw-request.ts';

/** A world with a token of a developer of the other project, who has a package and an instance there. */
async function openStranger() {
  const world = await openAccessWorld();
  const by = await world.tokenOf({ user: 'stranger' });
  const token = by.authorization?.split(' ')[1] ?? '';
  await ownApplication(world);
  return { world, by, token };
}

/** Copies what is hidden into the stranger's project, under other names. */
async function ownApplication({ parts: { store }, names, ...world }: AccessWorld): Promise<void> {
  const [pkg, application] = [await store.get('package', names.package), await store.get('application', 'open-app')];
  if (!pkg || !application) throw new Error('there is no example');
  const id = pkg.doc.id.replaceAll(/./g, (sign) => (sign === 'a' ? 'b' : 'a'));
  await store.create('package', { ...pkg.doc, id, application: 'open-app' });
  await store.update('application', { ...application.doc, currentPackage: id }, application.version);
  const file = { ...world.file, application: 'open-app', name: 'own-report' };
  await call({ ...world, parts: { store } } as never, 'createInstance', { body: file });
}

/** Every id and name by which something hidden could be asked for. */
async function hiddenWords({ names, parts: { store } }: AccessWorld): Promise<readonly string[]> {
  const instance = (await store.get('instanceName', NAMED.instance))?.doc.instance ?? '';
  return [NAMED.application, NAMED.instance, instance, names.job, names.task, names.package, NAMED.action];
}

const FILTERS: readonly (readonly [RouteName, string])[] = [
  ['listInstances', 'application'],
  ['listJobs', 'application'],
  ['listJobs', 'instance'],
  ['listEvents', 'application'],
  ['listEvents', 'subject'],
  ['listActions', 'instance'],
  ['listActions', 'job'],
  ['timeline', 'application'],
  ['timeline', 'instance'],
];

describe('a filter that names what is of another project', () => {
  it.each(FILTERS)('%s by %s answers as for what is not there', async (name, filter) => {
    const { world, token } = await openStranger();
    const nothing = await callRaw(world, name, { token, query: { [filter]: 'nothing-there' } });
    const timeless = (text: string) => text.replaceAll(/"(?:from|to)":"[^"]*"/g, '');
    for (const word of await hiddenWords(world)) {
      for (const subject of filter === 'subject' ? [word, `application:${word}`, `instance:${word}`] : [word]) {
        const found = await callRaw(world, name, { token, query: { [filter]: subject } });
        expect([subject, found.statusCode]).toEqual([subject, nothing.statusCode]);
        expect(timeless(found.body.replaceAll(subject, 'nothing-there'))).toBe(timeless(nothing.body));
      }
    }
  });
});

describe('a place in a list', () => {
  it('of everything goes on with what its finder may see, and names nothing else', async () => {
    const { world, token } = await openStranger();
    const lists: RouteName[] = ['listApplications', 'listInstances', 'listJobs', 'listEvents', 'listActions'];
    const told: string[] = [];
    for (const name of lists) {
      const all = await callRaw(world, name, { query: { limit: '1' } });
      const { next } = all.json() as { next?: string };
      for (const after of next === undefined ? [undefined] : [undefined, next]) {
        const page = await callRaw(world, name, { token, query: { limit: '1', ...(after ? { after } : {}) } });
        const own = (page.json() as { next?: string }).next ?? '';
        const text = `${page.body} ${Buffer.from(own, 'base64url').toString()}`;
        for (const word of HIDDEN) if (text.includes(word)) told.push(`${name} after ${after}: ${text}`);
      }
    }
    expect(told).toEqual([]);
  });

  it.each(['x', 'WyJpZCJd', Buffer.from('["id",null,"room-report"]').toString('base64url'), '../../etc', '__proto__'])(
    'that nobody was given (%s) tells nothing and breaks nothing',
    async (after) => {
      const { world, token } = await openStranger();
      for (const name of ['listApplications', 'listJobs', 'listEvents'] as const) {
        const { statusCode, body } = await callRaw(world, name, { token, query: { after } });
        expect([200, 400]).toContain(statusCode);
        for (const word of HIDDEN) expect(body).not.toContain(word);
      }
    },
  );
});

describe('one’s own that refers to another project’s', () => {
  it('cannot be an instance that runs after it, nor learn from trying whether it is there', async () => {
    const { world, token } = await openStranger();
    const tried = async (instance: string) => {
      const schedule = { triggers: [{ kind: 'after', instance }] };
      const file = { ...world.file, application: 'open-app', name: 'follower', schedule };
      const answers = [];
      for (const name of ['createInstance', 'applyInstance', 'previewFile'] as const)
        answers.push(await callRaw(world, name, { token, body: file }));
      const update = { ...file, name: 'own-report' };
      answers.push(await callRaw(world, 'updateInstance', { token, params: { instance: 'own-report' }, body: update }));
      return answers.map(({ statusCode, body }) => [statusCode, body.replaceAll(instance, 'it')]);
    };
    const nothing = await tried('nothing-there');
    expect(nothing.map(([status]) => status)).toEqual([422, 422, 422, 422]);
    expect(await tried(NAMED.instance)).toEqual(nothing);
  });

  it('cannot be a package of it, for comparing, for using or for an instance', async () => {
    const { world, token } = await openStranger();
    const own = (await world.parts.store.get('application', 'open-app'))?.doc.currentPackage ?? '';
    const tried = async (other: string) => [
      await callRaw(world, 'comparePackages', { token, params: { package: own, other } }),
      await callRaw(world, 'usePackage', { token, params: { application: 'open-app' }, body: { package: other } }),
      await callRaw(world, 'createInstance', {
        token,
        body: { ...world.file, application: 'open-app', name: 'other', package: other },
      }),
    ];
    const [nothing, hidden] = [await tried('f'.repeat(64)), await tried(world.names.package)];
    const plain = (all: typeof nothing, word: string) =>
      all.map(({ statusCode, body }) => [
        statusCode,
        body.replaceAll(new RegExp(`${word}|${word.slice(0, 12)}`, 'g'), 'x'),
      ]);
    expect(plain(hidden, world.names.package)).toEqual(plain(nothing, 'f'.repeat(64)));
    for (const { statusCode } of hidden) expect(statusCode).toBeGreaterThanOrEqual(400);
  });

  it('is told of by no name where somebody else had it run after one’s own', async () => {
    const { world, token, by } = await openStranger();
    const schedule = { triggers: [{ kind: 'after', instance: 'own-report' }] };
    await call(world, 'createInstance', { body: { ...world.file, name: 'hidden-follower', schedule } });
    const removed = await callRaw(world, 'removeInstance', { token, params: { instance: 'own-report' } });
    expect(removed.statusCode).toBe(409);
    expect(removed.body).toContain('one of another project');
    const circle = { ...world.file, application: 'open-app', name: 'own-report' };
    const json = JSON.stringify({
      ...circle,
      schedule: { triggers: [{ kind: 'after', instance: 'hidden-follower' }] },
    });
    const path = '/api/v1/instances/own-report';
    const changed = await sendJson(world.url, { method: 'PUT', path, headers: by, json });
    expect(changed.status).toBe(422);
    for (const text of [removed.body, changed.text.replaceAll('hidden-follower', 'asked-for')])
      for (const word of HIDDEN) expect(text).not.toContain(word);
  });

  it('cannot be its name: a package that calls itself like it is refused, and so is one that is only checked', async () => {
    const { world, token } = await openStranger();
    const pushed = await callRaw(world, 'pushPackage', { token, zip: await exampleZip(), query: { project: 'beta' } });
    expect(pushed.statusCode).toBe(404);
    const checked = await callRaw(world, 'checkPackage', { token, zip: await exampleZip() });
    expect(checked.json()).toMatchObject({ existed: false });
  });
});

describe('counting and searching', () => {
  it('counts what is one’s own and nothing else', async () => {
    const { world, token } = await openStranger();
    const seen = await call(world, 'overview', { token });
    expect(seen.counts).toMatchObject({ applications: 1, instances: 1 });
    const all = Object.values({ ...seen.counts.jobs, ...seen.counts.ended });
    expect(all.reduce((sum, count) => sum + Number(count), 0)).toBe(0);
    expect([seen.running, seen.failures]).toEqual([[], []]);
    for (const { instanceName } of seen.next) expect(instanceName).toBe('own-report');
  });

  it('finds no log by the name of a job, a task or an instance', async () => {
    const { world, token } = await openStranger();
    const nothing = await callRaw(world, 'logWindow', { token, params: { subject: 'nothing' } });
    for (const subject of await hiddenWords(world))
      for (const name of ['readLog', 'followLog', 'logWindow', 'searchLog'] as const) {
        const found = await callRaw(world, name, { token, params: { subject }, query: { text: 'x' } });
        expect([name, found.statusCode]).toEqual([name, 404]);
        expect(found.body.replaceAll(subject, 'nothing')).toBe(nothing.body);
      }
  });

  it('reads no audit, whoever is not an administrator', async () => {
    const { world, by } = await openStranger();
    for (const path of ['/api/v1/audit', '/api/v1/audit/export', '/api/v1/audit/verify'])
      expect((await sendRaw(world.url, { path, headers: by })).status).toBe(403);
  });
});

describe('an application that is moved', () => {
  it('is the other project’s from the next request on, with everything that belongs to it', async () => {
    const { world, token } = await openStranger();
    const params = { application: NAMED.application };
    const seen = async () => {
      const job = await callRaw(world, 'showJob', { token, params: { job: world.names.job } });
      const events = await callRaw(world, 'listEvents', { token, query: params });
      return [job.statusCode, events.body.includes('hidden')];
    };
    expect(await seen()).toEqual([404, false]);
    await call(world, 'moveApplication', { params, body: { project: 'beta' } });
    expect(await seen()).toEqual([200, true]);
    await call(world, 'moveApplication', { params, body: { project: 'alpha' } });
    expect(await seen()).toEqual([404, false]);
  });

  it('is moved by administrators alone, not by a developer of both projects', async () => {
    const world = await openAccessWorld();
    await world.addUser('both', { memberships: { alpha: 'developer', beta: 'developer' } });
    const by = await world.tokenOf({ user: 'both' });
    const moved = await world.ask('moveApplication', by);
    expect([moved.status, moved.code]).toEqual([403, 'account.not-allowed']);
  });
});

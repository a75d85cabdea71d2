// Who did what stands in the audit, before it is done and with what came of it, and nobody can take it out unseen.
import { describe, expect, it } from 'vitest';
import { AuditRequests } from '../../../src/accounts/audit-requests.ts';
import { AuditSweepController } from '../../../src/accounts/audit-sweep-controller.ts';
import { verifyAudit } from '../../../src/accounts/audit-verify-reads.ts';
import type { AuditEntry } from '../../../src/model/audit.ts';
import { ManualClock } from '../engine/manual-clock.ts';
import { openAccessWorld } from './access-world.ts';
import { type ApiWorld, call, callRaw, openApi } from './api-world.ts';

const DAY_MS = 86_400_000;
const FOREVER = new AbortController().signal;

async function entriesOf({ parts: { store } }: ApiWorld): Promise<readonly AuditEntry[]> {
  return (await store.list('auditEntry', { orderBy: 'at', limit: 1000 })).items.map(({ doc }) => doc);
}

async function outcomeOf({ parts: { store } }: ApiWorld, id: string) {
  return (await store.get('auditOutcome', id))?.doc;
}

function question(act: string) {
  return { who: 'user:ana', via: null, from: '::1', act, object: null, project: null, asked: null, before: null };
}

/** A recorder of its own over the world's store, as another start of the platform would be. */
function recorderOf({ parts: { store, random, log } }: ApiWorld, clock = new ManualClock()) {
  const audit = new AuditRequests({ store, clock, random, log });
  const act = async (name: string) => {
    const entry = await audit.begin(question(name));
    await audit.end(entry, { status: 200, code: null, after: null });
    return entry;
  };
  return { audit, act, clock };
}

describe('an act', () => {
  it('stands there with who asked, what it was about, how that stood, and what came of it', async () => {
    const world = await openAccessWorld();
    const by = await world.signIn('configurer');
    await world.ask('disableInstance', by);
    const entry = (await entriesOf(world)).at(-1);
    expect(entry).toMatchObject({
      ...{ who: 'user:configurer', act: 'disableInstance', project: 'alpha', from: '127.0.0.1' },
      ...{ via: expect.stringMatching(/^session:/), object: expect.stringMatching(/^instance:hidden-report-/) },
      ...{ asked: { instance: 'hidden-report' }, before: { name: 'hidden-report', enabled: true } },
    });
    expect(await outcomeOf(world, entry?.id ?? '')).toMatchObject({
      ...{ status: 200, code: null, after: { name: 'hidden-report', enabled: false } },
    });
  });

  it('that fails, or may not be done, stands there with the reason', async () => {
    const world = await openAccessWorld();
    await world.ask('removeApplication', await world.signIn('developer'));
    await world.ask('disableInstance', await world.signIn('user'));
    await world.ask('signIn', {});
    const [failed, denied, nobody] = (await entriesOf(world)).slice(-3);
    expect(await outcomeOf(world, failed?.id ?? '')).toMatchObject({ status: 409, code: 'application.in-use' });
    expect(denied).toMatchObject({ who: 'user:user', act: 'disableInstance' });
    expect(await outcomeOf(world, denied?.id ?? '')).toMatchObject({ status: 403, code: 'account.not-allowed' });
    expect(nobody).toMatchObject({
      who: 'nobody',
      act: 'signIn',
      asked: { body: { name: 'somebody', password: '«secret»' } },
    });
    expect(await outcomeOf(world, nobody?.id ?? '')).toMatchObject({ status: 401, code: 'account.sign-in-refused' });
  });

  it('that only looks does not stand there', async () => {
    const world = await openAccessWorld();
    const by = await world.signIn('developer');
    const before = (await entriesOf(world)).length;
    for (const name of ['status', 'listJobs', 'checkPackage', 'previewFile'] as const)
      expect((await world.ask(name, by)).status).toBe(200);
    expect(await entriesOf(world)).toHaveLength(before);
  });

  it('stands there without the secrets that it carries or makes', async () => {
    const world = await openApi();
    const canary = 'canary-9f3b';
    const params = { application: 'room-report', secret: 'database' };
    await callRaw(world, 'putPlatformSecret', { params, body: { value: canary } });
    await callRaw(world, 'claim', { body: { secret: canary, name: 'ana', displayName: 'Ana', password: canary } });
    await callRaw(world, 'signIn', { body: { name: 'ana', password: canary } });
    await callRaw(world, 'changePassword', { body: { old: canary, new: canary } });
    const token = { name: 'ci', permissions: ['jobs:read'], projects: null, expiresInMs: null };
    const made = await call(world, 'makeToken', { body: token });
    await call(world, 'addUser', { body: { name: 'ana' } });
    const invited = await call(world, 'inviteUser', { params: { user: 'ana' }, body: { by: 'link' } });
    const audit = (await callRaw(world, 'exportAudit')).body;
    expect(audit).toContain('"act":"putPlatformSecret"');
    expect(audit).toContain('"act":"inviteUser"');
    for (const secret of [canary, made.token, invited.link?.split('#')[1] ?? 'none'])
      expect(audit).not.toContain(secret);
  });

  it('that cannot be recorded is not done', async () => {
    const world = await openApi();
    const { clock, random, log, store } = world.parts;
    const full = { ...proxied(store), apply: () => Promise.reject(new Error('the disk is full')) };
    const broken = await openApi({ audit: new AuditRequests({ store: full, clock, random, log }) });
    const refused = await callRaw(broken, 'addUser', { body: { name: 'ana' } });
    expect([refused.statusCode, refused.json().error.code]).toEqual([503, 'audit.unwritten']);
    expect(await broken.parts.store.get('user', 'ana')).toBeUndefined();
  });
});

/** The same store as a plain object, of which single methods may be replaced. */
function proxied(store: ApiWorld['parts']['store']): ApiWorld['parts']['store'] {
  return {
    get: (kind, id) => store.get(kind, id),
    getMany: (kind, ids) => store.getMany(kind, ids),
    list: (kind, query) => store.list(kind, query),
    positions: (kind, query) => store.positions(kind, query),
    count: (kind, query) => store.count(kind, query),
    create: (kind, doc) => store.create(kind, doc),
    update: (kind, doc, version) => store.update(kind, doc, version),
    delete: (kind, id, version) => store.delete(kind, id, version),
    apply: (writes) => store.apply(writes),
    snapshot: () => store.snapshot(),
    close: () => store.close(),
    onWritten: (listener) => store.onWritten(listener),
  };
}

describe('the audit', () => {
  it('is listed newest first, by person, object and time, and exported oldest first', async () => {
    const world = await openApi();
    await call(world, 'addUser', { body: { name: 'ana' } });
    await call(world, 'changeUser', { params: { user: 'ana' }, body: { displayName: 'Ana' } });
    const acts = async (query: Record<string, string>) =>
      (await call(world, 'listAudit', { query })).items.map(({ act }) => act);
    expect(await acts({})).toEqual(['changeUser', 'addUser', 'audit.begin']);
    expect(await acts({ object: 'user:ana' })).toEqual(['changeUser']);
    expect(await acts({ who: 'token:tester', object: 'user:ana' })).toEqual(['changeUser']);
    expect(await acts({ who: 'user:ana' })).toEqual([]);
    expect(await acts({ since: '1h', limit: '1' })).toEqual(['changeUser']);
    expect(await acts({ since: '2100-01-01T00:00:00Z' })).toEqual([]);
    const lines = (await callRaw(world, 'exportAudit')).body.trim().split('\n');
    expect(lines.map((line) => JSON.parse(line).act)).toEqual(['audit.begin', 'addUser', 'changeUser']);
    expect(await call(world, 'verifyAudit')).toEqual({ entries: 3, chains: 1, removed: 0, unknown: 0, holes: [] });
  });

  it('is whole however many ask at once, and whatever the clock does', async () => {
    const world = await openApi();
    const { act, clock } = recorderOf(world);
    await Promise.all(Array.from({ length: 300 }, (_, index) => act(`a${index}`)));
    clock.jump(-3_600_000);
    await act('earlier');
    const entries = await entriesOf(world);
    expect(entries.map(({ number }) => number)).toEqual(entries.map((_, index) => index + 1));
    expect(await verifyAudit(world.parts.store, FOREVER)).toMatchObject({ entries: 302, holes: [] });
  });

  it('tells what was taken out, what was changed, and what was cut off', async () => {
    const world = await openApi();
    const { store } = world.parts;
    const first = recorderOf(world);
    const [a, b, c] = [await first.act('a'), await first.act('b'), await first.act('c')];
    const kinds = async () => (await verifyAudit(store, FOREVER)).holes.map(({ what, number }) => [what, number]);
    const change = async (id: string, over: Partial<AuditEntry>) => {
      const stored = await store.get('auditEntry', id);
      if (stored) await store.update('auditEntry', { ...stored.doc, ...over }, stored.version);
    };
    await change(a.id, { who: 'user:eve' });
    expect(await kinds()).toEqual([['changed', a.number]]);
    await change(a.id, { who: a.who });
    const outcome = await store.get('auditOutcome', b.id);
    const changed = outcome && (await store.update('auditOutcome', { ...outcome.doc, status: 500 }, outcome.version));
    expect(await kinds()).toEqual([['changed', b.number]]);
    if (outcome && changed) await store.update('auditOutcome', outcome.doc, changed.version);
    await recorderOf(world, first.clock).act('d');
    expect(await kinds()).toEqual([]);
    await remove(world, c.id);
    expect(await kinds()).toEqual([['cut', c.number]]);
    await store.create('auditEntry', c);
    await remove(world, b.id);
    expect(await kinds()).toEqual([['missing', c.number]]);
  });

  it('loses what is too old, from its old end, and stays whole', async () => {
    const world = await openApi();
    const { store } = world.parts;
    const { audit, act, clock } = recorderOf(world);
    const sweep = new AuditSweepController({ store, audit, maxAgeMs: 10 * DAY_MS, everyMs: DAY_MS });
    for (let day = 0; day < 12; day++) {
      await act(`day ${day}`);
      clock.jump(DAY_MS);
    }
    expect(await sweep.reconcile('all', clock.now())).toBe(clock.now() + DAY_MS);
    const acts = (await entriesOf(world)).map((entry) => entry.act);
    expect(acts.slice(0, 2)).toEqual(['day 2', 'day 3']);
    expect(acts.at(-1)).toBe('audit.cut');
    expect(await verifyAudit(store, FOREVER)).toMatchObject({ removed: 3, holes: [] });
    expect((await store.list('auditOutcome', { limit: 100 })).items).toHaveLength(acts.length);
    await remove(world, (await entriesOf(world))[0]?.id ?? '');
    expect((await verifyAudit(store, FOREVER)).holes).toMatchObject([{ what: 'missing', number: 5 }]);
  });

  it('does not take the word of a note that cut what was not old', async () => {
    const world = await openApi();
    const { audit, act, clock } = recorderOf(world);
    const [a, b] = [await act('a'), await act('b')];
    clock.jump(DAY_MS);
    const asked = { chain: b.chain, number: b.number, digest: b.digest, at: b.at, maxAgeMs: 10 * DAY_MS };
    await audit.begin({ ...question('audit.cut'), who: 'system', asked });
    for (const { id } of (await entriesOf(world)).filter(({ number }) => number <= b.number)) await remove(world, id);
    expect(a.number).toBe(2);
    expect((await verifyAudit(world.parts.store, FOREVER)).holes).toMatchObject([{ what: 'missing', number: 4 }]);
  });
});

async function remove({ parts: { store } }: ApiWorld, id: string): Promise<void> {
  const stored = await store.get('auditEntry', id);
  if (stored) await store.delete('auditEntry', id, stored.version);
}

// People and projects: rights that count at once, an administrator who stays, projects that leave nothing behind.
import { describe, expect, it } from 'vitest';
import { anyAdministrator } from '../../../src/accounts/account-reads.ts';
import { listProjects } from '../../../src/accounts/project-reads.ts';
import { addProject, changeProject, moveApplication, removeProject } from '../../../src/accounts/project-requests.ts';
import { sessionsOf } from '../../../src/accounts/session-reads.ts';
import { checkSession } from '../../../src/accounts/session-requests.ts';
import { signIn } from '../../../src/accounts/sign-in-requests.ts';
import { checkToken, makeTokenOfNobody } from '../../../src/accounts/token-requests.ts';
import { listUsers } from '../../../src/accounts/user-reads.ts';
import { addUser, removeUser, setUserAccess } from '../../../src/accounts/user-requests.ts';
import { accessOf, FULL_ACCESS, mayEverywhere, mayIn } from '../../../src/model/access.ts';
import { type AccountsWorld, claimed, joined, openAccounts, PASSWORD, PLACE } from './accounts-world.ts';

const ended = { code: 'account.session-ended' };
const last = { code: 'account.last-administrator', status: 409 };

describe('what a person may', () => {
  it('changes from their next request on', async () => {
    const world = await openAccounts();
    const { cookie } = await joined(world, 'ana', { memberships: { default: 'user' } });
    const may = async () => (await checkSession(world.parts, cookie)).access;
    expect(mayIn(await may(), 'jobs:write', 'default')).toBe(false);
    await setUserAccess(world.parts, 'ana', { memberships: { default: 'configurer' } });
    expect(mayIn(await may(), 'jobs:write', 'default')).toBe(true);
    await setUserAccess(world.parts, 'ana', { administrator: true });
    expect(mayEverywhere(await may(), 'users:write')).toBe(true);
  });

  it('is nothing once they are disabled: they are signed out for good', async () => {
    const world = await openAccounts();
    await claimed(world);
    const { cookie } = await joined(world, 'ana');
    await setUserAccess(world.parts, 'ana', { disabled: true });
    await expect(checkSession(world.parts, cookie)).rejects.toMatchObject(ended);
    await setUserAccess(world.parts, 'ana', { disabled: false });
    await expect(checkSession(world.parts, cookie)).rejects.toMatchObject(ended);
    await signIn(world.parts, { name: 'ana', password: PASSWORD }, PLACE);
  });

  it('cannot name projects that are not there', async () => {
    const world = await openAccounts();
    const missing = { code: 'request.not-found', details: { what: 'project', id: 'none' } };
    const details = { displayName: 'Ana', email: null, mailsNotices: false, memberships: { none: 'user' } } as const;
    await expect(addUser(world.parts, 'ana', details)).rejects.toMatchObject(missing);
    await joined(world, 'ana');
    const set = setUserAccess(world.parts, 'ana', { memberships: { none: 'user' } });
    await expect(set).rejects.toMatchObject(missing);
  });

  it('is gone with them, also for the next one of their name', async () => {
    const world = await openAccounts();
    const { cookie } = await joined(world, 'ana', { memberships: { default: 'developer' } });
    await removeUser(world.parts, 'ana');
    expect(await sessionsOf(world.parts.store, 'ana')).toEqual([]);
    await addUser(world.parts, 'ana', { displayName: 'Another', email: null, mailsNotices: false });
    await expect(checkSession(world.parts, cookie)).rejects.toMatchObject(ended);
    const old = signIn(world.parts, { name: 'ana', password: PASSWORD }, PLACE);
    await expect(old).rejects.toMatchObject({ code: 'account.sign-in-refused' });
  });
});

describe('the last administrator', () => {
  it('stays one: not demoted, not disabled, not removed', async () => {
    const world = await openAccounts();
    await claimed(world);
    await expect(setUserAccess(world.parts, 'root', { administrator: false })).rejects.toMatchObject(last);
    await expect(setUserAccess(world.parts, 'root', { disabled: true })).rejects.toMatchObject(last);
    await expect(removeUser(world.parts, 'root')).rejects.toMatchObject(last);
    await signIn(world.parts, { name: 'root', password: PASSWORD }, PLACE);
  });

  it('is not relieved by one who cannot sign in', async () => {
    const world = await openAccounts();
    await claimed(world);
    const details = { displayName: 'Ben', email: null, mailsNotices: false, administrator: true };
    await addUser(world.parts, 'ben', details);
    await joined(world, 'eve', { administrator: true });
    await setUserAccess(world.parts, 'eve', { disabled: true });
    await expect(setUserAccess(world.parts, 'root', { administrator: false })).rejects.toMatchObject(last);
    await setUserAccess(world.parts, 'eve', { disabled: false });
    await setUserAccess(world.parts, 'root', { administrator: false });
    await removeUser(world.parts, 'ben');
    await expect(removeUser(world.parts, 'eve')).rejects.toMatchObject(last);
  });

  it('stays when two take each other’s rights away at once', async () => {
    for (let round = 0; round < 10; round++) {
      const world = await openAccounts();
      const password = { hash: 'x', changedAt: 0 };
      for (const id of ['ana', 'ben']) {
        await addUser(world.parts, id, { displayName: id, email: null, mailsNotices: false, administrator: true });
        await world.parts.store.create('password', { id, ...password });
      }
      const acts = [
        setUserAccess(world.parts, 'ana', { administrator: false }),
        round % 2 === 0 ? removeUser(world.parts, 'ben') : setUserAccess(world.parts, 'ben', { disabled: true }),
      ];
      const outcomes = await Promise.allSettled(acts);
      expect(outcomes.some(({ status }) => status === 'rejected')).toBe(true);
      expect(await anyAdministrator(world.parts.store, null)).toBe(true);
    }
  });
});

it('users are listed with their roles, their state, and when they were seen', async () => {
  const world = await openAccounts();
  await joined(world, 'ana', { memberships: { default: 'user' } });
  await addUser(world.parts, 'ben', { displayName: 'Ben', email: null, mailsNotices: false });
  const { items, next } = await listUsers(world.parts.store, { limit: 10 });
  expect(next).toBeUndefined();
  expect(items).toMatchObject([
    { user: { id: 'ana' }, hasPassword: true, lastSeenAt: world.clock.now() },
    { user: { id: 'ben' }, hasPassword: false, lastSeenAt: null },
  ]);
});

async function withApplication(world: AccountsWorld, id: string): Promise<void> {
  const application = { id, description: '', currentPackage: 'x', createdAt: 0, updatedAt: 0 };
  await world.parts.store.create('application', application);
}

describe('a project', () => {
  it('is seen by those who have a role in it', async () => {
    const world = await openAccounts();
    await addProject(world.parts, 'energy', 'Meters');
    await withApplication(world, 'meter');
    await withApplication(world, 'room');
    await moveApplication(world.parts, 'meter', 'energy');
    const seen = async (access = FULL_ACCESS) =>
      (await listProjects(world.parts.store, access)).map(({ project, applications }) => [project.id, ...applications]);
    expect(await seen()).toEqual([
      ['default', 'room'],
      ['energy', 'meter'],
    ]);
    expect(await seen(accessOf(false, { energy: 'user' }))).toEqual([['energy', 'meter']]);
    expect(await seen(accessOf(false, {}))).toEqual([]);
  });

  it('is removed when it is empty, with the roles in it and what tokens were limited to', async () => {
    const world = await openAccounts();
    await addProject(world.parts, 'energy', '');
    await withApplication(world, 'meter');
    await moveApplication(world.parts, 'meter', 'energy');
    const { cookie } = await joined(world, 'ana', { memberships: { energy: 'developer' } });
    const wanted = { name: 'ci', permissions: ['*'], projects: ['energy'], expiresInMs: null };
    const { token } = await makeTokenOfNobody(world.parts, { access: FULL_ACCESS }, wanted);
    expect(mayIn((await checkToken(world.parts, token)).access, 'jobs:write', 'energy')).toBe(true);
    const inUse = { code: 'project.in-use', details: { application: 'meter' } };
    await expect(removeProject(world.parts, 'energy')).rejects.toMatchObject(inUse);
    await moveApplication(world.parts, 'meter', 'default');
    await removeProject(world.parts, 'energy');
    await addProject(world.parts, 'energy', 'another one');
    expect((await checkSession(world.parts, cookie)).access.projects).toEqual({});
    expect((await checkToken(world.parts, token)).access.projects).toEqual({});
  });

  it('holds every application in one that is there, however moves and removals meet', async () => {
    for (let round = 0; round < 20; round++) {
      const world = await openAccounts();
      await addProject(world.parts, 'energy', '');
      await withApplication(world, 'meter');
      await Promise.allSettled([moveApplication(world.parts, 'meter', 'energy'), removeProject(world.parts, 'energy')]);
      const { project = 'default' } = (await world.parts.store.get('application', 'meter'))?.doc ?? {};
      const there = (await listProjects(world.parts.store, FULL_ACCESS)).map(({ project: each }) => each.id);
      expect(there).toContain(project);
    }
  });

  it('has a name that fits, once; the default one is always there', async () => {
    const world = await openAccounts();
    for (const name of ['', 'No', '-a', 'a/b', '__proto__', 'x'.repeat(64)])
      await expect(addProject(world.parts, name, '')).rejects.toMatchObject({ code: 'project.name-invalid' });
    await addProject(world.parts, 'energy', '');
    for (const name of ['energy', 'default'])
      await expect(addProject(world.parts, name, '')).rejects.toMatchObject({ code: 'project.name-taken' });
    await expect(removeProject(world.parts, 'default')).rejects.toMatchObject({ code: 'project.default' });
    await changeProject(world.parts, 'default', 'what everybody shares');
    const [shared] = await listProjects(world.parts.store, FULL_ACCESS);
    expect(shared?.project.description).toBe('what everybody shares');
    await expect(changeProject(world.parts, 'none', '')).rejects.toMatchObject({ code: 'request.not-found' });
    await expect(moveApplication(world.parts, 'none', 'energy')).rejects.toMatchObject({ code: 'request.not-found' });
  });
});

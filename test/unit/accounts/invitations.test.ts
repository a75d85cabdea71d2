// Links that work once: the first claim, invitations, new passwords, and what becomes of those that nobody follows.
import { describe, expect, it } from 'vitest';
import { AccountSweep } from '../../../src/accounts/account-sweep.ts';
import { claim, claimLink } from '../../../src/accounts/claim-requests.ts';
import { acceptInvitation, inviteUser, lookAtLink } from '../../../src/accounts/invitation-requests.ts';
import { checkSession } from '../../../src/accounts/session-requests.ts';
import { signIn } from '../../../src/accounts/sign-in-requests.ts';
import { addUser, setUserAccess } from '../../../src/accounts/user-requests.ts';
import { FULL_ACCESS } from '../../../src/model/access.ts';
import { type AccountsWorld, claimed, joined, openAccounts, PASSWORD, PLACE, secretIn } from './accounts-world.ts';

const HOUR = 3_600_000;
const refused = { code: 'account.link-refused', status: 404 };

function claimOf(secret: string, name = 'root') {
  return { secret, name, displayName: 'The Root', email: null, password: PASSWORD };
}

describe('the first claim', () => {
  it('makes an administrator who is signed in', async () => {
    const world = await openAccounts();
    const link = await claimLink(world.parts);
    expect(link).toMatch(/^https:\/\/berth\.example\.org\/claim#link_[a-z0-9]{10}_[\w-]{43}$/);
    const { cookie } = await claim(world.parts, claimOf(secretIn(link)), PLACE);
    expect(await checkSession(world.parts, cookie)).toMatchObject({ user: 'root', access: FULL_ACCESS });
    expect(world.events).toContain('platform.claimed');
    expect(await claimLink(world.parts)).toBeUndefined();
  });

  it('is made by one of two who claim at once', async () => {
    const world = await openAccounts();
    const secret = secretIn(await claimLink(world.parts));
    const both = ['ana', 'ben'].map((name) => claim(world.parts, claimOf(secret, name), PLACE));
    const outcomes = await Promise.allSettled(both);
    expect(outcomes.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
    const { items } = await world.parts.store.list('user', { limit: 10 });
    expect(items.map(({ doc }) => doc.administrator)).toEqual([true]);
  });

  it('needs the link of the last start, within a day', async () => {
    const world = await openAccounts();
    const first = secretIn(await claimLink(world.parts));
    const second = secretIn(await claimLink(world.parts));
    await expect(claim(world.parts, claimOf(first), PLACE)).rejects.toMatchObject(refused);
    expect((await lookAtLink(world.parts, second)).invitation.purpose).toBe('claim');
    world.clock.jump(24 * HOUR);
    await expect(claim(world.parts, claimOf(second), PLACE)).rejects.toMatchObject(refused);
  });

  it('is over when there is an administrator, however they became one', async () => {
    const world = await openAccounts();
    const secret = secretIn(await claimLink(world.parts));
    await joined(world, 'ana', { administrator: true });
    await expect(claim(world.parts, claimOf(secret), PLACE)).rejects.toMatchObject({ code: 'account.already-claimed' });
  });

  it('leaves the link as it is when something is wrong with what was typed', async () => {
    const world = await openAccounts();
    const secret = secretIn(await claimLink(world.parts));
    const wrong = [{ name: 'No Name' }, { password: 'short' }, { password: 'root-root-root' }, { email: 'x' }];
    for (const each of wrong)
      await expect(claim(world.parts, { ...claimOf(secret), ...each }, PLACE)).rejects.toMatchObject({ status: 400 });
    await claim(world.parts, claimOf(secret), PLACE);
  });

  it('needs a link of its own: no invitation will do', async () => {
    const world = await openAccounts();
    await addUser(world.parts, 'ana', { displayName: 'Ana', email: null, mailsNotices: false });
    const { link } = await inviteUser(world.parts, 'ana', 'link');
    await expect(claim(world.parts, claimOf(secretIn(link)), PLACE)).rejects.toMatchObject(refused);
    const claiming = secretIn(await claimLink(world.parts));
    const accepted = acceptInvitation(world.parts, { secret: claiming, password: PASSWORD }, PLACE);
    await expect(accepted).rejects.toMatchObject(refused);
  });
});

async function withAna(world: AccountsWorld, email: string | null = 'ana@example.org'): Promise<AccountsWorld> {
  await addUser(world.parts, 'ana', { displayName: 'Ana B.', email, mailsNotices: false });
  return world;
}

describe('an invitation', () => {
  it('is mailed, and then shown to nobody', async () => {
    const world = await withAna(await openAccounts());
    const invited = await inviteUser(world.parts, 'ana', 'mail');
    expect(invited).toMatchObject({ mailed: true, link: null });
    const [mail] = world.mails;
    expect(mail).toMatchObject({ to: 'ana@example.org', subject: 'Your account on Berth' });
    expect(mail?.text).toContain('Hello Ana B.');
    const secret = /invitation#(\S+)/.exec(mail?.text ?? '')?.[1] ?? '';
    await acceptInvitation(world.parts, { secret, password: PASSWORD }, PLACE);
    await signIn(world.parts, { name: 'ana', password: PASSWORD }, PLACE);
  });

  it('is shown once where it was asked for, where there is no mailbox, and where no server takes mail', async () => {
    const world = await withAna(await openAccounts({ mail: async () => false }));
    expect(await inviteUser(world.parts, 'ana', 'mail')).toMatchObject({ mailed: false, link: expect.any(String) });
    const other = await withAna(await openAccounts(), null);
    expect(await inviteUser(other.parts, 'ana', 'mail')).toMatchObject({ mailed: false, link: expect.any(String) });
    const third = await withAna(await openAccounts());
    expect(await inviteUser(third.parts, 'ana', 'link')).toMatchObject({ mailed: false, link: expect.any(String) });
    expect([...world.mails, ...other.mails, ...third.mails]).toEqual([]);
  });

  it('is used by one of two who use it at once, and by nobody after', async () => {
    const world = await withAna(await openAccounts());
    const secret = secretIn((await inviteUser(world.parts, 'ana', 'link')).link);
    const passwords = [PASSWORD, 'cedar window anthem'];
    const outcomes = await Promise.allSettled(
      passwords.map((password) => acceptInvitation(world.parts, { secret, password }, PLACE)),
    );
    const winner = outcomes.findIndex(({ status }) => status === 'fulfilled');
    expect(outcomes.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
    await signIn(world.parts, { name: 'ana', password: passwords[winner] ?? '' }, PLACE);
    await expect(acceptInvitation(world.parts, { secret, password: PASSWORD }, PLACE)).rejects.toMatchObject(refused);
  });

  it('ends with a newer one, after a week, and when its user is disabled', async () => {
    const world = await withAna(await openAccounts());
    const made = async () => secretIn((await inviteUser(world.parts, 'ana', 'link')).link);
    const [first, second] = [await made(), await made()];
    await expect(lookAtLink(world.parts, first)).rejects.toMatchObject(refused);
    expect(await lookAtLink(world.parts, second)).toMatchObject({ user: { id: 'ana' } });
    await setUserAccess(world.parts, 'ana', { disabled: true });
    await expect(lookAtLink(world.parts, second)).rejects.toMatchObject(refused);
    await setUserAccess(world.parts, 'ana', { disabled: false });
    world.clock.jump(7 * 24 * HOUR);
    await expect(lookAtLink(world.parts, second)).rejects.toMatchObject(refused);
  });

  it('of somebody who has a password sets another one, and ends what was begun with the old one', async () => {
    const world = await openAccounts();
    const { cookie } = await joined(world, 'ana');
    const { link, invitation } = await inviteUser(world.parts, 'ana', 'link');
    expect(invitation.purpose).toBe('reset');
    const accepted = { secret: secretIn(link), password: 'cedar window anthem' };
    await acceptInvitation(world.parts, accepted, PLACE);
    await expect(checkSession(world.parts, cookie)).rejects.toMatchObject({ code: 'account.session-ended' });
    const old = signIn(world.parts, { name: 'ana', password: PASSWORD }, PLACE);
    await expect(old).rejects.toMatchObject({ code: 'account.sign-in-refused' });
  });

  it('is stored without what it is made of, and is not used up by a weak password', async () => {
    const world = await withAna(await openAccounts());
    const { link, invitation } = await inviteUser(world.parts, 'ana', 'link');
    expect(JSON.stringify(invitation)).not.toContain(link?.slice(-43));
    const weak = acceptInvitation(world.parts, { secret: secretIn(link), password: 'password1234' }, PLACE);
    await expect(weak).rejects.toMatchObject({ code: 'account.password-weak' });
    await acceptInvitation(world.parts, { secret: secretIn(link), password: PASSWORD }, PLACE);
  });
});

describe('a new password that somebody asks for', () => {
  async function withMailbox(over: Parameters<typeof openAccounts>[0] = {}) {
    const world = await openAccounts(over);
    await joined(world, 'ana', { email: 'ana@example.org' });
    const access = {
      kind: 'smtp',
      host: 'mail',
      port: 25,
      tls: 'none',
      user: null,
      passwordFile: null,
      from: 'b@c.d',
    } as const;
    await world.parts.store.create('actionChannel', { id: 'smtp', access, updatedAt: 0 });
    return world;
  }
  const asked = async (world: AccountsWorld, ...names: readonly string[]) => {
    for (const name of names) world.parts.resets.ask(name);
    await world.room.close();
  };

  it('comes by a mail to those who have an account and a mailbox, once in five minutes', async () => {
    const world = await withMailbox();
    await joined(world, 'ben');
    world.clock.jump(HOUR);
    await asked(world, 'ana', 'ana', 'ben', 'nobody', '', '__proto__');
    await asked(world, 'ana');
    expect(world.mails.map(({ to, subject }) => [to, subject])).toEqual([
      ['ana@example.org', 'A new password for Berth'],
    ]);
    const secret = /invitation#(\S+)/.exec(world.mails[0]?.text ?? '')?.[1] ?? '';
    await acceptInvitation(world.parts, { secret, password: 'cedar window anthem' }, PLACE);
    world.clock.jump(300_000);
    await asked(world, 'ana');
    expect(world.mails).toHaveLength(2);
  });

  it('works for an hour, and is nothing where mail is not taken', async () => {
    const world = await withMailbox();
    world.clock.jump(HOUR);
    await asked(world, 'ana');
    const secret = /invitation#(\S+)/.exec(world.mails[0]?.text ?? '')?.[1] ?? '';
    world.clock.jump(HOUR);
    await expect(lookAtLink(world.parts, secret)).rejects.toMatchObject(refused);
    const silent = await withMailbox({ mail: async () => false });
    silent.clock.jump(HOUR);
    await asked(silent, 'ana');
    expect(await silent.parts.store.count('invitation', {})).toBe(0);
  });
});

it('sessions and links that have ended are swept away, and no others', async () => {
  const world = await openAccounts();
  await claimed(world);
  await addUser(world.parts, 'ana', { displayName: 'Ana', email: null, mailsNotices: false });
  await inviteUser(world.parts, 'ana', 'link');
  const sweep = new AccountSweep(world.parts.store, HOUR);
  const left = async () => {
    expect(await sweep.reconcile('all', world.clock.now())).toBe(world.clock.now() + HOUR);
    return [await world.parts.store.count('session', {}), await world.parts.store.count('invitation', {})];
  };
  expect(await left()).toEqual([1, 1]);
  world.clock.jump(13 * HOUR);
  expect(await left()).toEqual([0, 1]);
  world.clock.jump(8 * 24 * HOUR);
  expect(await left()).toEqual([0, 0]);
});

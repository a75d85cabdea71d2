// Signing in: the same answer for everybody who may not, waits that grow, sessions that end.
import { describe, expect, it } from 'vitest';
import { PasswordHashing } from '../../../src/accounts/password-hashing.ts';
import { changePassword } from '../../../src/accounts/password-requests.ts';
import { sessionsOf } from '../../../src/accounts/session-reads.ts';
import { checkSession, endSession } from '../../../src/accounts/session-requests.ts';
import { signIn } from '../../../src/accounts/sign-in-requests.ts';
import { SignInTries } from '../../../src/accounts/sign-in-tries.ts';
import { setUserAccess } from '../../../src/accounts/user-requests.ts';
import { SystemRandom } from '../../../src/adapters/system-random/system-random.ts';
import { BerthError } from '../../../src/model/errors.ts';
import { ManualClock } from '../engine/manual-clock.ts';
import { joined, openAccounts, PASSWORD, PLACE } from './accounts-world.ts';

const HOUR = 3_600_000;
const refused = { code: 'account.sign-in-refused', status: 401 };
const tooMany = { code: 'account.too-many-tries', status: 429 };

describe('signing in', () => {
  it('begins a session that tells who calls', async () => {
    const world = await openAccounts();
    await joined(world, 'ana', { memberships: { default: 'user' } });
    const { cookie, session } = await signIn(world.parts, { name: 'ana', password: PASSWORD }, PLACE);
    expect(await checkSession(world.parts, cookie)).toMatchObject({
      ...{ name: 'ana', user: 'ana', by: { kind: 'session', id: session.id } },
      access: { projects: { default: expect.arrayContaining(['jobs:read']) } },
    });
    expect(JSON.stringify(session)).not.toContain(cookie.slice(-43));
  });

  it('is refused alike for a wrong password, an unknown name, no password, and somebody who is disabled', async () => {
    const world = await openAccounts();
    await joined(world, 'ana');
    await joined(world, 'ben');
    await setUserAccess(world.parts, 'ben', { disabled: true });
    const errors = ['ana', 'nobody', 'ben', '', '__proto__', 'x'.repeat(100)].map((name) =>
      signIn(world.parts, { name, password: name === 'ben' ? PASSWORD : 'wrong' }, PLACE).catch(
        (error: Error) => error,
      ),
    );
    const answers = (await Promise.all(errors)).map((error) => JSON.stringify([error, String(error)]));
    expect(new Set(answers).size).toBe(1);
    await expect(signIn(world.parts, { name: 'ana', password: '' }, PLACE)).rejects.toMatchObject(refused);
  });

  it('takes a turn of hashing for names that are not there as well, so that it costs the same', async () => {
    const world = await openAccounts();
    await joined(world, 'ana');
    const busy = async (name: string) => {
      const passwords = new PasswordHashing(new SystemRandom());
      const parts = { ...world.parts, passwords, tries: new SignInTries(world.clock) };
      const others = Array.from({ length: 34 }, () => passwords.matches(undefined, 'x'));
      await expect(signIn(parts, { name, password: 'wrong' }, PLACE)).rejects.toMatchObject(tooMany);
      await Promise.all(others);
    };
    await busy('ana');
    await busy('nobody');
  });
});

describe('tries that fail', () => {
  const wrong = async () => false;
  const right = async () => true;

  it('make the next one for the name wait, longer each time, a minute at most', async () => {
    const clock = new ManualClock();
    const tries = new SignInTries(clock);
    for (let n = 0; n < 5; n++) expect(await tries.during('ana', `10.0.0.${n}`, wrong)).toBe(false);
    const waits: number[] = [];
    for (let n = 0; n < 9; n++) {
      await tries.during('ana', `10.0.1.${n}`, wrong);
      const error: unknown = await tries.during('ana', `10.0.2.${n}`, right).catch((each: unknown) => each);
      expect(error).toMatchObject(tooMany);
      const seconds = error instanceof BerthError ? Number(error.details.seconds) : 0;
      waits.push(seconds);
      await clock.advance(seconds * 1000);
    }
    expect(waits).toEqual([1, 2, 4, 8, 16, 32, 60, 60, 60]);
    expect(await tries.during('ben', '10.0.3.1', right)).toBe(true);
  });

  it('make the next one from the address wait, whatever the name', async () => {
    const clock = new ManualClock();
    const tries = new SignInTries(clock);
    for (let n = 0; n < 21; n++) await tries.during(`name${n}`, '192.0.2.1', wrong);
    await expect(tries.during('ana', '192.0.2.1', right)).rejects.toMatchObject(tooMany);
    expect(await tries.during('ana', '192.0.2.2', right)).toBe(true);
  });

  it.each([
    ['2001:db8::1', '2001:db8::ffff:1', true],
    ['2001:db8:0:0:1:2:3:4', '2001:db8::1', true],
    ['2001:db8:1::1', '2001:db8:2::1', false],
    ['::ffff:192.0.2.1', '192.0.2.1', true],
    ['fe80::1%eth0', 'fe80::2', true],
  ])('from %s count for %s: %s', async (one, other, counts) => {
    const tries = new SignInTries(new ManualClock());
    for (let n = 0; n < 21; n++) await tries.during(`name${n}`, one, wrong);
    const next = tries.during('ana', other, right).then(
      () => false,
      () => true,
    );
    expect(await next).toBe(counts);
  });

  it('count from when they begin, so that many at once are not one', async () => {
    const tries = new SignInTries(new ManualClock());
    const outcomes = await Promise.allSettled(
      Array.from({ length: 50 }, (_, n) => tries.during('ana', `10.0.0.${n}`, wrong)),
    );
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(6);
  });

  it('are forgotten with the right password, though not those of the address', async () => {
    const tries = new SignInTries(new ManualClock());
    for (let n = 0; n < 5; n++) await tries.during('ana', '192.0.2.1', wrong);
    expect(await tries.during('ana', '192.0.2.1', right)).toBe(true);
    for (let n = 0; n < 5; n++) expect(await tries.during('ana', '192.0.2.1', wrong)).toBe(false);
    for (let n = 0; n < 10; n++) {
      await tries.during(`name${n}`, '192.0.2.1', wrong);
      await tries.during('mine', '192.0.2.1', right);
    }
    await tries.during('last', '192.0.2.1', wrong);
    await expect(tries.during('mine', '192.0.2.1', right)).rejects.toMatchObject(tooMany);
  });

  it('are forgotten after an hour, and do not count when the platform could not check', async () => {
    const clock = new ManualClock();
    const tries = new SignInTries(clock);
    for (let n = 0; n < 30; n++)
      await expect(tries.during('ana', '192.0.2.1', () => Promise.reject(new Error('busy')))).rejects.toThrow('busy');
    for (let n = 0; n < 6; n++) await tries.during('ana', '192.0.2.1', wrong);
    await expect(tries.during('ana', '192.0.2.1', right)).rejects.toMatchObject(tooMany);
    await clock.advance(HOUR);
    for (let n = 0; n < 5; n++) await tries.during('ana', '192.0.2.1', wrong);
    expect(await tries.during('ana', '192.0.2.1', right)).toBe(true);
  });

  it('are kept in bounded memory', async () => {
    const tries = new SignInTries(new ManualClock());
    for (let n = 0; n < 6; n++) await tries.during('ana', '192.0.2.1', wrong);
    for (let n = 0; n < 10_000; n++) await tries.during(`name${n}`, `10.${n >> 8}.${n & 255}.1`, wrong);
    expect(await tries.during('ana', '192.0.2.9', right)).toBe(true);
  });
});

describe('a session', () => {
  const ended = { code: 'account.session-ended', status: 401 };

  it('ends when it was not used for twelve hours', async () => {
    const world = await openAccounts();
    const { cookie } = await joined(world, 'ana');
    for (let hours = 0; hours < 33; hours += 11) {
      world.clock.jump(11 * HOUR);
      await checkSession(world.parts, cookie);
    }
    world.clock.jump(12 * HOUR);
    await expect(checkSession(world.parts, cookie)).rejects.toMatchObject(ended);
  });

  it('ends after seven days, however much it is used', async () => {
    const world = await openAccounts();
    const { cookie, endsAt } = await joined(world, 'ana');
    expect(endsAt).toBe(world.clock.now() + 7 * 24 * HOUR);
    for (let hours = 0; hours < 7 * 24 - 6; hours += 6) {
      world.clock.jump(6 * HOUR);
      await checkSession(world.parts, cookie);
    }
    world.clock.jump(6 * HOUR);
    await expect(checkSession(world.parts, cookie)).rejects.toMatchObject(ended);
  });

  it('is not written at every request', async () => {
    const world = await openAccounts();
    const { cookie, session } = await joined(world, 'ana');
    const version = async () => (await world.parts.store.get('session', session.id))?.version;
    const before = await version();
    world.clock.jump(200_000);
    await checkSession(world.parts, cookie);
    expect(await version()).toBe(before);
    world.clock.jump(200_000);
    await Promise.all([checkSession(world.parts, cookie), checkSession(world.parts, cookie)]);
    expect(await version()).not.toBe(before);
  });

  it('is refused when anything in its cookie is changed', async () => {
    const world = await openAccounts();
    const { cookie } = await joined(world, 'ana');
    const wrong = [
      '',
      'session',
      cookie.slice(0, -1),
      `${cookie}x`,
      cookie.replace('session', 'berth'),
      cookie.toUpperCase(),
    ];
    for (const each of wrong) await expect(checkSession(world.parts, each), each).rejects.toMatchObject(ended);
  });

  it('can be ended by its owner alone', async () => {
    const world = await openAccounts();
    const { cookie, session } = await joined(world, 'ana');
    await joined(world, 'ben');
    const notFound = { code: 'request.not-found' };
    await expect(endSession(world.parts.store, 'ben', session.id)).rejects.toMatchObject(notFound);
    await endSession(world.parts.store, 'ana', session.id);
    await expect(checkSession(world.parts, cookie)).rejects.toMatchObject(ended);
  });

  it('is one of fifty at most', async () => {
    const world = await openAccounts();
    const first = await joined(world, 'ana');
    for (let n = 0; n < 52; n++) {
      world.clock.jump(1000);
      await signIn(world.parts, { name: 'ana', password: PASSWORD }, PLACE);
    }
    expect(await sessionsOf(world.parts.store, 'ana')).toHaveLength(50);
    await expect(checkSession(world.parts, first.cookie)).rejects.toMatchObject(ended);
  }, 60_000);

  it('goes on when its owner changes the password, and the others end', async () => {
    const world = await openAccounts();
    const one = await joined(world, 'ana');
    const two = await signIn(world.parts, { name: 'ana', password: PASSWORD }, PLACE);
    const change = { old: PASSWORD, new: 'cedar window anthem', address: PLACE.address, session: two.session.id };
    const wrong = changePassword(world.parts, 'ana', { ...change, old: 'wrong' });
    await expect(wrong).rejects.toMatchObject({ code: 'account.password-wrong' });
    const weak = changePassword(world.parts, 'ana', { ...change, new: 'password1234' });
    await expect(weak).rejects.toMatchObject({ code: 'account.password-weak' });
    expect(await changePassword(world.parts, 'ana', change)).toBe(1);
    await expect(checkSession(world.parts, one.cookie)).rejects.toMatchObject(ended);
    expect(await checkSession(world.parts, two.cookie)).toMatchObject({ user: 'ana' });
    await expect(signIn(world.parts, { name: 'ana', password: PASSWORD }, PLACE)).rejects.toMatchObject(refused);
  });
});

// Passwords: which are refused, how they are stored, and how many are hashed at a time.
import { describe, expect, it } from 'vitest';
import { passwordFault } from '../../../src/accounts/decide-password.ts';
import { PasswordHashing } from '../../../src/accounts/password-hashing.ts';
import { SystemRandom } from '../../../src/adapters/system-random/system-random.ts';

const hashing = () => new PasswordHashing(new SystemRandom());

describe('a password is refused', () => {
  it.each([
    ['short', 'fewer than 12'],
    ['aaaaaaaaaaaaaaa', 'too few different'],
    ['abababababababab', 'too few different'],
    ['fgjklfgjklfgjkl', 'again and again'],
    ['abcdefghijklmnop', 'follow each other'],
    ['qwertyuiop12345', 'follow each other'],
    ['1234567890987654321', 'follow each other'],
    ['password1234', 'everybody tries'],
    ['P@ssw0rd12345!', 'everybody tries'],
    ['berthberth2026', 'everybody tries'],
    ['Administrator1!', 'everybody tries'],
    ['welcome-admin-99', 'everybody tries'],
    ['annabelle-annabelle', 'everybody tries'],
    ['annabelle1987', 'everybody tries'],
  ])('%s: %s', (password, reason) => {
    expect(passwordFault(password, 'annabelle')).toContain(reason);
  });
});

it.each([
  'maple kettle orbit',
  'correct horse battery staple',
  'x7#kQ9vLm2pR',
  '830174659275',
  'Übermut tut selten gut',
  'p4n0rama-of-lakes',
])('a password that is hard to guess is taken: %s', (password) => {
  expect(passwordFault(password, 'annabelle')).toBeUndefined();
});

describe('a stored password', () => {
  it('is one of Argon2id with the costs that are documented, and of another salt each time', async () => {
    const passwords = hashing();
    const [one, two] = await Promise.all([passwords.hash('maple kettle orbit'), passwords.hash('maple kettle orbit')]);
    expect(one).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$[A-Za-z0-9+/]{22}\$[A-Za-z0-9+/]{43}$/);
    expect(one).not.toBe(two);
    expect(await passwords.matches(one, 'maple kettle orbit')).toBe(true);
    expect(await passwords.matches(one, 'maple kettle orbiT')).toBe(false);
  });

  it('may come from another program', async () => {
    const reference = '$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc';
    expect(await hashing().matches(reference, 'password')).toBe(true);
  });

  it('is the same whichever way its letters are composed', async () => {
    const passwords = hashing();
    expect(await passwords.matches(await passwords.hash('Übermut tut gut'), 'U\u0308bermut tut gut')).toBe(true);
  });

  it.each([
    '',
    'x',
    '$2b$12$abc',
    '$argon2id$v=19$m=4194304,t=9,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc',
  ])('that cannot be read, or would cost too much, is nobody’s: %s', async (stored) => {
    expect(await hashing().matches(stored, 'password')).toBe(false);
  });
});

it('two are hashed at once and 32 wait; more are told to come back', async () => {
  const passwords = hashing();
  const tries = Array.from({ length: 40 }, () => passwords.matches(undefined, 'maple kettle orbit'));
  const outcomes = await Promise.allSettled(tries);
  const refused = outcomes.filter(({ status }) => status === 'rejected');
  expect(refused).toHaveLength(6);
  expect(refused[0]).toMatchObject({ reason: { code: 'account.too-many-tries', status: 429 } });
  expect(await passwords.matches(undefined, 'maple kettle orbit')).toBe(false);
});

// Tokens: shown once, stored as a hash, refused when they are wrong or old.
import { expect, it, onTestFinished } from 'vitest';
import { anyToken, checkToken, makeToken } from '../../../src/accounts/token-requests.ts';
import { SqliteStore } from '../../../src/adapters/sqlite-store/sqlite-store.ts';
import { SystemRandom } from '../../../src/adapters/system-random/system-random.ts';
import { silentLog } from '../../contracts/silent-log.ts';
import { temporaryDirectory } from '../../contracts/temporary-directory.ts';
import { ManualClock } from '../engine/manual-clock.ts';

async function accounts() {
  const clock = new ManualClock();
  const path = `${await temporaryDirectory()}/berth.db`;
  const store = SqliteStore.open({ path, clock, log: silentLog });
  onTestFinished(() => store.close());
  return { store, clock, random: new SystemRandom() };
}

it('is valid from when it is stored until it expires', async () => {
  const parts = await accounts();
  const { token, doc } = makeToken(parts, { name: 'me', permissions: ['*'], expiresAt: parts.clock.now() + 1000 });
  const refused = { code: 'account.token-refused' };
  await expect(checkToken(parts, token)).rejects.toMatchObject(refused);
  expect(await anyToken(parts.store)).toBe(false);
  await parts.store.create('token', doc);
  expect(await anyToken(parts.store)).toBe(true);
  expect(await checkToken(parts, token)).toEqual(doc);
  await parts.clock.advance(1000);
  parts.clock.jump(1000);
  await expect(checkToken(parts, token)).rejects.toMatchObject(refused);
});

it('is stored without what it is made of', async () => {
  const parts = await accounts();
  const { token, doc } = makeToken(parts, { name: 'me', permissions: ['*'], expiresAt: null });
  expect(token).toMatch(/^berth_[a-z0-9]{10}_[\w-]{43}$/);
  expect(JSON.stringify(doc)).not.toContain(token.slice(-43));
});

it('is refused when anything in it is changed', async () => {
  const parts = await accounts();
  const { token, doc } = makeToken(parts, { name: 'me', permissions: ['*'], expiresAt: null });
  await parts.store.create('token', doc);
  const wrong = [
    token.slice(0, -1),
    `${token}x`,
    token.toUpperCase(),
    token.replace('berth', 'birth'),
    doc.id,
    `berth_${doc.id}`,
    '',
    '_',
    `berth_${doc.id}_`,
  ];
  for (const each of wrong)
    await expect(checkToken(parts, each), each).rejects.toMatchObject({ code: 'account.token-refused' });
});

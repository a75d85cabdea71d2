// What a person sees of the audit, against the real API.
import { expect, it } from 'vitest';
import { call } from '../api/api-world.ts';
import { openCli } from './cli-world.ts';

it('tells who did what, exports it, and says whether it is whole', async () => {
  const world = await openCli();
  await call(world.api, 'addUser', { body: { name: 'ana' } });
  await call(world.api, 'changeUser', { params: { user: 'ana' }, body: { displayName: 'Ana' } });
  const listed = await world.berth(['audit']);
  expect(listed.out).toMatch(/token:tester +127\.0\.0\.1 +changeUser +user:ana +done/);
  expect((await world.berth(['audit', 'ls', '--object', 'user:eve'])).out).toContain('Nothing was done.');
  const exported = (await world.berth(['audit', 'export', '--who', 'token:tester'])).out.trim().split('\n');
  expect(exported.map((line) => JSON.parse(line).act)).toEqual(['addUser', 'changeUser']);
  expect(await world.berth(['audit', 'verify'])).toMatchObject({
    code: 0,
    out: expect.stringContaining('None was changed or taken out.'),
  });
  const { store } = world.api.parts;
  const [, second] = (await store.list('auditEntry', { orderBy: 'at', limit: 10 })).items;
  if (second) await store.delete('auditEntry', second.doc.id, second.version);
  const found = await world.berth(['audit', 'verify']);
  expect(found.code).toBe(1);
  expect(found.out).toContain('missing');
  expect(found.err).toContain('The audit is not whole');
});

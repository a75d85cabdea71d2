// What a person sees of secrets, against the real API.
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { temporaryDirectory } from '../../contracts/temporary-directory.ts';
import { callRaw } from '../api/api-world.ts';
import { EXAMPLE_APP } from '../api/example-zip.ts';
import { type CliWorld, openCli } from './cli-world.ts';

const typed = (value: string) => ({ readSecret: async () => value });

async function withApplication(): Promise<CliWorld> {
  const world = await openCli();
  await world.berth(['app', 'push', EXAMPLE_APP]);
  return world;
}

const OF_ROOM = ['--application', 'room-report'];

test('a secret is kept, listed without its value, and taken away', async () => {
  const world = await withApplication();
  const asked: string[] = [];
  const kept = await world.berth(['secret', 'set', 'db-password', ...OF_ROOM], {
    readSecret: async (question) => {
      asked.push(question);
      return 'open sesame';
    },
  });
  expect(kept).toMatchObject({ code: 0, out: expect.stringContaining('Secret db-password is kept; it is value 1') });
  expect(asked).toEqual(['Value of db-password']);
  await world.berth(['secret', 'set', 'db-password', ...OF_ROOM], typed('shut sesame'));
  const listed = await world.berth(['secret', 'ls', ...OF_ROOM]);
  expect(listed.out).toMatch(/^NAME +VALUE +SET +BY\ndb-password +2 +.+ tester\n$/);
  const asJson = await world.berth(['secret', 'ls', ...OF_ROOM, '--json']);
  expect(Object.keys(JSON.parse(asJson.out)[0])).toEqual(['name', 'version', 'updatedAt', 'by', 'readable']);
  expect((await world.berth(['secret', 'rm', 'db-password', ...OF_ROOM])).out).toBe(
    'Secret db-password is taken away.\n',
  );
  expect((await world.berth(['secret', 'ls', ...OF_ROOM])).out).toContain('No secrets');
});

test('a secret of the platform is what a channel names', async () => {
  const world = await withApplication();
  const file = join(await temporaryDirectory(), 'channel.json');
  await writeFile(file, JSON.stringify({ kind: 'webhooks', secretFile: 'secret:signing' }));
  const early = await world.berth(['channel', 'apply', file]);
  expect(early).toMatchObject({ code: 1, err: expect.stringContaining('the platform has no secret of that name') });
  const kept = await world.berth(['secret', 'set', 'signing', '--platform'], typed('open sesame'));
  expect(kept.out).toContain("channels and providers name it 'secret:signing'");
  expect((await world.berth(['channel', 'apply', file])).code).toBe(0);
  const refused = await world.berth(['secret', 'rm', 'signing', '--platform']);
  expect(refused).toMatchObject({ code: 1, err: expect.stringContaining('is needed by the channel webhooks') });
});

test('the key is renewed', async () => {
  const world = await withApplication();
  await world.berth(['secret', 'set', 'a', ...OF_ROOM], typed('1'));
  await world.berth(['secret', 'set', 'b', '--platform'], typed('2'));
  const renewed = await world.berth(['secret', 'renew-key']);
  expect(renewed.out).toMatch(/^2 secrets are sealed with the new key \w+;/);
});

test.each([
  [['secret', 'set', 'x']],
  [['secret', 'ls', '--platform', '--application', 'room-report']],
  [['secret', 'set', 'x', '--platform']],
])('%j is told what it lacks', async (words) => {
  const world = await withApplication();
  expect(await world.berth(words)).toMatchObject({ code: 64 });
});

test('no answer to a wrong request shows the value', async () => {
  const { api } = await withApplication();
  const bodies: unknown[] = [
    { value: { nested: 'open sesame' } },
    { value: ['open sesame'] },
    { value: 'open sesame '.repeat(10_000) },
    { values: 'open sesame', value: 3 },
  ];
  for (const body of bodies) {
    const params = { application: 'room-report', secret: 'x' };
    const answer = await callRaw(api, 'putSecret', { params, body });
    expect(answer.statusCode).toBe(400);
    expect(answer.body, JSON.stringify(body).slice(0, 50)).not.toContain('sesame');
  }
  const params = { application: 'room-report', secret: 'x' };
  const file = { type: 'application/json', contents: '{"value":"open sesame' };
  const broken = await callRaw(api, 'putSecret', { params, file });
  expect(broken.statusCode).toBe(400);
  expect(broken.body).not.toContain('sesame');
});

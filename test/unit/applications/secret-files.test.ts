// Which secrets an instance file may name, and what becomes of them with the instance and its application.
import { afterEach, beforeEach, expect, test } from 'vitest';
import { removeApplication } from '../../../src/applications/application-requests.ts';
import { updateInstance } from '../../../src/applications/apply-requests.ts';
import { createInstance } from '../../../src/applications/instance-requests.ts';
import { pushPackage } from '../../../src/applications/package-requests.ts';
import { openRepository, type Repository, refusal, zipStream } from './repository.ts';

let repository: Repository;
beforeEach(async () => {
  repository = await openRepository();
  await pushPackage(repository.parts, zipStream());
});
afterEach(() => repository.end());

const FILE = { name: 'hourly', application: 'weather', algorithm: 'report', schedule: { kind: 'now' } };
const file = (fields: object) => ({ name: 'a.json', contents: { value: { ...FILE, ...fields } } });

async function keep(application: string, name: string): Promise<void> {
  const sealed = { key: 'k', sealed: 'v1.', version: 1, updatedAt: 1, by: 'ana' };
  await repository.parts.store.create('secret', { id: `${application}/${name}`, application, name, ...sealed });
}

async function problemsOf(fields: object): Promise<string[]> {
  const { problems } = await refusal(createInstance(repository.parts, file(fields)));
  return problems.map(({ path, found, expected }) => `${path}: ${found} → ${expected}`);
}

test('an instance names secrets that its application has; others are problems that say how to keep them', async () => {
  await keep('weather', 'db');
  await keep('other', 'api');
  expect(await problemsOf({ secrets: ['db', 'api', 'db'] })).toEqual([
    `$.secrets[1]: "api" → a secret of weather; 'berth secret set api --application weather' keeps one`,
    '$.secrets[2]: "db" a second time → each secret once',
  ]);
  expect((await createInstance(repository.parts, file({ secrets: ['db'] }))).secrets).toEqual(['db']);
});

test.each([[['../x']], [['']], [['.hidden']], [Array.from({ length: 33 }, (_, index) => `s${index}`)]])(
  'no instance names %j',
  async (secrets) => {
    expect((await problemsOf({ secrets })).length).toBeGreaterThan(0);
  },
);

test('another file may name other secrets, or none', async () => {
  for (const name of ['db', 'api']) await keep('weather', name);
  const { id } = await createInstance(repository.parts, file({ secrets: ['db'] }));
  const changed = await updateInstance(repository.parts, id, file({ secrets: ['api'] }));
  expect([changed.changes, changed.instance.secrets]).toEqual([['secrets'], ['api']]);
  const none = await updateInstance(repository.parts, id, file({}));
  expect([none.changes, none.instance.secrets]).toEqual([['secrets'], undefined]);
});

test('the secrets of an application go with it', async () => {
  for (const name of ['db', 'api']) await keep('weather', name);
  await keep('other', 'db');
  await removeApplication(repository.parts, 'weather');
  const { items } = await repository.parts.store.list('secret', { limit: 10 });
  expect(items.map(({ doc }) => doc.id)).toEqual(['other/db']);
});

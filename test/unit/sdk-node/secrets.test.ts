// Secrets for Node: as Python's, because the launcher is the same.
import { expect, test } from 'vitest';
import { launch } from '../sdk-python/launched.ts';

test('an algorithm in Node reads a secret, and another value without a restart', async () => {
  const script = `
import { job, secret, SecretMissing } from 'berth';
let seen;
while (!(await job.wait(0.02))) {
  let read;
  try {
    read = secret('db-password');
  } catch (error) {
    read = error instanceof SecretMissing ? error.message : String(error);
  }
  if (read !== seen) console.log((seen = read));
}
`;
  const task = { kind: 'continuous', runtime: 'node', script: 'main.mjs', secrets: ['db-password'] };
  const launched = await launch({ script, file: 'main.mjs', task, platform: 'down' });
  launched.platform.setSecrets({ 'db-password': 'first ü' });
  await launched.platform.up();
  await launched.printed('first ü\n');
  launched.platform.setSecrets({ 'db-password': 'second' });
  await launched.printed('second\n');
  launched.platform.setSecrets({}, 'db-password');
  await launched.printed('There is no secret "db-password" here. It was taken away on the platform.\n');
});

test('a secret that the instance does not name is missing, with what to do', async () => {
  const script = `
import { secret } from 'berth';
for (const name of ['other', 3]) try { secret(name); } catch (error) { console.log(error.name, error.message); }
`;
  const launched = await launch({ script, file: 'main.mjs', task: { runtime: 'node', script: 'main.mjs' } });
  expect(await launched.exit).toBe(0);
  expect(launched.lines).toEqual([
    'SecretMissing There is no secret "other" here. The instance does not name it: add it to "secrets" in the instance file.',
    'TypeError the name of a secret is a text, not a number',
  ]);
});

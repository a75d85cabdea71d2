// Secrets as an algorithm meets them: there before its first line, files in a directory of the task's own, another value without a restart.
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { type Launched, launch } from './launched.ts';

const TASK = { kind: 'continuous', secrets: ['db-password', 'api.key'] };

/** Says what it reads whenever that changes. */
const WATCHES = `
import berth
seen = None
print("begun", flush=True)
while not berth.job.wait(0.02):
    try:
        read = berth.secret("db-password")
    except berth.SecretMissing as error:
        read = f"missing: {error}"
    if read != seen:
        print(repr(read), flush=True)
        seen = read
`;

const fileOf = (launched: Launched, name: string) => join(launched.directory, 'secrets', name);

describe('an algorithm that names secrets', () => {
  test('begins when all of them are there, and finds each as a file that is its own', async () => {
    const script = `
import berth, os
print(repr([berth.secret("db-password"), berth.secret("api.key")]), flush=True)
print("in environment", any("sesame" in value for value in os.environ.values()), flush=True)
berth.job.wait(60)
`;
    const launched = await launch({ script, task: TASK, platform: 'down' });
    launched.platform.setSecrets({ 'db-password': 'open sesame', 'api.key': 'zwei\nZeilen ü\r\n' });
    await launched.platform.up();
    await launched.printed(String.raw`['open sesame', 'zwei\nZeilen ü\r\n']`);
    await launched.printed('in environment False');
    expect(await readdir(join(launched.directory, 'secrets'))).toEqual(['api.key', 'db-password']);
    for (const name of TASK.secrets) expect((await stat(fileOf(launched, name))).mode & 0o777).toBe(0o400);
  });

  test('waits for one that is missing, says for which, and begins when it is set', async () => {
    const launched = await launch({ script: WATCHES, task: TASK, platform: 'down' });
    launched.platform.setSecrets({ 'api.key': 'k' }, 'db-password');
    await launched.platform.up();
    await launched.until(() =>
      expect(launched.stderr).toBe('berth: the algorithm waits for its secrets: db-password\n'),
    );
    expect(launched.stdout).toBe('');
    launched.platform.setSecrets({ 'api.key': 'k', 'db-password': 'late' });
    await launched.printed("begun\n'late'");
  });

  test('sees another value without a restart, and none when it is taken away', async () => {
    const launched = await launch({ script: WATCHES, task: TASK, platform: 'down' });
    launched.platform.setSecrets({ 'api.key': 'k', 'db-password': 'first' });
    await launched.platform.up();
    await launched.printed("'first'");
    launched.platform.setSecrets({ 'api.key': 'k', 'db-password': 'second' });
    await launched.printed("'second'");
    launched.platform.setSecrets({ 'api.key': 'k' }, 'db-password');
    await launched.printed('It was taken away on the platform.');
    launched.platform.setSecrets({ 'api.key': 'k', 'db-password': 'third' });
    await launched.printed("'third'");
    expect(launched.lines.filter((line) => line === 'begun')).toHaveLength(1);
    expect(launched.stderr).toBe('');
  });

  test('keeps what it has while the platform is away, and sees what was set meanwhile', async () => {
    const launched = await launch({ script: WATCHES, task: TASK, platform: 'down' });
    launched.platform.setSecrets({ 'api.key': 'k', 'db-password': 'first' });
    await launched.platform.up();
    await launched.printed("'first'");
    await launched.platform.down();
    launched.platform.setSecrets({ 'api.key': 'k', 'db-password': 'second' });
    await launched.platform.up();
    await launched.printed("'second'");
    expect(launched.stdout).not.toContain('missing');
  });

  test('is stopped while it waits as any other', async () => {
    const launched = await launch({ script: WATCHES, task: TASK, platform: 'down' });
    launched.platform.setSecrets({}, 'db-password', 'api.key');
    await launched.platform.up();
    await launched.until(() => expect(launched.stderr).toContain('waits for its secrets'));
    launched.platform.want({ stop: { reason: 'enough', killAt: null } });
    expect(await launched.exit).toBe(200);
    expect(launched.stdout).toBe('');
  });

  test('never writes where a name leads out of the directory, nor what it does not name', async () => {
    const launched = await launch({ script: WATCHES, task: TASK, platform: 'down' });
    launched.platform.setSecrets({ 'db-password': 'x', 'api.key': 'k', '../outside': 'x', other: 'x' });
    await launched.platform.up();
    await launched.printed("'x'");
    expect(await readdir(join(launched.directory, 'secrets'))).toEqual(['api.key', 'db-password']);
    expect(await readdir(launched.directory)).not.toContain('outside');
  });
});

test('a secret that the instance does not name is missing, with what to do', async () => {
  const script = `
import berth
try: berth.secret("other")
except LookupError as error: print(type(error).__name__, error)
try: berth.secret(3)
except TypeError as error: print(error)
`;
  const launched = await launch({ script });
  expect(await launched.exit).toBe(0);
  expect(launched.lines).toEqual([
    `SecretMissing There is no secret 'other' here. The instance does not name it: add it to "secrets" in the instance file.`,
    'the name of a secret is a text, not int',
  ]);
});

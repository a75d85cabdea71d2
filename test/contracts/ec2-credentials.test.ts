// Credentials for EC2: from a file, or from a secret of the platform with the same text.
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { credentialsFrom } from '../../src/adapters/ec2-provider/credentials-file.ts';
import { BerthError } from '../../src/model/errors.ts';
import { ManualClock } from '../unit/engine/manual-clock.ts';
import { temporaryDirectory } from './temporary-directory.ts';

const TEXT =
  '[default]\naws_access_key_id = other\naws_secret_access_key = other\n[berth]\naws_access_key_id = id\naws_secret_access_key = key\n';

function parts(value: string | undefined) {
  const missing = new BerthError('platform.secret-unreadable', {
    path: 'secret:aws',
    reason: 'the platform has no secret of that name',
  });
  return {
    clock: new ManualClock(),
    secretValue: (reference: string) =>
      reference === 'secret:aws' && value !== undefined ? Promise.resolve(value) : Promise.reject(missing),
  };
}

test('they are read from a file, and from a secret with the same text', async () => {
  const path = join(await temporaryDirectory(), 'credentials');
  await writeFile(path, TEXT);
  const expected = { accessKeyId: 'id', secretAccessKey: 'key' };
  expect(await credentialsFrom(path, 'berth', parts(undefined))()).toMatchObject(expected);
  expect(await credentialsFrom('secret:aws', 'berth', parts(TEXT))()).toMatchObject(expected);
});

test('what cannot be read is named, and never shown', async () => {
  const refused = (path: string, value?: string) =>
    credentialsFrom(path, 'berth', parts(value))().then(
      () => 'nothing',
      (error: unknown) => (error as BerthError).message,
    );
  expect(await refused('secret:aws')).toContain('secret:aws cannot be read');
  expect(await refused('/absent')).toContain('/absent cannot be read (ENOENT)');
  const shown = await refused('secret:aws', '[berth]\naws_secret_access_key = key-in-clear\n');
  expect(shown).toContain('secret:aws has no aws_access_key_id');
  expect(shown).not.toContain('key-in-clear');
});

// Which provider is opened for which configuration, and what commands may know of the platform.
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { SystemClock } from '../../../src/adapters/system-clock/system-clock.ts';
import { TarRoot } from '../../../src/adapters/tar-root/tar-root.ts';
import { openProviders } from '../../../src/main/open-providers.ts';
import type { ProviderAccess } from '../../../src/model/server.ts';

const providers = openProviders({
  clock: new SystemClock(),
  environment: {
    PATH: '/usr/local/bin:/usr/bin:/bin',
    CLOUD_REGION: 'north',
    BERTH_STORE: 'mysql://user:secret@host/db',
  },
  rootFilesystems: new TarRoot('/absent.tar'),
  caCertificates: '',
  platformUid: 'uid',
  publicKey: async () => 'ssh-ed25519 AAAA berth',
  secretValue: async () => '',
});

const NOT_MADE = { start: null, stop: null, create: null, find: null, destroy: null };

test("a command knows the platform's environment, and none of its settings", async () => {
  const program = [
    'import json, os',
    'names = [name for name in ("CLOUD_REGION", "BERTH_STORE") if name in os.environ]',
    'print(json.dumps({"machine": "web-1", "state": "running", "address": " ".join(names)}))',
  ].join('\n');
  const access = { kind: 'command', status: ['python3', '-c', program, '{machine}'], ...NOT_MADE } as const;
  const provider = await providers.open(access);
  expect(await provider.describe('web-1')).toMatchObject({ address: 'CLOUD_REGION' });
  await provider.close();
});

test('each kind of provider says what it can', async () => {
  const socketPath = join(import.meta.dirname, 'absent.sock');
  const docker = await providers.open({ kind: 'docker', socketPath, image: 'berth-machine:1', network: 'berth' });
  const ec2 = await providers.open({
    kind: 'ec2',
    region: 'eu-central-1',
    ...{ endpoint: null, credentialsFile: null, profile: null, launchTemplate: null },
    address: 'private',
  });
  expect([docker.can, ec2.can]).toEqual([
    { powerCycle: true, create: true, destroy: true },
    { powerCycle: true, create: false, destroy: true },
  ]);
  await Promise.all([docker.close(), ec2.close()]);
});

test('a kind that this version does not know is refused by its name', async () => {
  const access = JSON.parse('{"kind": "moonbase", "key": "secret"}') as ProviderAccess;
  const failure = await providers.open(access).catch((error: Error) => error);
  expect(failure).toMatchObject({ code: 'provider.unusable' });
  expect(String(failure)).toMatch(/moonbase\.$/);
});

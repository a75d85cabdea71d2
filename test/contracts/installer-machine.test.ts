// Machines that a platform is installed on: this one, and one that SSH reaches.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readPinnedKey } from '../../src/adapters/docker-machine/host-key.ts';
import { openSsh, scanSsh } from '../../src/adapters/docker-machine/open-ssh.ts';
import { readPrivateKey } from '../../src/adapters/docker-machine/platform-key.ts';
import { ORDINARY_TIMEOUTS } from '../../src/adapters/docker-machine/timeouts.ts';
import { installerMachines } from '../../src/adapters/installer-machine/installer-machines.ts';
import { SystemClock } from '../../src/adapters/system-clock/system-clock.ts';
import { startServer } from '../world/fleet.ts';
import type { Server } from '../world/server.ts';
import { installerMachineContract } from './installer-machine-contract.ts';

const patience = { clock: new SystemClock(), timeouts: ORDINARY_TIMEOUTS };
const machines = installerMachines({
  clock: patience.clock,
  scanHostKey: (host, port) => scanSsh(host, port, patience),
  signIn: async ({ host, port, user, identity, hostKey }) =>
    openSsh({ host, port, user, identity: await readPrivateKey(identity), pinned: readPinnedKey(hostKey) }, patience),
});
const own = mkdtempSync(join(tmpdir(), 'berth-test-'));
let server: Server;

beforeAll(async () => {
  server = await startServer({ kind: 'bare' });
});
afterAll(async () => {
  rmSync(own, { recursive: true, force: true });
  await server.destroy();
});

const access = () =>
  ({
    kind: 'ssh',
    host: server.address,
    port: server.port,
    user: server.user,
    identity: server.identityPath,
    hostKey: server.hostKeyLine,
  }) as const;

installerMachineContract('over SSH', async () => ({
  machine: await machines.open(access()),
  directory: '/srv/contract',
}));
installerMachineContract('local', async () => ({
  machine: await machines.open({ kind: 'local' }),
  directory: own,
}));

test('over SSH: a connection that is cut ends what waits for it', async () => {
  const machine = await machines.open(access());
  const waiting = machine.run(['sleep', '60']);
  await Promise.all([
    expect(waiting).rejects.toMatchObject({ code: 'initializer.machine-disconnected' }),
    server.stopSshd(),
  ]);
  await server.startSshd();
});

test('over SSH: another host key than the pinned one is refused', async () => {
  const wrong = `ssh-ed25519 ${Buffer.concat([Buffer.from([0, 0, 0, 11]), Buffer.from('ssh-ed25519'), Buffer.from([0, 0, 0, 32]), Buffer.alloc(32, 7)]).toString('base64')}`;
  const opening = machines.open({ ...access(), hostKey: wrong });
  await expect(opening).rejects.toMatchObject({ code: 'machine.host-key-changed' });
});

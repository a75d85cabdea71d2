// The Machine contract over the local engine and over a real server's SSH, and what only one of them can show.
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { connect, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Docker from 'dockerode';
import ssh from 'ssh2';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { DockerMachines } from '../../src/adapters/docker-machine/docker-machines.ts';
import { ORDINARY_TIMEOUTS } from '../../src/adapters/docker-machine/timeouts.ts';
import { SystemClock } from '../../src/adapters/system-clock/system-clock.ts';
import { SystemRandom } from '../../src/adapters/system-random/system-random.ts';
import type { NodeAccess } from '../../src/model/node.ts';
import { importTestImage } from '../world/base-image.ts';
import { testEngine } from '../world/engine.ts';
import { startServer } from '../world/fleet.ts';
import type { Server } from '../world/server.ts';
import { machineContract } from './machine-contract.ts';
import { silentLog } from './silent-log.ts';
import { temporaryDirectory } from './temporary-directory.ts';

const IMAGE = 'berth.test/machine-contract:1';

machineContract('the local engine', async () => {
  const { socketPath } = await testEngine();
  const docker = new Docker({ socketPath });
  await importTestImage(docker, IMAGE);
  const directory = mkdtempSync(join(tmpdir(), 'berth-sockets-'));
  const connectAgain = () => machinesIn(directory).connect({ kind: 'local', socketPath });
  const machine = await connectAgain();
  const end = async () => {
    await machine.close();
    rmSync(directory, { recursive: true, force: true });
  };
  return { machine, connectAgain, docker, image: IMAGE, directory, end };
});

machineContract('a server over SSH', async () => {
  const server = await startServer();
  await importTestImage(server.docker, IMAGE);
  const keys = mkdtempSync(join(tmpdir(), 'berth-keys-'));
  const directory = '/run/berth-test';
  await server.run(['mkdir', '-p', directory]);
  const connectAgain = () => machinesIn(keys).connect(accessTo(server));
  const machine = await connectAgain();
  const end = async () => {
    await machine.close();
    rmSync(keys, { recursive: true, force: true });
    await server.destroy();
  };
  return { machine, connectAgain, docker: server.docker, image: IMAGE, directory, end };
});

describe('Machines: keys', () => {
  test('the platform has one key of its own, made at first use for its eyes only, however many ask at once', async () => {
    const directory = join(await temporaryDirectory(), 'keys');
    const lines = await Promise.all(Array.from({ length: 5 }, () => machinesIn(directory).publicKey()));
    expect(new Set(lines).size).toBe(1);
    expect(lines[0]).toMatch(/^ssh-ed25519 AAAAC3NzaC1lZDI1NTE5[A-Za-z0-9+/]+ berth$/);
    const path = join(directory, 'platform_ed25519');
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(statSync(directory).mode & 0o777).toBe(0o700);
    expect(readFileSync(path, 'utf8')).toMatch(/^-----BEGIN OPENSSH PRIVATE KEY-----/);
  });
});

describe('Machines: a server over SSH', () => {
  let server: Server;
  beforeAll(async () => {
    server = await startServer();
  });
  afterAll(() => server?.destroy());

  test('its host key is scanned as OpenSSH prints it', async () => {
    const { machines } = await ownMachines();
    const key = await machines.scanHostKey(server.address, server.port);
    expect(key.line).toBe(server.hostKeyLine);
    const printed = await server.run(['ssh-keygen', '-l', '-f', '/etc/ssh/ssh_host_ed25519_key.pub']);
    expect(printed.stdout.split(' ')[1]).toBe(key.fingerprint);
  });

  test("the platform's own key signs in once the server knows it, and not before", async () => {
    const { machines } = await ownMachines();
    const access = { ...accessTo(server), identity: 'platform' };
    await expect(machines.connect(access)).rejects.toMatchObject({ code: 'machine.authentication-refused' });
    const line = await machines.publicKey();
    await server.run(['python3', '-c', `open('/root/.ssh/authorized_keys', 'a').write('''${line}\\n''')`]);
    const machine = await machines.connect(access);
    await machine.ping();
    await machine.close();
  });

  test('another host key than the pinned one ends the connection, and both are named', async () => {
    const { machines } = await ownMachines();
    const other = (await machines.publicKey()).split(' ').slice(0, 2).join(' ');
    const { fingerprint } = await machines.scanHostKey(server.address, server.port);
    const failure = await machines.connect({ ...accessTo(server), hostKey: other }).catch((error: Error) => error);
    expect(failure).toMatchObject({ code: 'machine.host-key-changed', details: { presented: fingerprint } });
    expect(String(failure)).toContain('SHA256:');
  });

  test('a server that has no key of the pinned kind any more is as suspect', async () => {
    const { machines } = await ownMachines();
    const hostKey = ssh.utils.generateKeyPairSync('ecdsa', { bits: 256 }).public;
    const { fingerprint } = await machines.scanHostKey(server.address, server.port);
    await expect(machines.connect({ ...accessTo(server), hostKey })).rejects.toMatchObject({
      code: 'machine.host-key-changed',
      details: { presented: fingerprint },
    });
  });

  test('a server with several keys presents the one that is pinned', async () => {
    const { machines } = await ownMachines();
    await server.run(['ssh-keygen', '-A']);
    await server.stopSshd();
    await server.startSshd();
    for (const kind of ['ecdsa', 'rsa']) {
      const line = await server.run(['cat', `/etc/ssh/ssh_host_${kind}_key.pub`]);
      const machine = await machines.connect({ ...accessTo(server), hostKey: line.stdout.trim() });
      await machine.close();
    }
  });

  test('a pinned line that is no key, a private key that is none and a port where nobody listens are told apart', async () => {
    const { machines } = await ownMachines();
    const access = accessTo(server);
    const failures = [
      { ...access, hostKey: 'ssh-ed25519 nonsense' },
      { ...access, identity: '/etc/hostname' },
      { ...access, identity: '/absent' },
      { ...access, port: 1 },
    ].map(async (wrong) => machines.connect(wrong).then(String, (error: { code: string }) => error.code));
    expect(await Promise.all(failures)).toEqual([
      'machine.host-key-invalid',
      'machine.identity-unusable',
      'machine.identity-unusable',
      'machine.ssh-refused',
    ]);
  });

  test('the load that the server shows is the load that is read', async () => {
    const machine = await (await ownMachines()).machines.connect(accessTo(server));
    onTestFinished(() => machine.close());
    server.setLoad({ cpuBusy: 0.8, memoryUsed: 0.25 });
    const first = await machine.vitals();
    expect(first.memoryAvailableBytes / first.memoryTotalBytes).toBeCloseTo(0.75, 2);
    const second = await expect
      .poll(() => machine.vitals(), { timeout: 5000 })
      .toSatisfy(({ cpuTotal }) => cpuTotal > first.cpuTotal + 100)
      .then(() => machine.vitals());
    expect((second.cpuBusy - first.cpuBusy) / (second.cpuTotal - first.cpuTotal)).toBeCloseTo(0.8, 1);
  });

  test('without an engine the machine says so, and an open connection goes on when the engine is back', async () => {
    const { machines } = await ownMachines();
    const machine = await machines.connect(accessTo(server));
    onTestFinished(() => machine.close());
    await server.stopEngine();
    await expect(machine.ping()).rejects.toMatchObject({ code: expect.stringMatching(/no-engine|disconnected/) });
    await expect(machines.connect(accessTo(server))).rejects.toMatchObject({ code: 'machine.no-engine' });
    await server.startEngine();
    await machine.ping();
  });

  test('when sshd is killed, closed rings and everything that waits is rejected at once', async () => {
    const machine = await (await ownMachines()).machines.connect(accessTo(server));
    const watching = Array.fromAsync(machine.events('x', Date.now(), new AbortController().signal));
    const ended = watching.then(
      () => 'quietly',
      (error: { code: string }) => error.code,
    );
    await machine.ping();
    const killedAt = performance.now();
    await server.stopSshd();
    expect(await machine.closed).not.toBe('');
    expect(await ended).toBe('machine.disconnected');
    await expect(machine.vitals()).rejects.toMatchObject({ code: 'machine.disconnected' });
    expect(performance.now() - killedAt).toBeLessThan(8000);
    await server.startSshd();
  });

  test('when the cable is pulled, the connection is given up after the signs of life that were missed', async () => {
    const { machines } = await ownMachines({ ...ORDINARY_TIMEOUTS, keepaliveMs: 250, callMs: 60_000 });
    const machine = await machines.connect(accessTo(server));
    await server.cut();
    onTestFinished(() => server.restore());
    const waiting = machine.ping().catch((error: { code: string }) => error.code);
    expect(await machine.closed).toContain('Keepalive');
    expect(await waiting).toBe('machine.disconnected');
  });

  test('an answer that does not come in time is a timeout', async () => {
    const { machines } = await ownMachines({ ...ORDINARY_TIMEOUTS, callMs: 500 });
    const machine = await machines.connect(accessTo(server));
    onTestFinished(() => machine.close());
    await server.freeze();
    onTestFinished(() => server.thaw());
    await expect(machine.ping()).rejects.toMatchObject({ code: 'machine.timeout' });
    await expect(machine.vitals()).rejects.toMatchObject({ code: 'machine.timeout' });
  });
});

describe('Machines: the local engine', () => {
  test('without an engine the machine says so', async () => {
    const { machines, directory } = await ownMachines();
    const connecting = machines.connect({ kind: 'local', socketPath: join(directory, 'absent.sock') });
    await expect(connecting).rejects.toMatchObject({ code: 'machine.no-engine' });
  });

  test('when the engine goes away, closed rings and everything that waits is rejected', async () => {
    const { machines, directory } = await ownMachines();
    const doorway = await openDoorway((await testEngine()).socketPath, directory);
    const machine = await machines.connect({ kind: 'local', socketPath: doorway.path });
    const watching = Array.fromAsync(machine.events('x', Date.now(), new AbortController().signal));
    const ended = watching.catch((error: { code: string }) => error.code);
    await machine.ping();
    doorway.shut();
    expect(await machine.closed).not.toBe('');
    expect(await ended).toBe('machine.disconnected');
    await expect(machine.ping()).rejects.toMatchObject({ code: 'machine.disconnected' });
  });
});

function accessTo(server: Server): Extract<NodeAccess, { kind: 'ssh' }> {
  const { address: host, port, user, hostKeyLine: hostKey, identityPath: identity } = server;
  return { kind: 'ssh', host, port, user, hostKey, identity };
}

function machinesIn(platformKeyDirectory: string, timeouts = ORDINARY_TIMEOUTS): DockerMachines {
  const [clock, random] = [new SystemClock(), new SystemRandom()];
  return new DockerMachines({ platformKeyDirectory, clock, random, log: silentLog, timeouts });
}

async function ownMachines(timeouts = ORDINARY_TIMEOUTS) {
  const directory = await temporaryDirectory();
  return { directory, machines: machinesIn(directory, timeouts) };
}

/** A socket that leads to the engine until it is shut: an engine that can end without ending the tests' one. */
async function openDoorway(engine: string, directory: string) {
  const path = join(directory, 'doorway.sock');
  const sockets = new Set<Socket>();
  const server = createServer((inner) => {
    const outer = connect(engine);
    for (const each of [inner, outer]) sockets.add(each.on('error', () => {}));
    inner.pipe(outer).pipe(inner);
  });
  const shut = () => {
    server.close();
    for (const each of sockets) each.destroy();
  };
  onTestFinished(shut);
  await new Promise<void>((resolve) => server.listen(path, resolve));
  return { path, shut };
}

// What is done to a machine from outside its engine: why it cannot be reached, restarting its engine, making a node of a bare machine.
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { DockerMachines } from '../../src/adapters/docker-machine/docker-machines.ts';
import { ORDINARY_TIMEOUTS } from '../../src/adapters/docker-machine/timeouts.ts';
import { SystemClock } from '../../src/adapters/system-clock/system-clock.ts';
import { SystemRandom } from '../../src/adapters/system-random/system-random.ts';
import type { NodeAccess } from '../../src/model/node.ts';
import { startServer } from '../world/fleet.ts';
import type { Server } from '../world/server.ts';
import { until } from '../world/until.ts';
import { silentLog } from './silent-log.ts';
import { temporaryDirectory } from './temporary-directory.ts';

function accessTo(server: Server): NodeAccess {
  const { address: host, port, user, hostKeyLine: hostKey, identityPath: identity } = server;
  return { kind: 'ssh', host, port, user, hostKey, identity };
}

async function machinesOf(answerMs: number): Promise<DockerMachines> {
  const directory = join(await temporaryDirectory(), 'keys');
  const parts = { clock: new SystemClock(), random: new SystemRandom(), log: silentLog };
  return new DockerMachines({
    ...parts,
    platformKeyDirectory: directory,
    timeouts: { ...ORDINARY_TIMEOUTS, answerMs },
  });
}

describe('a machine with an engine', () => {
  let server: Server;
  beforeAll(async () => {
    server = await startServer();
  });
  afterAll(() => server?.destroy());

  test('that cannot be reached says why: no SSH server, nothing there, frozen', async () => {
    const machines = await machinesOf(1500);
    const access = accessTo(server);
    const why = () => machines.connect(access).then(String, (error: { code: string }) => error.code);
    await server.stopSshd();
    // A connection that the dying server had taken already ends otherwise.
    await until('SSH to be refused', 10_000, async () => {
      const code = await why();
      if (code === 'machine.ssh-refused') return true;
      throw new Error(code);
    });
    await server.startSshd();
    await server.freeze();
    expect(await why().finally(() => server.thaw())).toBe('machine.frozen');
    await server.cut();
    expect(await why().finally(() => server.restore())).toBe('machine.no-answer');
    await server.powerOff();
    expect(await why().finally(() => server.powerOn())).toBe('machine.no-answer');
    const machine = await machines.connect(access);
    await machine.close();
  });

  test('has its engine restarted though the engine is dead', async () => {
    const machines = await machinesOf(3000);
    await server.stopEngine();
    await expect(machines.connect(accessTo(server))).rejects.toMatchObject({ code: 'machine.no-engine' });
    await machines.restartEngine(accessTo(server));
    const machine = await machines.connect(accessTo(server));
    onTestFinished(() => machine.close());
    await machine.ping();
  });

  test('has its engine restarted while it runs, and it is another process then', async () => {
    const machines = await machinesOf(3000);
    const pid = async () => (await server.run(['cat', '/var/run/docker.pid'])).stdout.trim();
    const before = await pid();
    await machines.restartEngine(accessTo(server));
    expect(await pid()).not.toBe(before);
  });

  test('whose own tools refuse says what they said', async () => {
    const machines = await machinesOf(3000);
    await server.run(['mv', '/etc/init.d/docker', '/etc/init.d/docker.away']);
    onTestFinished(() => server.run(['mv', '/etc/init.d/docker.away', '/etc/init.d/docker']).then(() => undefined));
    await expect(machines.restartEngine(accessTo(server))).rejects.toMatchObject({
      code: 'machine.restart-refused',
      message: expect.stringContaining('unrecognized service'),
    });
  });

  test('is prepared by a line in its own settings, once, without touching the others', async () => {
    const machines = await machinesOf(3000);
    const settings = '/etc/docker/daemon.json';
    const theirs = { 'log-opts': { 'max-size': '7m' } };
    await server.run(['python3', '-c', `open('${settings}','w').write('${JSON.stringify(theirs)}')`]);
    const lines: string[] = [];
    await machines.prepare(accessTo(server), (line) => lines.push(line));
    const written = (await server.run(['cat', settings])).stdout;
    expect(JSON.parse(written)).toEqual({ ...theirs, 'live-restore': true });
    await expect.poll(async () => (await server.docker.info()).LiveRestoreEnabled, { timeout: 10_000 }).toBe(true);
    expect(lines.join('\n')).toContain('live-restore');
    const pid = (await server.run(['cat', '/var/run/docker.pid'])).stdout;
    await machines.prepare(accessTo(server), () => {});
    expect((await server.run(['cat', settings])).stdout).toBe(written);
    expect((await server.run(['cat', '/var/run/docker.pid'])).stdout).toBe(pid);
    await server.run(['python3', '-c', `open('${settings}','w').write('no json')`]);
    await expect(machines.prepare(accessTo(server), () => {})).rejects.toMatchObject({
      code: 'machine.prepare-failed',
    });
  });
});

describe('a machine whose engine is still starting', () => {
  let server: Server;
  beforeAll(async () => {
    server = await startServer();
  });
  afterAll(() => server?.destroy());

  test('is prepared without its engine being ended', async () => {
    const machines = await machinesOf(3000);
    await slowEngineStart(server);
    await server.run(['service', 'docker', 'stop']);
    await server.run(['service', 'docker', 'start']);
    const pid = await pidOfNewEngine(server);
    await machines.prepare(accessTo(server), () => {});
    expect((await server.run(['cat', '/var/run/docker.pid'])).stdout).toBe(pid);
    await expect.poll(async () => (await server.docker.info()).LiveRestoreEnabled, { timeout: 10_000 }).toBe(true);
  }, 180_000);
});

/** Its start asks for rules of the firewall some twenty times; each answer takes its time from now on. */
async function slowEngineStart(server: Server): Promise<void> {
  const slow = '#!/bin/sh\\nsleep 0.05\\nexec /usr/sbin/iptables-nft "$@"\\n';
  await server.run(['rm', '/usr/sbin/iptables']);
  await server.run(['python3', '-c', `open('/usr/sbin/iptables','w').write('${slow}')`]);
  await server.run(['chmod', '+x', '/usr/sbin/iptables']);
}

/** What an engine that does not answer yet has written already. */
function pidOfNewEngine(server: Server): Promise<string> {
  return until('the new engine to have written its pid', 20_000, async () => {
    const { stdout } = await server.run(['cat', '/var/run/docker.pid']);
    return stdout.trim() === '' ? undefined : stdout;
  });
}

describe('a bare machine', () => {
  let server: Server;
  beforeAll(async () => {
    server = await startServer({ kind: 'bare' });
  });
  afterAll(() => server?.destroy());

  test('gets a Docker engine from its own package sources', async () => {
    const machines = await machinesOf(3000);
    await settleEngineForContainer(server);
    const lines: string[] = [];
    await machines
      .prepare(accessTo(server), (line) => lines.push(line))
      .catch((error: unknown) => {
        console.error(lines.slice(-15).join('\n'));
        throw error;
      });
    const machine = await machines.connect(accessTo(server));
    onTestFinished(() => machine.close());
    expect((await machine.facts()).engineVersion).toMatch(/^\d+\./);
    expect(JSON.parse((await server.run(['cat', '/etc/docker/daemon.json'])).stdout)).toEqual({ 'live-restore': true });
    expect(lines.length).toBeGreaterThan(5);
  }, 900_000);
});

/** A server is a container: its engine may not raise limits, which its start script would do. The script reads this file first. */
async function settleEngineForContainer(server: Server): Promise<void> {
  const text = 'ulimit() { :; }\\n';
  await server.run(['python3', '-c', `open('/etc/default/docker','w').write('${text}')`]);
}

describe('the own machine', () => {
  test('does not restart its service for an engine at another socket', async () => {
    const machines = await machinesOf(3000);
    const access = { kind: 'local', socketPath: '/somewhere/docker.sock' } as const;
    await expect(machines.restartEngine(access)).rejects.toMatchObject({ code: 'machine.restart-refused' });
  });
});

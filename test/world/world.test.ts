// The tests' own world: that its servers are machines in all that the platform will look at.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { importTestImage } from './base-image.ts';
import { mustRun, run } from './command.ts';
import { fleet } from './fleet.ts';
import type { Server } from './server.ts';
import { until } from './until.ts';

describe('two servers of the fleet', () => {
  let servers: Server[] = [];
  let first: Server;
  let second: Server;

  beforeAll(async () => {
    servers = await fleet(2);
    const [one, two] = servers;
    if (!one || !two) throw new Error('the fleet did not give two servers');
    [first, second] = [one, two];
  });

  afterAll(() => Promise.all(servers.map((server) => server.destroy())));

  it('have addresses, host keys and disks of their own', async () => {
    expect(first.address).not.toBe(second.address);
    expect(first.hostKeyLine).toMatch(/^ssh-ed25519 [A-Za-z0-9+/=]+$/);
    expect(first.hostKeyLine).not.toBe(second.hostKeyLine);
    await first.run(['touch', '/var/lib/docker/mark']);
    expect((await second.run(['ls', '/var/lib/docker/mark'])).code).toBe(2);
  });

  it('let the test in over SSH with the key of this run', async () => {
    expect(await overSsh(first, ['uname', '-n'])).toBe(`${first.name}\n`);
  });

  it('show the load that the test sets', async () => {
    first.setLoad({ cpuBusy: 0.75, memoryUsed: 0.5 });
    const before = cpuTimes(await overSsh(first, ['cat', '/proc/stat']));
    const share = await until('the counters to advance by a second', 10_000, async () => {
      const after = cpuTimes(await overSsh(first, ['cat', '/proc/stat']));
      const total = after.total - before.total;
      return total < 200 ? undefined : (after.busy - before.busy) / total;
    });
    expect(share).toBeCloseTo(0.75, 1);
    const memory = await overSsh(first, ['cat', '/proc/meminfo']);
    const kilobytes = (name: string) => Number(new RegExp(`${name}:\\s+(\\d+) kB`).exec(memory)?.[1]);
    expect(kilobytes('MemAvailable') / kilobytes('MemTotal')).toBeCloseTo(0.5, 3);
  });

  it('run containers of the default Python base, which stand still while the machine is frozen', async () => {
    await importTestImage(first.docker, 'base:test');
    const program = 'import time\nwhile True:\n  print(time.time(), flush=True)\n  time.sleep(0.05)';
    const container = await first.docker.createContainer({
      Image: 'base:test',
      Cmd: ['python3', '-c', program],
      Tty: true,
    });
    await container.start();
    const stamps = async () => (await container.logs({ stdout: true })).toString().trim().split('\n').map(Number);
    await until('the first lines', 10_000, async () => ((await stamps()).length > 3 ? true : undefined));
    await first.freeze();
    const frozen = Date.now() / 1000;
    expect((await ssh(first, ['true'], 1)).code).toBe(255);
    await first.thaw();
    const thawed = Date.now() / 1000;
    await until('a line after the thaw', 10_000, async () => ((await stamps()).at(-1) ?? 0) > thawed || undefined);
    expect((await stamps()).filter((at) => at > frozen + 0.1 && at < thawed - 0.2)).toEqual([]);
  });

  it('lose what runs on them with their power, and keep their disk', async () => {
    const [before] = await first.docker.listContainers();
    await first.powerOff();
    await first.powerOn();
    const [after] = await first.docker.listContainers({ all: true });
    expect(before?.State).toBe('running');
    expect(after).toMatchObject({ Id: before?.Id, State: 'exited' });
  });

  it('come back from power off at the same address with the same key and a new boot id', async () => {
    const bootId = () => overSsh(second, ['cat', '/proc/sys/kernel/random/boot_id']);
    const [key, boot] = [second.hostKeyLine, await bootId()];
    await second.powerOff();
    expect((await ssh(second, ['true'], 1)).code).not.toBe(0);
    await second.powerOn();
    expect(second.hostKeyLine).toBe(key);
    expect(await bootId()).not.toBe(boot);
  });

  it('cannot be reached while cut off, though their engine runs on', async () => {
    await second.cut();
    expect((await ssh(second, ['true'], 1)).code).toBe(255);
    expect(await second.docker.ping()).toBeDefined();
    await second.restore();
    expect(await overSsh(second, ['uname', '-n'])).toBe(`${second.name}\n`);
  });

  it('lose and regain engine and SSH separately', async () => {
    await second.stopEngine();
    await expect(second.docker.ping()).rejects.toThrow();
    expect(await overSsh(second, ['true'])).toBe('');
    await second.startEngine();
    await second.stopSshd();
    expect((await ssh(second, ['true'], 1)).code).toBe(255);
    await second.startSshd();
    expect(await overSsh(second, ['true'])).toBe('');
  });
});

function ssh(server: Server, argv: readonly string[], timeoutSeconds: number) {
  return run([...sshWords(server), '-o', `ConnectTimeout=${timeoutSeconds}`, `root@${server.address}`, ...argv]);
}

function overSsh(server: Server, argv: readonly string[]): Promise<string> {
  return mustRun([...sshWords(server), '-o', 'ConnectTimeout=10', `root@${server.address}`, ...argv]);
}

function sshWords(server: Server): string[] {
  const options = ['BatchMode=yes', 'StrictHostKeyChecking=no', 'UserKnownHostsFile=/dev/null', 'LogLevel=ERROR'];
  return ['ssh', '-F', 'none', '-i', server.identityPath, ...options.flatMap((option) => ['-o', option])];
}

function cpuTimes(stat: string): { busy: number; total: number } {
  const numbers = (/^cpu .*$/m.exec(stat)?.[0] ?? '').split(/\s+/).slice(1).map(Number);
  const total = numbers.reduce((sum, each) => sum + each, 0);
  return { total, busy: total - (numbers[3] ?? 0) - (numbers[4] ?? 0) };
}

// The part of the Machine contract about containers and volumes.
import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import type { ContainerSpec } from '../../src/ports/machine.ts';
import { until } from '../world/until.ts';
import type { MachineUnderTest } from './machine-contract.ts';
import { created, freshName, outputOf, pythonSpec, started, TEST_LABEL } from './machine-specs.ts';

const LOOK_AROUND = `
import os, json
def allowed(act):
    try:
        act()
        return True
    except OSError:
        return False
def write(path): open(path, 'w').close()
status = dict(line.split(':', 1) for line in open('/proc/self/status').read().splitlines())
os.environ.setdefault('x', '')
print(json.dumps({
    'uid': os.getuid(), 'capabilities': int(status['CapEff'], 16) | int(status['CapBnd'], 16), 'noNewPrivileges': status['NoNewPrivs'].strip(),
    'root': allowed(lambda: write('/x')), 'tmp': allowed(lambda: write('/tmp/x')), 'bind': allowed(lambda: write('/bound/x')),
    'interfaces': sorted(os.listdir('/sys/class/net')), 'hostname': os.uname().nodename, 'environment': os.environ['COLOUR'],
    'directory': os.getcwd(), 'hosts': [line.split() for line in open('/etc/hosts') if 'declared.example' in line],
    'tmpfs': [line.split()[3].split(',') for line in open('/proc/mounts') if line.split()[1] == '/tmp'][0],
}))`;

const PRIVATE = `
import os, json
found = os.stat('/run/private')
open('/run/private/x', 'w').write('y')
kind = [line.split()[2] for line in open('/proc/mounts') if line.split()[1] == '/run/private'][0]
print(json.dumps({'mode': found.st_mode & 0o777, 'owner': [found.st_uid, found.st_gid], 'kind': kind}))`;

/** Creating, starting, signalling, finding and removing. */
export function containersContract(world: () => MachineUnderTest): void {
  hardening(world);
  creating(world);
  running(world);
  finding(world);
  removing(world);
}

function hardening(world: () => MachineUnderTest): void {
  test('a container gets exactly what its spec names: the engine shows it', async () => {
    const { machine, docker, image, directory } = world();
    const spec = fullSpec(image, directory);
    const name = await created(machine, spec);
    const { HostConfig, Config, Mounts } = await docker.getContainer(name).inspect();
    expect(HostConfig).toMatchObject({
      RestartPolicy: { Name: 'no' },
      Privileged: false,
      CapDrop: ['ALL'],
      CapAdd: null,
      SecurityOpt: ['no-new-privileges'],
      ReadonlyRootfs: true,
      NetworkMode: 'none',
      LogConfig: { Type: 'local' },
      Memory: 256 * 1024 * 1024,
      MemorySwap: 256 * 1024 * 1024,
      NanoCpus: 500_000_000,
      PidsLimit: 64,
      ExtraHosts: ['declared.example:127.0.1.1'],
      Init: false,
    });
    expect(HostConfig.Devices ?? []).toEqual([]);
    expect(HostConfig.Tmpfs).toEqual({ '/tmp': 'rw,noexec,nosuid,nodev,size=1048576' });
    expect(Config).toMatchObject({
      User: '65534:65534',
      Tty: false,
      OpenStdin: false,
      StopSignal: 'SIGTERM',
      Labels: spec.labels,
    });
    expect(Mounts.map(({ Type, Destination, RW }) => [Type, Destination, RW]).sort()).toEqual([
      ['bind', '/bound', false],
      ['volume', '/scratch', true],
    ]);
    expect((await docker.getVolume(name).inspect()).Labels).toEqual(spec.labels);
  });

  test('a container gets exactly what its spec names: the program inside sees it', async () => {
    const { machine, image, directory } = world();
    const seen = JSON.parse(await outputOf(machine, fullSpec(image, directory)));
    expect(seen).toMatchObject({
      uid: 65534,
      capabilities: 0,
      noNewPrivileges: '1',
      root: false,
      tmp: true,
      bind: false,
      interfaces: ['lo'],
      hostname: 'task',
      environment: 'blue = green',
      directory: '/usr',
      hosts: [['127.0.1.1', 'declared.example']],
    });
    expect(seen.tmpfs).toEqual(expect.arrayContaining(['noexec', 'nosuid', 'nodev', 'size=1024k']));
  });

  test("a directory in memory that is private is for the container's user alone", async () => {
    const { machine, docker, image } = world();
    const spec = pythonSpec(image, PRIVATE, { privateTmpfs: { '/run/private': 2 * 1024 * 1024 } });
    expect(JSON.parse(await outputOf(machine, spec))).toEqual({ mode: 0o700, owner: [65534, 65534], kind: 'tmpfs' });
    const { HostConfig, Mounts } = await docker.getContainer(spec.name).inspect();
    expect(HostConfig.Tmpfs?.['/run/private']).toBe(
      'rw,noexec,nosuid,nodev,size=2097152,mode=0700,uid=65534,gid=65534',
    );
    expect(Mounts.map(({ Destination }) => Destination)).not.toContain('/run/private');
  });

  test("an installing container keeps Docker's ordinary capabilities and its network, and still gains none", async () => {
    const { machine, docker, image } = world();
    const changes = { capabilities: 'install', network: 'bridge', readOnlyRoot: false, scratch: null } as const;
    const name = await created(machine, pythonSpec(image, 'pass', changes));
    const { HostConfig, Mounts } = await docker.getContainer(name).inspect();
    expect(HostConfig).toMatchObject({ Privileged: false, ReadonlyRootfs: false, NetworkMode: 'bridge' });
    expect(HostConfig.CapDrop ?? []).toEqual([]);
    expect(HostConfig.SecurityOpt).toEqual(['no-new-privileges']);
    expect(Mounts).toEqual([]);
  });
}

function fullSpec(image: string, directory: string): ContainerSpec {
  return pythonSpec(image, LOOK_AROUND, {
    environment: { COLOUR: 'blue = green' },
    workingDirectory: '/usr',
    extraHosts: { 'declared.example': '127.0.1.1' },
    binds: [{ source: directory, target: '/bound' }],
    cpus: 0.5,
    memoryBytes: 256 * 1024 * 1024,
    pids: 64,
  });
}

function creating(world: () => MachineUnderTest): void {
  test('creating it again with the same spec finds it; with another spec its name is taken', async () => {
    const { machine, image } = world();
    const spec = pythonSpec(image, 'pass');
    const name = await created(machine, spec);
    const id = (await machine.inspectContainer(name))?.id;
    expect(await machine.createContainer(spec)).toBe(id);
    const other = { ...spec, labels: { ...spec.labels, 'berth.spec': 'spec-two' } };
    await expect(machine.createContainer(other)).rejects.toMatchObject({ code: 'machine.name-taken' });
  });

  test('creating it several times at once makes one, and whoever is refused may try again', async () => {
    const { machine, image } = world();
    const spec = pythonSpec(image, 'pass');
    const tries = await Promise.allSettled(Array.from({ length: 6 }, () => machine.createContainer(spec)));
    const refused = tries.flatMap((each) =>
      each.status === 'rejected' ? [each.reason as { retryable?: boolean }] : [],
    );
    expect(refused.filter(({ retryable }) => retryable !== true)).toEqual([]);
    const name = await created(machine, spec);
    const ids = tries.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []));
    expect(new Set(ids)).toEqual(new Set([(await machine.inspectContainer(name))?.id]));
  });

  test('an image that the machine lacks is named', async () => {
    const { machine } = world();
    const spec = pythonSpec('berth.test/absent:1', 'pass');
    await expect(machine.createContainer(spec)).rejects.toMatchObject({
      code: 'machine.no-image',
      details: { reference: 'berth.test/absent:1' },
    });
  });

  test('a program that is not in the image is refused in the words of the engine', async () => {
    const { machine, image } = world();
    const name = await created(machine, pythonSpec(image, 'pass', { entrypoint: ['absent-program'] }));
    await expect(machine.startContainer(name)).rejects.toMatchObject({
      code: 'machine.engine-refused',
      message: expect.stringContaining('absent-program'),
    });
  });

  test('a container that is not there cannot be started', async () => {
    await expect(world().machine.startContainer(freshName())).rejects.toMatchObject({ code: 'machine.no-container' });
  });
}

function running(world: () => MachineUnderTest): void {
  test('it reads what its start was given, however long, and then the end', async () => {
    const { machine, image } = world();
    const code = 'import hashlib, sys; print(hashlib.sha256(sys.stdin.buffer.read()).hexdigest())';
    const name = await created(machine, pythonSpec(image, code, { takesInput: true }));
    const input = Buffer.from('what the task is\n'.repeat(20_000));
    await machine.startContainer(name, input);
    const pieces: Buffer[] = [];
    const signal = AbortSignal.timeout(30_000);
    for await (const frames of machine.logs(name, { sinceNs: 0n, follow: true, signal }))
      pieces.push(...frames.map(({ bytes }) => bytes));
    expect(Buffer.concat(pieces).toString()).toBe(`${createHash('sha256').update(input).digest('hex')}\n`);
  });

  test('it reads nothing when its start was given nothing', async () => {
    const { machine, image } = world();
    expect(await outputOf(machine, pythonSpec(image, 'import sys; print(repr(sys.stdin.read()))'))).toBe("''\n");
  });

  test('it is created, runs, and ends with its exit code and times', async () => {
    const { machine, image } = world();
    const name = await created(
      machine,
      // At once: a second signal while Python winds down would give another code.
      pythonSpec(image, 'import os, signal; signal.signal(15, lambda *_: os._exit(7)); signal.pause()'),
    );
    expect(await machine.inspectContainer(name)).toMatchObject({
      name,
      state: 'created',
      exitCode: null,
      startedAt: null,
    });
    await machine.startContainer(name);
    await machine.startContainer(name);
    expect(await machine.inspectContainer(name)).toMatchObject({ state: 'running', exitCode: null, finishedAt: null });
    await expect
      .poll(
        async () => {
          await machine.signalContainer(name, 'SIGTERM');
          return machine.inspectContainer(name);
        },
        { timeout: 10_000 },
      )
      .toMatchObject({ state: 'exited', exitCode: 7, oomKilled: false });
    const view = await machine.inspectContainer(name);
    expect(Math.abs((view?.finishedAt ?? 0) - Date.now())).toBeLessThan(20_000);
    await machine.signalContainer(name, 'SIGKILL');
  });

  test('a signal to a container that is not there is no error', async () => {
    await world().machine.signalContainer(freshName(), 'SIGTERM');
  });
}

function finding(world: () => MachineUnderTest): void {
  test('containers and volumes are found by label, ended ones included', async () => {
    const { machine, image } = world();
    const group = { 'berth.test.group': freshName(), 'berth.spec': 'one' };
    const waiting = await created(machine, pythonSpec(image, 'pass', { labels: group }));
    const ended = await started(machine, pythonSpec(image, 'exit(3)', { labels: group }));
    const label = `berth.test.group=${group['berth.test.group']}`;
    await expect
      .poll(async () => byName(await machine.listContainers(label)), { timeout: 10_000 })
      .toEqual({ [waiting]: ['created', null], [ended]: ['exited', 3] });
    expect((await machine.listVolumes(label)).toSorted()).toEqual([waiting, ended].toSorted());
    expect(await machine.listContainers('berth.test.group=nobody')).toEqual([]);
  });

  test('those that run tell what they have used, others nothing', async () => {
    const { machine, image } = world();
    const busy = await started(machine, pythonSpec(image, 'held = b"x" * (8 << 20)\nwhile True: sum(range(1000))'));
    const ended = await started(machine, pythonSpec(image, 'exit(0)'));
    const state = async () => (await machine.inspectContainer(ended))?.state === 'exited' || undefined;
    await until('the other has ended', 10_000, state);
    const ids = await Promise.all([busy, ended].map(async (name) => (await machine.inspectContainer(name))?.id ?? ''));
    const used = async () => {
      const usages = await machine.usage([...ids, 'f'.repeat(64)]);
      return usages.length === 1 && (usages[0]?.cpuMs ?? 0) > 50 ? usages[0] : undefined;
    };
    const first = await until('the busy one has used 50 ms, and is the only one', 20_000, used);
    expect(first).toMatchObject({ id: ids[0] });
    expect(first.memoryBytes).toBeGreaterThan(8 << 20);
    expect(first.cpuMs).toBeLessThan(60_000);
  });

  test('what is not there is undefined', async () => {
    expect(await world().machine.inspectContainer(freshName())).toBeUndefined();
  });
}

function byName(views: Awaited<ReturnType<MachineUnderTest['machine']['listContainers']>>) {
  return Object.fromEntries(views.map(({ name, state, exitCode }) => [name, [state, exitCode]]));
}

function removing(world: () => MachineUnderTest): void {
  test('a running container is removed with its volume, by two at once and again', async () => {
    const { machine, image } = world();
    const name = await started(machine, pythonSpec(image, 'import time; time.sleep(60)'));
    await Promise.all([machine.removeContainer(name), machine.removeContainer(name)]);
    expect(await machine.inspectContainer(name)).toBeUndefined();
    expect(await machine.listVolumes(`${TEST_LABEL}=${name}`)).toEqual([]);
    await machine.removeContainer(name);
    await machine.removeVolume(name);
  });
}

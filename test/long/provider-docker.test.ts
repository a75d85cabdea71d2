// The Provider contract over containers of a local engine, and that they are machines which the platform can use.
import { randomBytes } from 'node:crypto';
import { createReadStream, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Docker from 'dockerode';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { DockerMachines } from '../../src/adapters/docker-machine/docker-machines.ts';
import { makeKeyPair } from '../../src/adapters/docker-machine/key-pair.ts';
import { ORDINARY_TIMEOUTS } from '../../src/adapters/docker-machine/timeouts.ts';
import { DockerProvider } from '../../src/adapters/docker-provider/docker-provider.ts';
import type { DockerAccess } from '../../src/adapters/docker-provider/docker-surroundings.ts';
import { MACHINE_PACKAGES } from '../../src/adapters/docker-provider/machine-image.ts';
import { SystemClock } from '../../src/adapters/system-clock/system-clock.ts';
import { SystemRandom } from '../../src/adapters/system-random/system-random.ts';
import { TarRoot } from '../../src/adapters/tar-root/tar-root.ts';
import type { Machine } from '../../src/ports/machine.ts';
import type { RootFilesystems } from '../../src/ports/root-filesystems.ts';
import { pythonSpec, started } from '../contracts/machine-specs.ts';
import { made, newMachine, providerContract, reach } from '../contracts/provider-contract.ts';
import { silentLog } from '../contracts/silent-log.ts';
import { baseImageTar } from '../world/base-image.ts';
import { testEngine } from '../world/engine.ts';
import { KEPT_IMAGES } from '../world/leftovers.ts';
import { rootTar } from '../world/root-tar.ts';
import { until } from '../world/until.ts';

/** An engine with the platform's machines on a network of their own. */
interface DockerWorld {
  readonly docker: Docker;
  readonly machines: DockerMachines;
  open(differs?: {
    access?: Partial<DockerAccess>;
    uid?: string;
    roots?: RootFilesystems;
    keyless?: true;
  }): DockerProvider;
  names(): Promise<readonly string[]>;
  networks(): Promise<readonly string[]>;
  end(): void;
}

async function dockerWorld(): Promise<DockerWorld> {
  const { socketPath } = await testEngine();
  const docker = new Docker({ socketPath });
  const clock = new SystemClock();
  const keys = mkdtempSync(join(tmpdir(), 'berth-keys-'));
  const around = { clock, random: new SystemRandom(), log: silentLog, timeouts: ORDINARY_TIMEOUTS };
  const machines = new DockerMachines({ platformKeyDirectory: keys, ...around });
  const tar = await rootTar('server-engine', MACHINE_PACKAGES);
  const uid = randomBytes(5).toString('hex');
  const access: DockerAccess = {
    kind: 'docker',
    socketPath,
    image: `${KEPT_IMAGES}provider:${tar.mark}`,
    network: `provider-${uid}`,
  };
  return {
    docker,
    machines,
    open: (differs = {}) =>
      new DockerProvider(
        { ...access, ...differs.access },
        {
          clock,
          rootFilesystems: differs.roots ?? new TarRoot(tar.path),
          caCertificates: '',
          platformUid: differs.uid ?? uid,
          makeHostKey: makeKeyPair,
          publicKey: () => (differs.keyless ? Promise.reject(new Error('no key')) : machines.publicKey()),
        },
      ),
    names: async () => {
      const filters = { label: [`berth.machine.platform=${uid}`] };
      const containers = await docker.listContainers({ all: true, filters });
      return containers.flatMap(({ Names }) => Names.map((name) => name.slice(1)));
    },
    networks: async () => (await docker.listNetworks({ filters: { name: [access.network] } })).map(({ Name }) => Name),
    end: () => rmSync(keys, { recursive: true }),
  };
}

providerContract('containers of a local engine', async () => {
  const world = await dockerWorld();
  const broken = world.open({ access: { socketPath: '/absent/docker.sock' } });
  return {
    open: async () => world.open(),
    openBroken: async () => ({ provider: broken, code: 'provider.unreachable' }),
    unknownMachine: 'berth-web-404',
    machines: world.names,
    end: async () => {
      expect(await world.networks()).toEqual([]);
      world.end();
    },
  };
});

describe('Machines of the docker provider', () => {
  let world: DockerWorld;
  let provider: DockerProvider;
  beforeAll(async () => {
    world = await dockerWorld();
    provider = world.open();
  });
  afterAll(async () => {
    await provider?.close();
    world?.end();
  });

  function connect(host: string, hostKey: string): Promise<Machine> {
    const access = { kind: 'ssh', host, port: 22, user: 'root', identity: 'platform', hostKey } as const;
    return until('the machine to let the platform in', 60_000, () => world.machines.connect(access));
  }

  test('let the platform in under the host key that the provider vouches for, and come back after a power cut', async () => {
    const { machine, address, hostKey } = await made(provider, newMachine());
    const first = await connect(address ?? '', hostKey ?? '');
    const before = await first.vitals();
    await first.close();
    await provider.stop(machine);
    await expect(world.machines.scanHostKey(address ?? '', 22)).rejects.toMatchObject({ code: 'machine.no-answer' });
    await provider.start(machine);
    const second = await connect(address ?? '', hostKey ?? '');
    onTestFinished(() => second.close());
    expect((await second.vitals()).bootId).not.toBe(before.bootId);
  });

  test('run containers on an engine of their own', async () => {
    const { address, hostKey } = await made(provider, newMachine());
    const machine = await connect(address ?? '', hostKey ?? '');
    onTestFinished(() => machine.close());
    await machine.importImage(createReadStream(await baseImageTar()), 'berth.test/base:1');
    const name = await started(machine, pythonSpec('berth.test/base:1', 'print("here")'));
    const ended = await until('the container to end', 30_000, async () => {
      const seen = await machine.inspectContainer(name);
      return seen?.state === 'exited' ? seen : undefined;
    });
    expect(ended).toMatchObject({ exitCode: 0, error: '' });
  });

  test('have host keys and addresses of their own, which are kept while others are off', async () => {
    const [one, two] = await Promise.all([made(provider, newMachine()), made(provider, newMachine())]);
    expect(one.address).not.toBe(two.address);
    expect(one.hostKey).not.toBe(two.hostKey);
    await provider.stop(one.machine);
    const three = await made(provider, newMachine());
    expect([one.address, two.address]).not.toContain(three.address);
  });

  test('one act that is asked for twice at once makes one machine', async () => {
    const wanted = newMachine();
    const [one, two] = await Promise.all([made(provider, wanted), provider.create(wanted)]);
    expect(two).toEqual(one);
    expect(await world.names()).toEqual([one.machine]);
  });

  test('what an earlier process left half made is not taken for a machine, and is made anew', async () => {
    const wanted = newMachine();
    const { machine } = await made(provider, wanted);
    const { Config, HostConfig } = await world.docker.getContainer(machine).inspect();
    await provider.destroy(machine);
    const { Labels, Image, Cmd } = Config;
    await world.docker.createContainer({
      name: machine,
      Labels,
      Image,
      Cmd,
      HostConfig: { Mounts: HostConfig.Mounts },
    });
    expect(await provider.findMade(wanted.act)).toBeUndefined();
    await made(provider, wanted);
    await reach(provider, machine, 'running');
    expect(await world.names()).toEqual([machine]);
  });

  test("are no other platform's, and other containers are no machines", async () => {
    const wanted = newMachine();
    const { machine } = await made(provider, wanted);
    const stranger = world.open({ uid: 'another' });
    onTestFinished(() => stranger.close());
    expect(await stranger.findMade(wanted.act)).toBeUndefined();
    expect(await stranger.describe(machine)).toMatchObject({ state: 'gone' });
    await stranger.destroy(machine);
    expect(await provider.describe(machine)).toMatchObject({ state: 'running' });
  });

  test('a frozen machine runs, and its power can be cut', async () => {
    const { machine } = await made(provider, newMachine());
    await world.docker.getContainer(machine).pause();
    expect(await provider.describe(machine)).toMatchObject({ state: 'running' });
    await provider.stop(machine);
    expect(await provider.describe(machine)).toMatchObject({ state: 'stopped' });
  });

  test('leave nothing behind when they cannot be finished', async () => {
    const keyless = world.open({ keyless: true });
    onTestFinished(() => keyless.close());
    await expect(keyless.create(newMachine())).rejects.toThrow('no key');
    expect([await world.names(), await world.networks()]).toEqual([[], []]);
  });

  test('without their image and without what makes it, none is made, and the reason is told', async () => {
    const image = `berth.test/absent-${randomBytes(4).toString('hex')}`;
    const poor = world.open({ access: { image }, roots: new TarRoot('/absent.tar') });
    onTestFinished(() => poor.close());
    const failure = await poor.create(newMachine()).catch((error: Error) => error);
    expect(failure).toMatchObject({ code: 'provider.image-failed' });
    expect(String(failure)).toContain('/absent.tar');
  });
});

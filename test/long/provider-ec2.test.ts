// The Provider contract over EC2's API, with a real machine behind each instance, and what happens in the AWS console.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { type Ec2Access, Ec2Provider } from '../../src/adapters/ec2-provider/ec2-provider.ts';
import { SystemClock } from '../../src/adapters/system-clock/system-clock.ts';
import { made, newMachine, providerContract } from '../contracts/provider-contract.ts';
import { temporaryDirectory } from '../contracts/temporary-directory.ts';
import { run } from '../world/command.ts';
import { type PairedEc2, startPairedEc2 } from '../world/paired-ec2.ts';

function accessTo({ region, endpoint, credentialsFile, profile, launchTemplate }: PairedEc2): Ec2Access {
  return { kind: 'ec2', region, endpoint, credentialsFile, profile, launchTemplate, address: 'private' };
}

function open(access: Ec2Access): Ec2Provider {
  return new Ec2Provider(access, {
    clock: new SystemClock(),
    secretValue: () => Promise.reject(new Error('There are none.')),
  });
}

providerContract('EC2', async () => {
  const ec2 = await startPairedEc2();
  const broken = { ...accessTo(ec2), endpoint: 'http://127.0.0.1:1' };
  return {
    open: async () => open(accessTo(ec2)),
    openBroken: async () => ({ provider: open(broken), code: 'provider.unreachable' }),
    unknownMachine: 'i-0123456789abcdef0',
    machines: () => ec2.instances(),
    end: () => ec2.close(),
  };
});

describe('EC2', () => {
  let ec2: PairedEc2;
  beforeAll(async () => {
    ec2 = await startPairedEc2();
  });
  afterAll(() => ec2?.close());

  function openHere(differs: Partial<Ec2Access> = {}): Ec2Provider {
    const provider = open({ ...accessTo(ec2), ...differs });
    onTestFinished(() => provider.close());
    return provider;
  }

  test('the machine behind an instance has the address that EC2 tells, and lets in who may come in', async () => {
    const provider = openHere();
    const { machine, address } = await made(provider, newMachine());
    const server = await ec2.server(machine);
    expect(address).toBe(server.address);
    const options = ['BatchMode=yes', 'StrictHostKeyChecking=no', 'UserKnownHostsFile=/dev/null', 'LogLevel=ERROR'];
    const words = ['ssh', '-F', 'none', '-i', server.identityPath, ...options.flatMap((option) => ['-o', option])];
    expect((await run([...words, `root@${address}`, 'uname', '-n'])).stdout).toBe(`${server.name}\n`);
  });

  test('machines that are stopped and terminated in the console are so, and their power is off', async () => {
    const provider = openHere();
    const [one, two] = await Promise.all([ec2.launch(), ec2.launch()]);
    onTestFinished(() => ec2.terminateAtConsole(one.machine));
    await ec2.stopAtConsole(one.machine);
    await ec2.terminateAtConsole(two.machine);
    expect(await provider.describe(one.machine)).toMatchObject({ state: 'stopped', address: one.server.address });
    expect(await provider.describe(two.machine)).toMatchObject({ state: 'gone' });
    await expect(one.server.docker.ping()).rejects.toThrow();
    await provider.start(one.machine);
    await ec2.server(one.machine);
    await one.server.docker.ping();
    await expect(provider.start(two.machine)).rejects.toMatchObject({ code: 'provider.no-machine' });
  });

  test('one act that is asked for twice at once makes one machine', async () => {
    const [provider, another, wanted] = [openHere(), openHere(), newMachine()];
    const [one, two] = await Promise.all([made(provider, wanted), another.create(wanted)]);
    expect(two.machine).toBe(one.machine);
    expect(await ec2.instances()).toEqual([one.machine]);
  });

  test('requests are signed with the keys of the file and profile, and what is wrong with the file is said without its secrets', async () => {
    await openHere().describe('i-1');
    expect(ec2.seenKeys).toContain('AKIAPLATFORM');
    const file = join(await temporaryDirectory(), 'credentials');
    writeFileSync(file, `[berth]\naws_secret_access_key = ${ec2.secret}\n`);
    for (const differs of [{ credentialsFile: '/absent' }, { credentialsFile: file }, { profile: 'nobody' }]) {
      const failure = await openHere(differs)
        .describe('i-1')
        .catch((error: unknown) => error);
      expect(failure).toMatchObject({ code: 'provider.unusable' });
      expect(`${failure} ${JSON.stringify(failure)}`).not.toContain(ec2.secret);
    }
  });

  test('a launch template that is not there is refused in the words of EC2', async () => {
    const creating = openHere({ launchTemplate: 'absent' }).create(newMachine());
    await expect(creating).rejects.toMatchObject({
      code: 'provider.refused',
      message: expect.stringContaining('LaunchTemplate'),
    });
  });

  test('without a launch template machines are started and stopped only', async () => {
    const provider = openHere({ launchTemplate: null });
    expect(provider.can).toEqual({ powerCycle: true, create: false, destroy: true });
    await expect(provider.create(newMachine())).rejects.toMatchObject({ code: 'provider.cannot' });
  });

  test('a region or an endpoint that is none is refused at once', () => {
    for (const wrong of [{ region: '' }, { region: 'a b' }, { endpoint: 'nowhere' }])
      expect(() => openHere(wrong)).toThrow(expect.objectContaining({ code: 'provider.unusable' }));
  });
});

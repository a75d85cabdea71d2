// Machines that a provider makes: whatever is interrupted, none is made twice and none is forgotten.
import { expect, test } from 'vitest';
import { MachineMaker } from '../../../src/initializer/machine-maker.ts';
import type { MadeMachines, MadeMachinesFile } from '../../../src/initializer/made-machines.ts';
import { readMachinesFile } from '../../../src/initializer/read-machines-file.ts';
import { resolveMachines } from '../../../src/initializer/resolve-machines.ts';
import { BerthError } from '../../../src/model/errors.ts';
import type { NewMachine, Provider, ProviderMachine } from '../../../src/ports/provider.ts';
import { ManualClock } from '../engine/manual-clock.ts';

const FILE = fileWith('{ name: one, provider: cloud }');

/** A file of two machines of a provider, the first as given. */
function fileWith(one: string) {
  const lines = [
    'platform: lab',
    'providers:',
    '  cloud:',
    '    access: { kind: ec2, region: eu-central-1, launchTemplate: small }',
    '    ssh: { user: admin, port: 2222, identity: key }',
    'store: { on: one }',
    "bus: { given: 'kafka://192.0.2.9:9092' }",
    'machines:',
    `  - ${one}`,
    '  - { name: two, provider: cloud, roles: [] }',
  ];
  return readMachinesFile(lines.join('\n'), { path: 'machines.yaml', variables: [] });
}

/** A cloud in memory: what it made outlives whoever asked. */
class Cloud implements Provider {
  readonly can = { powerCycle: true, create: true, destroy: true };
  readonly made = new Map<string, ProviderMachine>();
  /** What the next request to make a machine comes to. */
  next: 'made' | 'made, and the answer is lost' | 'refused' = 'made';
  findsMade = true;
  vouches = true;

  async describe(machine: string): Promise<ProviderMachine> {
    const found = [...this.made.values()].find((each) => each.machine === machine);
    return found ?? { machine, state: 'gone', address: null, hostKey: null };
  }

  async findMade(act: string): Promise<ProviderMachine | undefined> {
    if (!this.findsMade) throw new BerthError('provider.cannot', { act: 'find' });
    return this.made.get(act);
  }

  async create({ act, name }: NewMachine): Promise<ProviderMachine> {
    const outcome = this.next;
    this.next = 'made';
    if (outcome === 'refused') throw new BerthError('provider.refused', { act: 'create', words: 'no' });
    const number = this.made.size + 1;
    const hostKey = this.vouches ? `ssh-ed25519 KEY${number}` : null;
    const machine = { machine: `${name}#${number}`, state: 'running', address: `10.0.0.${number}`, hostKey } as const;
    this.made.set(act, machine);
    if (outcome === 'made') return machine;
    throw new BerthError('provider.timeout', { act: 'create', seconds: 30 });
  }

  async destroy(machine: string): Promise<void> {
    for (const [act, each] of this.made) if (each.machine === machine) this.made.delete(act);
  }

  async start(): Promise<void> {}
  async stop(): Promise<void> {}
  async close(): Promise<void> {}
}

class Remembered implements MadeMachinesFile {
  made: MadeMachines | undefined;
  read = async () => this.made;
  write = async (made: MadeMachines) => {
    this.made = made;
  };
  remove = async () => {
    this.made = undefined;
  };
}

let acts = 0;

/** A command of its own, as after an interruption. */
function maker(cloud: Cloud, made: Remembered, judged?: boolean, file = FILE): MachineMaker {
  return new MachineMaker(file, {
    ...{ made, clock: new ManualClock(), leave: new AbortController().signal },
    newId: () => `act-${++acts}`,
    open: async () => cloud,
    machines: { scanHostKey: async () => ({ line: 'ssh-ed25519 SEEN', fingerprint: 'SHA256:seen' }) },
    judgeHostKey: async () => judged,
    during: (_, work) => work(),
  });
}

const codeOf = (work: Promise<unknown>) =>
  work.then(
    () => 'done',
    (error: unknown) => (error instanceof BerthError ? error.code : String(error)),
  );

test('both are made once, and have address and key in the file that is installed from', async () => {
  const [cloud, made] = [new Cloud(), new Remembered()];
  expect(resolveMachines(FILE, undefined).unmade).toHaveLength(2);
  await maker(cloud, made).make();
  await maker(cloud, made).make();
  expect(cloud.made.size).toBe(2);
  const { file, unmade } = resolveMachines(FILE, made.made);
  expect(unmade).toEqual([]);
  const [one] = [...cloud.made.values()];
  expect(file.machines[0]).toMatchObject({ name: 'one', user: 'admin', port: 2222, identity: 'key' });
  expect(file.machines.map(({ host }) => host)).toContain(one?.address);
  expect(file.machines.map(({ hostKey }) => hostKey)).toContain(one?.hostKey);
});

test('a machine whose answer was lost is found by the next command', async () => {
  const [cloud, made] = [new Cloud(), new Remembered()];
  cloud.next = 'made, and the answer is lost';
  expect(await codeOf(maker(cloud, made).make())).toBe('provider.timeout');
  expect(Object.values(made.made?.machines ?? {}).filter(({ machine }) => machine === null)).toHaveLength(1);
  await maker(cloud, made).make();
  expect(cloud.made.size).toBe(2);
});

test('where the provider cannot tell what it made, nothing is asked for again', async () => {
  const [cloud, made] = [new Cloud(), new Remembered()];
  cloud.findsMade = false;
  cloud.next = 'made, and the answer is lost';
  await codeOf(maker(cloud, made).make());
  expect(await codeOf(maker(cloud, made).make())).toBe('initializer.making-unknown');
  expect(cloud.made.size).toBe(2);
  expect(await codeOf(maker(cloud, made).giveBack())).toBe('initializer.making-unknown');
});

test('a refusal made nothing: it is simply asked again', async () => {
  const [cloud, made] = [new Cloud(), new Remembered()];
  cloud.findsMade = false;
  cloud.next = 'refused';
  expect(await codeOf(maker(cloud, made).make())).toBe('provider.refused');
  expect(await codeOf(maker(cloud, made).make())).toBe('done');
  expect(cloud.made.size).toBe(2);
});

test('a key that nobody vouches for is asked about once', async () => {
  const [cloud, made] = [new Cloud(), new Remembered()];
  cloud.vouches = false;
  expect(await codeOf(maker(cloud, made).make())).toBe('initializer.host-key-unknown');
  expect(await codeOf(maker(cloud, made, false).make())).toBe('initializer.host-key-refused');
  await maker(cloud, made, true).make();
  expect(await codeOf(maker(cloud, made).make())).toBe('done');
  expect(resolveMachines(FILE, made.made).file.machines[0]?.hostKey).toBe('ssh-ed25519 SEEN');
});

test('a key that a person wrote into the file is asked about no more, and goes before what was remembered', async () => {
  const [cloud, made] = [new Cloud(), new Remembered()];
  cloud.vouches = false;
  expect(await codeOf(maker(cloud, made).make())).toBe('initializer.host-key-unknown');
  const file = fileWith("{ name: one, provider: cloud, hostKey: 'ssh-ed25519 TOLD' }");
  // The other one's is still unknown.
  expect(await codeOf(maker(cloud, made, undefined, file).make())).toBe('initializer.host-key-unknown');
  expect(resolveMachines(file, made.made).unmade).toMatchObject([{ name: 'two' }]);
  expect(resolveMachines(file, made.made).file.machines[0]).toMatchObject({ name: 'one', hostKey: 'ssh-ed25519 TOLD' });
  await maker(cloud, made, true).make();
  const named = resolveMachines(file, made.made).file.machines.map(({ hostKey }) => hostKey);
  expect(named).toEqual(['ssh-ed25519 TOLD', 'ssh-ed25519 SEEN']);
});

test('one that is gone is made anew, under another act and with its own key', async () => {
  const [cloud, made] = [new Cloud(), new Remembered()];
  await maker(cloud, made).make();
  const lost = made.made?.machines.one;
  await cloud.destroy(lost?.machine ?? '');
  expect(await maker(cloud, made).look()).toContainEqual(expect.objectContaining({ name: 'one', state: 'gone' }));
  await maker(cloud, made).make();
  expect(made.made?.machines.one?.act).not.toBe(lost?.act);
  expect(cloud.made.size).toBe(2);
});

test('given back are those that were made, and nothing else', async () => {
  const [cloud, made] = [new Cloud(), new Remembered()];
  await cloud.create({ act: 'of-somebody-else', name: 'theirs' });
  await maker(cloud, made).make();
  const returned = await maker(cloud, made).giveBack();
  expect(returned.map(({ name }) => name).sort()).toEqual(['one', 'two']);
  expect([...cloud.made.keys()]).toEqual(['of-somebody-else']);
  expect(made.made).toBeUndefined();
});

test('whoever leaves before the provider is asked leaves no machine', async () => {
  const [cloud, made] = [new Cloud(), new Remembered()];
  const left = new MachineMaker(FILE, {
    ...{ made, clock: new ManualClock(), leave: AbortSignal.abort() },
    newId: () => 'act',
    open: async () => cloud,
    machines: { scanHostKey: async () => ({ line: '', fingerprint: '' }) },
    judgeHostKey: async () => true,
    during: (_, work) => work(),
  });
  expect(await codeOf(left.make())).toBe('initializer.interrupted-making');
  expect(cloud.made.size).toBe(0);
});

// Machines of a platform that a provider makes: made once, remembered over interruptions, given back with the platform.
import { existsSync, readFileSync } from 'node:fs';
import Docker from 'dockerode';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { MACHINE_PACKAGES } from '../../src/adapters/docker-provider/machine-image.ts';
import { importRoot } from '../world/base-image.ts';
import { testEngine } from '../world/engine.ts';
import { testIdentity } from '../world/identity.ts';
import { KEPT_IMAGES } from '../world/leftovers.ts';
import { rootTar } from '../world/root-tar.ts';
import { InitializerPerson, json, SMALL } from './initializer-person.ts';

const person = new InitializerPerson();
const remembered = person.machines.replace('.yaml', '.made.json');
const network = `initializer-${process.pid}`;
let docker: Docker;

beforeAll(async () => {
  const { socketPath } = await testEngine();
  docker = new Docker({ socketPath });
  const { path, mark } = await rootTar('server-engine', MACHINE_PACKAGES);
  const image = `${KEPT_IMAGES}provider:${mark}`;
  const there = await docker.listImages({ filters: { reference: [image] } });
  if (there.length === 0) await importRoot(docker, path, image);
  const identity = await testIdentity();
  person.write(
    'providers:',
    '  here:',
    `    access: { kind: docker, socketPath: ${socketPath}, image: '${image}', network: ${network} }`,
    `    ssh: { identity: ${identity.path} }`,
    'machines:',
    '  - { name: one, provider: here }',
    ...SMALL,
  );
});
afterAll(async () => {
  for (const { Id } of await made()) await docker.getContainer(Id).remove({ force: true, v: true });
  const networks = await docker.listNetworks({ filters: { name: [network] } });
  for (const { Id } of networks) await docker.getNetwork(Id).remove();
  person.remove();
});

function made() {
  return docker.listContainers({ all: true, filters: { network: [network] } });
}

test('plan tells which machines would be made, and makes none', async () => {
  expect(json(await person.berth('plan'))).toMatchObject({ make: [{ name: 'one', provider: 'here' }] });
  expect(await made()).toEqual([]);
});

test('killed when the provider has been asked: the machine is found again, not made twice', async () => {
  const asked = /one: have here make a machine …/;
  expect(await person.interrupt(person.begin('init'), asked, 'SIGKILL')).toBe('SIGKILL');
  expect(JSON.parse(readFileSync(remembered, 'utf8'))).toMatchObject({ machines: { one: { machine: null } } });
  json(await person.berth('init'));
  expect(await made()).toHaveLength(1);
});

test('done again nothing is made and nothing differs; status shows the machine', async () => {
  expect(json(await person.berth('init'))).toMatchObject({ steps: [] });
  expect(await made()).toHaveLength(1);
  const { made: machines, components } = json<{ made: unknown[]; components: unknown[] }>(await person.berth('status'));
  expect(machines).toMatchObject([{ name: 'one', provider: 'here', state: 'running' }]);
  expect(components).toMatchObject([{ name: 'berth-one', state: 'running' }]);
});

test('a machine that is stopped is started again', async () => {
  const [machine] = await made();
  await docker.getContainer(machine?.Id ?? '').kill();
  json(await person.berth('init'));
  expect(await made()).toMatchObject([{ Id: machine?.Id, State: 'running' }]);
});

test('taken down, the machine stays with its data; with the data it is given back, and no other one', async () => {
  const stranger = await docker.createContainer({
    Image: (await made())[0]?.Image ?? '',
    Cmd: ['sleep', '600'],
    Labels: { 'berth.machine.platform': 'somebody-else' },
    HostConfig: { NetworkMode: network },
  });
  try {
    await stranger.start();
    expect(json(await person.berth('destroy', '--yes'))).toMatchObject({ returned: [] });
    expect(await made()).toHaveLength(2);
    const { returned } = json<{ returned: unknown[] }>(await person.berth('destroy', '--yes', '--data'));
    expect(returned).toMatchObject([{ name: 'one', provider: 'here' }]);
    expect((await made()).map(({ Id }) => Id)).toEqual([stranger.id]);
    expect(existsSync(remembered)).toBe(false);
  } finally {
    await stranger.remove({ force: true });
  }
});

// A platform on an instance of EC2: launched once, its host key judged by the person, and terminated with the platform.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { testIdentity } from '../world/identity.ts';
import { type PairedEc2, startPairedEc2 } from '../world/paired-ec2.ts';
import { InitializerPerson, json, SMALL } from './initializer-person.ts';

const person = new InitializerPerson();
let ec2: PairedEc2;

beforeAll(async () => {
  ec2 = await startPairedEc2();
  await describeMachine('');
});
afterAll(async () => {
  await ec2?.close();
  person.remove();
});

async function describeMachine(more: string): Promise<void> {
  const { region, endpoint, credentialsFile, profile, launchTemplate } = ec2;
  const access = { kind: 'ec2', region, endpoint, credentialsFile, profile, launchTemplate };
  const { path: identity } = await testIdentity();
  person.write(
    `providers: { cloud: { access: ${JSON.stringify(access)}, ssh: { identity: ${identity} } } }`,
    'machines:',
    `  - { name: one, provider: cloud${more} }`,
    ...SMALL,
  );
}

test('with nobody there to judge the host key nothing is installed, and the error says what to do', async () => {
  const { code, stderr } = await person.berth('init');
  expect(code).not.toBe(0);
  // Behind what it told of its progress.
  const { error } = JSON.parse(stderr.slice(stderr.indexOf('{'))) as {
    readonly error: Readonly<Record<'code' | 'remedy', string>>;
  };
  expect(error.code).toBe('initializer.host-key-unknown');
  const [machine = ''] = await ec2.instances();
  const { hostKeyLine } = await ec2.server(machine);
  expect(error.remedy).toContain(`hostKey: ${hostKeyLine}`);
  await describeMachine(`, hostKey: '${hostKeyLine}'`);
});

test('with the key in the file the same instance becomes the platform, and done again nothing differs', async () => {
  const before = await ec2.instances();
  json(await person.berth('init'));
  expect(json(await person.berth('init'))).toMatchObject({ steps: [] });
  expect(await ec2.instances()).toEqual(before);
  const { made, components } = json<Record<'made' | 'components', unknown>>(await person.berth('status'));
  expect(made).toMatchObject([{ name: 'one', provider: 'cloud', machine: before[0], state: 'running' }]);
  expect(components).toMatchObject([{ name: 'berth-one', state: 'running' }]);
});

test('an instance that was stopped is started again', async () => {
  const [machine = ''] = await ec2.instances();
  await ec2.stopAtConsole(machine);
  json(await person.berth('init'));
  expect(json(await person.berth('status'))).toMatchObject({ components: [{ state: 'running' }] });
});

test('taken down with its data, the instance is terminated, and no other one', async () => {
  const { machine: stranger } = await ec2.launch();
  json(await person.berth('destroy', '--yes', '--data'));
  expect(await ec2.instances()).toEqual([stranger]);
});

// Components that monitoring moved, as the initializer finds them: kept where they are, told, and put back when a person wants it.
import { expect, test } from 'vitest';
import { environmentText } from '../../../src/initializer/component-files.ts';
import { decidePlacementOfComponents } from '../../../src/initializer/decide-placement-of-components.ts';
import { decidePlan } from '../../../src/initializer/decide-plan.ts';
import { type MovedComponent, movedComponents, withMoved } from '../../../src/initializer/moved-components.ts';
import { movedSettings } from '../../../src/initializer/moved-settings.ts';
import { mapText, type PlatformMap, readMap } from '../../../src/initializer/platform-map.ts';
import { allFilesOf, type WantedMachine } from '../../../src/initializer/wanted-machine.ts';
import { wantedMachines } from '../../../src/initializer/wanted-machines.ts';
import { movedLines } from '../../../src/main/moved-lines.ts';
import { machinesNamed } from './machines-file.ts';

const file = machinesNamed(3, 'store: { on: m0 }\nbus: { on: m1, program: kafka.tgz }\n');
const MOVED: MovedComponent = { name: 'berth-m2--on-m0', machine: 'm0', peerPort: 7411, apiPort: 7401 };
const passwordOf = (account: string) => `password-of-${account.replaceAll(' ', '-')}`;

function mapWith(moved: readonly MovedComponent[]): PlatformMap {
  const { form, components } = decidePlacementOfComponents(file);
  const machines = file.machines.map(({ name, host, port, user }) => {
    return { name, host, port, user, hostKey: null, supervisor: 'own' as const };
  });
  return {
    ...{ platform: 'lab', form, console: 'http://10.0.0.2:7400', program: '0123456789abcdef', machines, nodes: [] },
    store: { kind: 'mariadb', machine: 'm0', address: '10.0.0.1:3306' },
    bus: { kind: 'kafka', machine: 'm1', address: '10.0.0.2:9092' },
    components: withMoved(file, components, moved),
  };
}

function wantedWith(moved: readonly MovedComponent[]): readonly WantedMachine[] {
  const secrets = { keys: {}, publicKey: '', passwordOf, busCredentials: undefined, busCertificates: undefined };
  return wantedMachines({ file, map: mapWith(moved), bootWays: {}, secrets, kafka: 'fedcba9876543210' });
}

const textAt = (machines: readonly WantedMachine[], path: string) =>
  machines
    .flatMap(allFilesOf)
    .find((each) => each.path === path)
    ?.bytes.toString('utf8') ?? '';

const settingsAt = (machines: readonly WantedMachine[], path: string) =>
  Object.fromEntries(
    [...textAt(machines, path).matchAll(/^(\w+)="(.*)"$/gm)].map(([, name = '', value = '']) => [name, value]),
  );

test('the map has it where it is, and where it was', () => {
  const map = mapWith([MOVED]);
  expect(map.components.find(({ name }) => name === MOVED.name)).toMatchObject({
    ...{ machine: 'm0', movedFrom: 'm2', peer: { host: '10.0.0.1', port: 7411 } },
  });
  expect(map.components.map(({ name }) => name)).not.toContain('berth-m2');
  expect(readMap(mapText(map))).toEqual(map);
  expect(movedLines(map)).toEqual([expect.stringContaining('berth-m2 was moved from m2 and runs on m0')]);
  expect(movedLines(mapWith([]))).toEqual([]);
});

test('what its new machine wrote for itself is what the initializer would write', () => {
  const machines = wantedWith([MOVED]);
  const settings = settingsAt(machines, '/etc/berth/berth-m0.env');
  const roles = mapWith([MOVED]).components.find(({ name }) => name === MOVED.name)?.roles ?? [];
  const made = movedSettings({
    placed: { name: MOVED.name, roles, like: 'berth-m2' },
    neighbour: { name: 'berth-m0', settings },
    passwordOf,
    ports: { peer: 7411, api: 7401 },
  });
  const etc = '/etc/berth/berth-m2--on-m0';
  const text = environmentText({ ...made, BERTH_BUS_CREDENTIALS: `${etc}.bus` });
  expect(text).toBe(textAt(machines, `${etc}.env`));
  expect(textAt(machines, `${etc}.bus`)).toBe(`berth-m2:${passwordOf('berth-m2 at the brokers')}\n`);
});

test('nothing of the others is changed by it', () => {
  const [before, after] = [wantedWith([]), wantedWith([MOVED])];
  for (const name of ['berth-m0', 'berth-m1'])
    expect(textAt(after, `/etc/berth/${name}.env`)).toBe(textAt(before, `/etc/berth/${name}.env`));
  for (const path of ['mariadb-accounts.json', 'kafka-accounts.json'])
    expect(textAt(after, `/etc/berth/${path}`)).toBe(textAt(before, `/etc/berth/${path}`));
});

test('put back, it ends where it is and starts where it was', () => {
  const none = { missingPackages: [], programs: [], authorized: [], kafkas: [], answeringEngines: [], current: null };
  const machines = wantedWith([]).map((wanted) => ({
    wanted,
    observed: {
      ...{ ...none, files: {}, isSupervised: true },
      components: wanted.name === 'm0' ? { [MOVED.name]: { path: '/x.json', isHealthy: true } } : {},
    },
  }));
  const steps = decidePlan(machines).filter(({ step }) => /-component$/.test(step.kind));
  const told = steps.map(({ machine, step, why }) => [machine, step.kind, 'component' in step && step.component, why]);
  expect(told[0]).toEqual(['m0', 'stop-component', MOVED.name, 'it runs where it was placed again']);
  expect(told).toContainEqual(['m2', 'start-component', 'berth-m2', 'it does not run']);
});

test('it is found by the files on its machine', async () => {
  const files: Record<string, string> = {
    '/etc/berth/berth-m2--on-m0.env': 'BERTH_PEER_PORT="7411"\nBERTH_PORT="7401"\n',
    '/etc/berth/broken--on-m0.env': 'nothing',
  };
  const machine = {
    run: async () => ({
      ...{ status: '0', complaint: '' },
      output: ['berth-m0', 'berth-m2--on-m0', 'broken--on-m0', 'gone--on-m0']
        .map((name) => `/etc/berth/components/${name}.json\n`)
        .join(''),
    }),
    readFile: async (path: string) => (files[path] === undefined ? undefined : Buffer.from(files[path])),
  };
  const manifest = { platform: 'lab', packages: [], files: [], data: [], authorized: [], users: [], databases: [] };
  const site = { entry: { name: 'm0' }, machine, manifest };
  expect(await movedComponents([site, { ...site, manifest: undefined }])).toEqual([MOVED]);
});

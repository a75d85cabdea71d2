// Database and brokers on machines of the platform: where they are, who comes in, and where passwords are written.
import { expect, test } from 'vitest';
import { decideMap, memoryNeeded, portsNeeded } from '../../../src/initializer/decide-map.ts';
import type { MachinesFile } from '../../../src/initializer/machines-file-schema.ts';
import { allFilesOf, type WantedMachine } from '../../../src/initializer/wanted-machine.ts';
import { manifestOf, wantedMachines } from '../../../src/initializer/wanted-machines.ts';
import type { InstallerMachine } from '../../../src/ports/installer-machine.ts';
import { machinesNamed } from './machines-file.ts';

const BOTH = 'store: { on: m0 }\nbus: { on: m1, program: kafka.tgz }\n';
const PROGRAM = '0123456789abcdef';

function mapOf(file: MachinesFile) {
  const sites = file.machines.map((entry) => ({
    ...{
      entry,
      hostKey: 'ssh-ed25519 AAAA',
      manifest: undefined,
      missing: [],
      hasSources: true,
      bootWay: 'none' as const,
    },
    machine: {} as InstallerMachine,
    facts: {
      ...{ system: 'Debian', isDebian: true, architecture: 'x64', diskFreeBytes: 0, memoryTotalBytes: 0 },
      ...{ clockOffsetMs: 0, portsInUse: [], hasSystemd: false },
    },
  }));
  return decideMap(file, sites, { program: PROGRAM, moved: [] });
}

function wantedOf(file: MachinesFile): readonly WantedMachine[] {
  const passwordOf = (account: string) => `password-of-${account.replaceAll(' ', '-')}`;
  const secrets = { keys: {}, publicKey: '', passwordOf, busCredentials: undefined, busCertificates: undefined };
  return wantedMachines({ file, map: mapOf(file), bootWays: {}, secrets, kafka: 'fedcba9876543210' });
}

const text = (machine: WantedMachine | undefined, path: string) =>
  machine &&
  allFilesOf(machine)
    .find((file) => file.path === path)
    ?.bytes.toString('utf8');

test('the map says where they are', () => {
  const { store, bus } = mapOf(machinesNamed(3, BOTH));
  expect(store).toEqual({ kind: 'mariadb', machine: 'm0', address: '10.0.0.1:3306' });
  expect(bus).toEqual({ kind: 'kafka', machine: 'm1', address: '10.0.0.2:9092' });
});

test('brokers weigh as much as a database: the machine with neither does most', () => {
  const { components } = mapOf(machinesNamed(3, BOTH));
  const counts = Object.fromEntries(components.map(({ machine, roles }) => [machine, roles.length]));
  expect(counts.m2).toBeGreaterThanOrEqual(Math.max(counts.m0 ?? 0, counts.m1 ?? 0));
});

test('the machine of the brokers needs their ports free, and memory for a second engine', () => {
  expect(portsNeeded(machinesNamed(3, BOTH)).m1).toEqual(expect.arrayContaining([9092, 9093, 9094]));
  expect(portsNeeded(machinesNamed(3, BOTH)).m0).not.toContain(9092);
  expect(memoryNeeded(machinesNamed(3, BOTH))).toEqual({ m0: 4, m1: 4, m2: 4 });
  const together = 'store: { on: m1 }\nbus: { on: m1, program: kafka.tgz }\n';
  expect(memoryNeeded(machinesNamed(3, together))).toEqual({ m0: 4, m1: 5, m2: 4 });
  expect(memoryNeeded(machinesNamed(3, `${together}least: { memoryGb: 3 }\n`)).m1).toBe(3);
});

test('each component has an account of its own in both, with passwords that differ, in files for root alone', () => {
  const [m0, m1, m2] = wantedOf(machinesNamed(3, BOTH));
  expect(text(m2, '/etc/berth/berth-m2.env')).toContain(
    'BERTH_STORE="mysql://berth-m2:password-of-berth-m2@10.0.0.1:3306/berth"',
  );
  expect(text(m2, '/etc/berth/berth-m2.env')).toContain('BERTH_BUS="kafka://10.0.0.2:9092"');
  expect(text(m2, '/etc/berth/berth-m2.bus')).toBe('berth-m2:password-of-berth-m2-at-the-brokers\n');
  for (const machine of [m0, m1, m2])
    for (const { path, bytes, mode } of machine ? allFilesOf(machine) : [])
      if (bytes.includes('password-of')) expect([path, mode]).toEqual([path, 0o600]);
  for (const machine of [m0, m1])
    for (const { path, bytes } of machine?.engines.flatMap(({ setUp, settled }) => [setUp, settled]) ?? [])
      expect([path, bytes.includes('password-of')]).toEqual([path, false]);
});

test('the words that start the brokers hold no password, and nothing of the program that an upgrade changes', () => {
  const [, m1] = wantedOf(machinesNamed(3, BOTH));
  const start = text(m1, '/etc/berth/components/apache-kafka.json') ?? '';
  expect(JSON.parse(start)).toMatchObject({ watch: { kafka: 9094 }, roles: [] });
  expect(start).not.toContain('password-of');
  for (const file of m1?.engines.flatMap(({ files, setUp, settled }) => [...files, setUp, settled]) ?? [])
    expect(`${file.bytes}`).not.toContain(PROGRAM);
});

test('other roles are other rights, and a newer program is asked for its tables', () => {
  const marks = (file: MachinesFile, program = PROGRAM) => {
    const secrets = {
      keys: {},
      publicKey: '',
      passwordOf: () => 'a-long-password-1',
      busCredentials: undefined,
      busCertificates: undefined,
    };
    const wanted = wantedMachines({ file, map: { ...mapOf(file), program }, bootWays: {}, secrets, kafka: 'f' });
    return wanted.flatMap(({ engines }) =>
      engines.map(({ kind, setUp, settled }) => [kind, setUp.digest, settled.digest]),
    );
  };
  const file = machinesNamed(3, BOTH);
  const [first, ...others] = file.machines;
  const moved: MachinesFile = { ...file, machines: first ? [{ ...first, roles: ['api'] }, ...others] : [] };
  const [before, after, newer] = [marks(file), marks(moved), marks(file, 'another')];
  for (const [index, each] of before.entries()) {
    expect(after[index]?.[1]).not.toBe(each[1]);
    expect(after[index]?.[2]).not.toBe(each[2]);
  }
  expect(newer.map((each, index) => [each[0], each[1] === before[index]?.[1], each[2] === before[index]?.[2]])).toEqual(
    [
      ['mariadb', false, true],
      ['kafka', true, true],
    ],
  );
});

test('what was there before stays when the platform is taken down', () => {
  const file = machinesNamed(3, BOTH);
  const traces = (name: string, packages: readonly string[]) =>
    manifestOf({ file, map: mapOf(file), bootWays: {} }, name, { packages, authorized: [] });
  expect(traces('m0', []).data).toEqual(['/var/lib/berth']);
  expect(traces('m0', ['mariadb-server']).data).toEqual(['/var/lib/berth', '/var/lib/mysql']);
  expect(traces('m1', [])).toMatchObject({ data: ['/var/lib/berth', '/var/lib/berth-kafka'], users: ['berth-kafka'] });
});

// What a machines file may say, and what a person is told who gets it wrong.
import { expect, test } from 'vitest';
import { BerthError } from '../../../src/model/errors.ts';
import { machinesFile } from './machines-file.ts';

function problemsOf(text: string): string[] {
  try {
    machinesFile(text);
    return [];
  } catch (error) {
    if (!(error instanceof BerthError)) throw error;
    return error.problems.map(({ line, path, found, expected }) => `${line} ${path}: ${found}; ${expected}`);
  }
}

test('the smallest file is a name and a machine', () => {
  const file = machinesFile('platform: lab\nmachines:\n  - { name: one, host: local }\n');
  expect(file.machines[0]).toMatchObject({ name: 'one', host: 'local', port: 22, user: 'root', roles: 'auto' });
  expect(file).toMatchObject({ bus: 'none', supervisor: 'auto', nodes: [], least: { diskGb: 10 } });
});

test('everything that is wrong is told at once, each with its line', () => {
  const problems = problemsOf(
    [
      'platform: lab',
      'machines:',
      '  - { name: one, host: 10.0.0.1, scan: true }',
      '  - { name: one, host: 10.0.0.2 }',
      'nodes: [two]',
      "settings: { BERTH_PORT: 7000, BERTH_ROLES: api, BERTH_NOTHING: 1, BERTH_LOG_LEVEL: 'a\"b', BERTH_DATA: / }",
    ].join('\n'),
  );
  expect(problems).toEqual([
    '4 $.machines[1].name: one a second time; each name once',
    "4 $.machines[1]: no hostKey; its hostKey, or 'scan: true'",
    '5 $.nodes[0]: two; a machine of this file: one',
    "3 $.machines: several processes without a store; a 'store' that all of them reach",
    "3 $.machines: several processes without a bus; a 'bus' by which they share the work",
    '6 $.settings.BERTH_ROLES: BERTH_ROLES; a setting that the map does not decide',
    '6 $.settings.BERTH_NOTHING: BERTH_NOTHING; a setting of docs/settings.md, as BERTH_LOG_LEVEL',
    '6 $.settings.BERTH_LOG_LEVEL: "a\\"b"; a value without quotes, backslashes and line ends',
    '6 $.settings.BERTH_DATA: /; a directory such as /srv/berth',
  ]);
});

test('brokers and databases on machines: names that are not there and addresses that nobody reaches are told with the rest', () => {
  const lines = [
    'platform: lab',
    'machines:',
    '  - { name: one, host: local }',
    '  - { name: two, host: h2, scan: true }',
  ];
  expect(problemsOf([...lines, 'store: { on: three }', 'bus: { on: one, program: kafka.tgz }'].join('\n'))).toEqual([
    '5 $.store.on: three; a machine of this file: one, two',
    "6 $.bus.on: one, whose host is local; a machine with a 'peer' address",
  ]);
  expect(problemsOf([...lines, 'store: { on: two }', 'bus: { on: two }'].join('\n')).join()).toMatch(/^6 \$\.bus/);
});

test.each([
  ['platform: lab\nmachines: [\n', /YAML/],
  ['platform: Lab\nmachines:\n  - { name: one, host: local }\n', /^1 \$\.platform: "Lab"; 1 to 30 lower-case/],
  ['platform: lab\nmachines:\n  - { name: one, host: local, user: -oProxyCommand=x }\n', /^3 \$\.machines\[0\]\.user/],
  ['platform: lab\nmachines:\n  - { name: one, host: local, roles: [cook] }\n', /^3 \$\.machines\[0\]\.roles/],
  ['platform: lab\nmachines:\n  - { name: one, host: local, roles: [] }\n', /no machine that does anything/],
])('refused: %j', (text, expected) => {
  expect(problemsOf(text).join('\n')).toMatch(expected);
});

test('a machine has a host or a provider of the file, and with a provider it may have a host key that a person found', () => {
  const problems = problemsOf(
    [
      'platform: lab',
      'providers: { cloud: { access: { kind: ec2, region: eu-central-1 } } }',
      'machines:',
      '  - { name: one, host: 10.0.0.1, provider: cloud, scan: true }',
      '  - { name: two, roles: [] }',
      '  - { name: three, provider: clod, roles: [] }',
      "  - { name: four, provider: cloud, hostKey: 'ssh-ed25519 AAAA', roles: [] }",
    ].join('\n'),
  );
  expect(problems).toEqual([
    '4 $.machines[0]: both; a host or a provider',
    '5 $.machines[1]: neither; a host or a provider',
    "6 $.machines[2].provider: clod; a provider of 'providers'",
  ]);
});

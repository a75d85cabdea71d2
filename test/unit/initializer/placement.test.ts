// Which component runs where.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decidePlacementOfComponents } from '../../../src/initializer/decide-placement-of-components.ts';
import type { MachinesFile } from '../../../src/initializer/machines-file-schema.ts';
import { ROLES } from '../../../src/model/role.ts';
import { machinesFile, machinesNamed } from './machines-file.ts';

const BUS = "bus: { given: 'kafka://bus:9092' }";
const GIVEN = `store: { given: 'mysql://u:p@db/berth' }\n${BUS}`;
const shown = (file: MachinesFile) =>
  decidePlacementOfComponents(file).components.map(({ name, roles, peer, apiPort }) => {
    return `${name} ${peer.host}:${peer.port} ${apiPort ?? '-'} ${roles.join(',')}`;
  });

test('one machine without a store is one process with everything, which keeps to itself', () => {
  expect(decidePlacementOfComponents(machinesNamed(1)).form).toBe('embedded');
  expect(shown(machinesNamed(1))).toEqual([`berth-m0 127.0.0.1:7410 7400 ${ROLES.join(',')}`]);
});

test('two machines have everything twice', () => {
  expect(shown(machinesNamed(2, GIVEN))).toEqual([
    `berth-m0 10.0.0.1:7410 7400 ${ROLES.join(',')}`,
    `berth-m1 10.0.0.2:7410 7400 ${ROLES.join(',')}`,
  ]);
});

test('three machines share what two of each need, the one with the database least of it', () => {
  expect(shown(machinesNamed(3, `store: { on: m0 }\n${BUS}`))).toMatchInlineSnapshot(`
    [
      "berth-m0 10.0.0.1:7410 7400 api,scheduler,sensors,monitoring",
      "berth-m1 10.0.0.2:7410 7400 api,deployment,nodes,servers,monitoring",
      "berth-m2 10.0.0.3:7410 - scheduler,deployment,nodes,servers,sensors",
    ]
  `);
});

test('roles that are given are kept, several processes get ports of their own, and what is short goes elsewhere', () => {
  const file = machinesFile(
    `platform: lab\nmachines:\n  - { name: a, host: h1, scan: true, roles: [[api], [nodes, scheduler]] }\n  - { name: b, host: h2, peer: 10.9.0.2, scan: true }\n  - { name: c, host: h3, scan: true, roles: [] }\n${GIVEN}\n`,
  );
  expect(shown(file)).toEqual([
    'berth-a-1 h1:7410 7400 api',
    'berth-a-2 h1:7411 - nodes,scheduler',
    `berth-b 10.9.0.2:7410 7400 ${ROLES.join(',')}`,
  ]);
});

test('every role is there, twice where there are two machines, and no machine that may work is idle', () => {
  fc.assert(
    fc.property(fc.integer({ min: 2, max: 20 }), fc.boolean(), (count, own) => {
      const { components } = decidePlacementOfComponents(
        machinesNamed(count, own ? `store: { on: m1 }\n${BUS}` : GIVEN),
      );
      expect(components).toHaveLength(count);
      for (const role of ROLES)
        expect(components.filter(({ roles }) => roles.includes(role)).length).toBeGreaterThanOrEqual(2);
      expect(components.every(({ roles }) => roles.length > 0)).toBe(true);
    }),
  );
});

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decidePlacement } from '../../../src/deployment/decide-placement.ts';
import { FleetView } from '../../../src/deployment/fleet-view.ts';
import type { Demand, PlacementRules } from '../../../src/deployment/node-filters.ts';
import { harmonicLoad } from '../../../src/deployment/node-load.ts';
import type { Ledger, Node, NodeStatus } from '../../../src/model/node.ts';
import { aLedger, aNode, aNodeStatus, aReservation, T0 } from '../../builders/jobs.ts';

const MIB = 1024 * 1024;
const rules: PlacementRules = { cpuOvercommit: 2, memoryHeadroomBytes: 0, diskHeadroomBytes: 0 };
const demand: Demand = {
  job: 'j',
  resources: { cpus: 0.25, memoryMiB: 64, diskMiB: 64, pids: 64 },
  machine: 'shared',
  labels: {},
  location: null,
  architecture: 'amd64',
};

interface Machine {
  readonly node: Node;
  readonly status?: NodeStatus;
  readonly ledger?: Ledger;
}

function fleetOf(machines: readonly Machine[]): FleetView {
  const fleet = new FleetView();
  for (const { node, status, ledger } of machines) {
    fleet.written('node', node.id, node);
    if (status) fleet.written('nodeStatus', node.id, status);
    if (ledger) fleet.written('ledger', node.id, ledger);
  }
  return fleet;
}

const machine = (id: string, load: { cpu?: number; memory?: number } = {}, over: Partial<Machine> = {}): Machine => ({
  node: aNode(id),
  status: aNodeStatus(id, load),
  ...over,
});
const place = (
  machines: readonly Machine[],
  over: Partial<Demand> = {},
  copiesOn = new Map<string, number>(),
  avoid: string | null = null,
) => decidePlacement(fleetOf(machines), { demand: { ...demand, ...over }, copiesOn, avoid, before: [], rules }, T0);
const refusal = (placed: ReturnType<typeof place>, node: string) =>
  placed.verdicts.find((verdict) => verdict.node === node)?.refused;

describe('the load of a node', () => {
  test.each([
    [0.5, 0.5, 0.5],
    [0, 0, 0.01],
    [1, 1, 1],
    [2, 2, 1],
    [0.2, 0.8, 0.32],
  ])('of CPU %f and memory %f is %f', (cpu, memory, load) => {
    expect(harmonicLoad(cpu, memory)).toBeCloseTo(load, 10);
  });

  test('lies between the lower and the higher of the two, and grows with each', () => {
    const share = fc.double({ min: 0.01, max: 1, noNaN: true });
    fc.assert(
      fc.property(share, share, share, (cpu, memory, more) => {
        const load = harmonicLoad(cpu, memory);
        expect(load).toBeGreaterThanOrEqual(Math.min(cpu, memory) - 1e-12);
        expect(load).toBeLessThanOrEqual(Math.max(cpu, memory) + 1e-12);
        expect(harmonicLoad(Math.max(cpu, more), memory)).toBeGreaterThanOrEqual(load - 1e-12);
      }),
    );
  });
});

describe('a slot goes to', () => {
  test('the node with the least load', () => {
    expect(place([machine('a', { cpu: 0.9 }), machine('b', { cpu: 0.1 }), machine('c', { cpu: 0.5 })]).chosen).toBe(
      'b',
    );
  });

  test('the one with fewer tasks when loads are equal, then by name', () => {
    const busy = machine('a', {}, { ledger: aLedger('a', [aReservation('x.0.1')]) });
    expect(place([busy, machine('c'), machine('b')]).chosen).toBe('b');
  });

  test('not the idle processor with the full memory, though its harmonic mean is the least', () => {
    const full = machine('full', { cpu: 0, memory: 0.999 });
    const placed = place([full, machine('fair', { cpu: 0.6, memory: 0.6 })]);
    expect(placed.chosen).toBe('fair');
    expect(refusal(placed, 'full')).toMatch(/has 8 MiB of memory free, 64 are asked/);
  });

  test('another node each time within one reading period, because what was just placed counts', () => {
    const machines = [machine('a'), machine('b'), machine('c')];
    const chosen = new Set<string>();
    const ledgers = new Map<string, Ledger>();
    for (let i = 0; i < 3; i++) {
      const placed = place(
        machines.map((m) => ({
          ...m,
          ...(ledgers.has(m.node.id) ? { ledger: ledgers.get(m.node.id) as Ledger } : {}),
        })),
      );
      const node = placed.chosen ?? '';
      chosen.add(node);
      ledgers.set(node, aLedger(node, [aReservation(`x${i}.0.1`, { at: T0 + 1 })]));
    }
    expect([...chosen].toSorted()).toEqual(['a', 'b', 'c']);
  });

  test('a node without a copy of the same job, though another has less load', () => {
    expect(place([machine('a', { cpu: 0.1 }), machine('b', { cpu: 0.8 })], {}, new Map([['a', 1]])).chosen).toBe('b');
  });

  test('the node where it failed only if there is no other', () => {
    expect(place([machine('a', { cpu: 0.1 }), machine('b', { cpu: 0.8 })], {}, new Map(), 'a').chosen).toBe('b');
    expect(place([machine('a', { cpu: 0.1 })], {}, new Map(), 'a').chosen).toBe('a');
  });

  test.each<[string, number, Map<string, number>, string | null, string]>([
    ['the least load', 2, new Map(), null, 'a has the least load (0.10); 1 others could take it, 0 could not.'],
    [
      'the spread of copies',
      2,
      new Map([['a', 1]]),
      null,
      'b has the least load (0.80) of the nodes with the fewest copies of this job; 1 others could take it, 0 could not.',
    ],
    [
      'a failure elsewhere',
      2,
      new Map(),
      'a',
      'b has the least load (0.80), leaving out a, where the attempt before failed; 1 others could take it, 0 could not.',
    ],
    [
      'a failure there, and no other node',
      1,
      new Map(),
      'a',
      'a has the least load (0.10), though the attempt before failed there; 0 others could take it, 0 could not.',
    ],
  ])('a node with a sentence that tells of %s', (_, size, copiesOn, avoid, sentence) => {
    const machines = [machine('a', { cpu: 0.1, memory: 0.1 }), machine('b', { cpu: 0.8, memory: 0.8 })].slice(0, size);
    expect(place(machines, {}, copiesOn, avoid).sentence).toBe(sentence);
  });
});

describe('a node is refused, and it is said why, when it', () => {
  const table: [string, Machine, Partial<Demand>, RegExp][] = [
    ['is draining', machine('a', {}, { node: aNode('a', { draining: true }) }), {}, /is being drained/],
    [
      'does not answer',
      machine('a', {}, { status: aNodeStatus('a', {}, { state: 'unreachable' }) }),
      {},
      /is unreachable/,
    ],
    [
      'is lost',
      machine('a', {}, { status: aNodeStatus('a', {}, { state: 'lost', trouble: 'frozen' }) }),
      {},
      /is lost \(it takes connections and says nothing: frozen\?\)/,
    ],
    [
      'came and went too often',
      machine('a', {}, { status: aNodeStatus('a', {}, { quarantinedUntilAt: T0 + 60_000 }) }),
      {},
      /came and went too often and takes nothing new before 08:01:00 UTC/,
    ],
    [
      'has a full disk, as its node says',
      machine('a', {}, { status: aNodeStatus('a', {}, { pressure: 'disk' }) }),
      {},
      /has hardly any disk left/,
    ],
    ['was never reached', { node: aNode('a') }, {}, /is not connected yet/],
    [
      'was not measured',
      machine('a', {}, { status: aNodeStatus('a', {}, { load: null }) }),
      {},
      /has not been measured yet/,
    ],
    ['has another architecture', machine('a'), { architecture: 'arm64' }, /is amd64, the image is arm64/],
    ['lacks a label', machine('a'), { labels: { site: 'roof' } }, /lacks the label site=roof/],
    [
      'belongs to a standalone job',
      machine('a', {}, { ledger: aLedger('a', [], 'other') }),
      {},
      /belongs to the standalone job other/,
    ],
    [
      'is shared and a standalone job asks',
      machine('a', {}, { ledger: aLedger('a', [aReservation('x.0.1')]) }),
      { machine: 'standalone' },
      /runs 1 other tasks/,
    ],
    [
      'has promised its CPUs',
      machine('a', {}, { ledger: aLedger('a', [aReservation('x.0.1', { cpus: 7.9 })]) }),
      {},
      /has 0.1 of 8 CPUs free, 0.25 are asked/,
    ],
    [
      'has promised its memory',
      machine('a', {}, { ledger: aLedger('a', [aReservation('x.0.1', { memoryBytes: 8190 * MIB })]) }),
      {},
      /has 2 MiB of memory free/,
    ],
    [
      'has a full disk',
      machine('a', {}, { status: aNodeStatus('a', {}, { load: { at: T0, cpu: 0, memory: 0, diskFreeBytes: MIB } }) }),
      {},
      /has 1 MiB of disk free/,
    ],
  ];
  test.each(table)('%s', (_, node, over, expected) => {
    const placed = place([node], over);
    expect(placed.chosen).toBeNull();
    expect(refusal(placed, 'a')).toMatch(expected);
    expect(placed.sentence).toMatch(expected);
  });
});

test('a node takes tasks again when its quarantine is over', () => {
  const status = aNodeStatus('a', {}, { quarantinedUntilAt: T0 });
  expect(place([machine('a', {}, { status })]).chosen).toBe('a');
});

test('an empty fleet says how to get a node', () => {
  expect(place([]).sentence).toContain('berth node add');
});

test('nodes come in ascending load whatever was written before', () => {
  const write = fc.record({
    id: fc.constantFrom('a', 'b', 'c', 'd', 'e'),
    cpu: fc.double({ min: 0, max: 1, noNaN: true }),
    memory: fc.double({ min: 0, max: 1, noNaN: true }),
    gone: fc.boolean(),
  });
  fc.assert(
    fc.property(fc.array(write, { maxLength: 40 }), (writes) => {
      const fleet = fleetOf([]);
      for (const { id, cpu, memory, gone } of writes) {
        fleet.written('nodeStatus', id, aNodeStatus(id, { cpu, memory }));
        fleet.written('node', id, gone ? undefined : aNode(id));
      }
      const loads = [...fleet.ascending()].map(({ load }) => load);
      expect(loads).toHaveLength(fleet.size);
      for (const [index, load] of loads.entries())
        if (index > 0) expect(load).toBeGreaterThanOrEqual((loads[index - 1] ?? 0) - 0.005);
    }),
  );
});

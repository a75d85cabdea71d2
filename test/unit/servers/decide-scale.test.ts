import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { acceptedStatus } from '../../../src/deployment/decide-job.ts';
import type { Job } from '../../../src/model/job.ts';
import { firstServerStatus } from '../../../src/servers/decide-recovery.ts';
import { decideScale, type FleetNode, type ScaleSnapshot, type WaitingJob } from '../../../src/servers/decide-scale.ts';
import { newOrder } from '../../../src/servers/new-order.ts';
import { aJob, aLedger, aNode, aNodeStatus, aReservation, T0 } from '../../builders/jobs.ts';
import { aProvider } from './server-builders.ts';

const NOW = T0 + 3_600_000;
const HOUR_AGO = T0;

function waiting(id: string, over: Partial<Job> = {}, sinceAt = HOUR_AGO): WaitingJob {
  const job = aJob({ id, ...over });
  const status = acceptedStatus(job, T0);
  const placement = { at: T0, chosen: null, sentence: 'no', verdicts: [] };
  return {
    job,
    status: { ...status, state: 'waiting', slots: status.slots.map((slot) => ({ ...slot, placement })) },
    sinceAt,
  };
}

function added(id: string, over: Partial<FleetNode> = {}): FleetNode {
  const node = aNode(id, { machine: { provider: 'cloud', machine: `m-${id}`, isAdded: true } });
  const server = { ...firstServerStatus(node), idleSinceAt: null };
  return { node, status: aNodeStatus(id), ledger: aLedger(id, [aReservation('j.0.1')]), server, ...over };
}

function idle(id: string, sinceAt = HOUR_AGO): FleetNode {
  const busy = added(id);
  return { ...busy, ledger: aLedger(id), server: { ...firstServerStatus(busy.node), idleSinceAt: sinceAt } };
}

function aFleet(over: Partial<ScaleSnapshot> = {}): ScaleSnapshot {
  const rules = { cpuOvercommit: 1, memoryHeadroomBytes: 0 };
  return { providers: [aProvider()], nodes: [], orders: [], waiting: [], rules, ...over };
}

function told(snapshot: ScaleSnapshot): string {
  return decideScale(snapshot, NOW)
    .steps.map((step) => (step.do === 'grow' ? `grow ${step.count}` : step.do))
    .join(', ');
}

const ordered = newOrder({ id: 'a', provider: 'cloud', purpose: 'grow', node: 'cloud-a', replaces: null }, T0);
const { spec } = aJob();
const inTheRoof = { spec: { ...spec, labels: { place: 'roof' } } };
const many = Array.from({ length: 40 }, (_, index) =>
  waiting(`j${index}`, { spec: { ...spec, resources: { ...spec.resources, cpus: 1 } } }),
);

describe('the fleet', () => {
  test.each<[string, Partial<ScaleSnapshot>, string]>([
    ['stays as it is when nothing waits', {}, ''],
    ['grows when a job has waited long', { waiting: [waiting('j')] }, 'grow 1'],
    ['does not grow for one that has just come', { waiting: [waiting('j', {}, NOW - 1000)] }, ''],
    ['does not grow for labels that no new machine carries', { waiting: [waiting('j', inTheRoof)] }, ''],
    [
      'grows for labels that new machines carry',
      { waiting: [waiting('j', inTheRoof)], providers: [aProvider({ labels: { place: 'roof' } })] },
      'grow 1',
    ],
    ['waits for a machine that is being made', { waiting: [waiting('j')], orders: [ordered] }, ''],
    [
      'counts a machine of unknown outcome as one',
      { waiting: [waiting('j')], orders: [{ ...ordered, state: 'unknown' }], providers: [aProvider({ mostAdded: 1 })] },
      '',
    ],
    ['does not grow beyond its limit', { waiting: [waiting('j')], nodes: [added('a'), added('b'), added('c')] }, ''],
    [
      'does not grow where that is switched off',
      { waiting: [waiting('j')], providers: [aProvider({ mostAdded: 0 })] },
      '',
    ],
    ['does not grow beside an empty machine', { waiting: [waiting('j')], nodes: [idle('a')] }, ''],
    ['grows by one while the size of its machines is not known', { waiting: many }, 'grow 1'],
    [
      'grows by what waits where it is known',
      { waiting: many, nodes: [added('a')], providers: [aProvider({ mostAdded: 15 })] },
      'grow 10',
    ],
    [
      'does not grow for what no machine of it could hold',
      {
        waiting: [waiting('j', { spec: { ...spec, resources: { ...spec.resources, cpus: 64 } } })],
        nodes: [added('a')],
      },
      '',
    ],
    ['gives back what is idle for long', { nodes: [idle('a'), added('b')] }, 'give-back'],
    ['keeps what has just become idle', { nodes: [idle('a', NOW - 1000)] }, ''],
    [
      'keeps what is idle while something waits that it may hold',
      { nodes: [idle('a')], waiting: [waiting('j', {}, NOW - 1000)] },
      '',
    ],
    [
      'forgets a provider on its way out when no node names it',
      { providers: [aProvider({ removing: true })] },
      'forget-provider',
    ],
    ['keeps it while one does', { providers: [aProvider({ removing: true })], nodes: [added('a')] }, ''],
  ])('%s', (_, over, steps) => {
    expect(told(aFleet(over))).toBe(steps);
  });

  test('never has more machines added than its provider may, whatever waits', () => {
    const anyJobs = fc.array(fc.record({ copies: fc.integer({ min: 1, max: 5 }), alone: fc.boolean() }), {
      maxLength: 30,
    });
    const counts = fc.record({ most: fc.nat(8), ready: fc.nat(8), making: fc.nat(8), jobs: anyJobs });
    fc.assert(
      fc.property(counts, ({ most, ready, making, jobs }) => {
        const fleet = aFleet({
          providers: [aProvider({ mostAdded: most })],
          nodes: Array.from({ length: ready }, (_, index) => added(`n${index}`)),
          orders: Array.from({ length: making }, (_, index) => ({
            ...ordered,
            id: `o${index}`,
            node: `cloud-${index}`,
          })),
          waiting: jobs.map(({ copies, alone }, index) =>
            waiting(`j${index}`, { copies, machine: alone ? 'standalone' : 'shared' }),
          ),
        });
        const { steps, wakeAt } = decideScale(fleet, NOW);
        const grown = steps.reduce((sum, step) => sum + (step.do === 'grow' ? step.count : 0), 0);
        expect(grown === 0 || ready + making + grown <= most).toBe(true);
        expect(wakeAt).toBeGreaterThan(NOW);
      }),
    );
  });
});

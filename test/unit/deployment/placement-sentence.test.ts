// What a job that waits is told: the same refusals give the same sentence, or it would be written again whenever loads change places.
import { expect, test } from 'vitest';
import { decidePlacement } from '../../../src/deployment/decide-placement.ts';
import { FleetView } from '../../../src/deployment/fleet-view.ts';
import { aNode, aNodeStatus, T0 } from '../../builders/jobs.ts';

function sentenceWith(loads: Readonly<Record<string, number>>): string {
  const fleet = new FleetView();
  for (const [id, cpu] of Object.entries(loads)) {
    fleet.written('node', id, aNode(id, id === 'n1' ? { draining: true } : {}));
    fleet.written('nodeStatus', id, aNodeStatus(id, { cpu }));
  }
  const resources = { cpus: 0.25, memoryMiB: 1, diskMiB: 1, pids: 1 };
  const labels = { place: 'roof' };
  const demand = { job: 'j', resources, machine: 'shared', labels, location: null, architecture: null } as const;
  const rules = { cpuOvercommit: 2, memoryHeadroomBytes: 0, diskHeadroomBytes: 0 };
  return decidePlacement(fleet, { demand, copiesOn: new Map(), avoid: null, before: [], rules }, T0).sentence;
}

test('refusals are told in the same order whatever the load of their nodes', () => {
  const busyFirst = sentenceWith({ n1: 0.9, n2: 0.1 });
  expect(busyFirst).toContain('n1 is being drained; n2 lacks the label place=roof');
  expect(sentenceWith({ n1: 0.1, n2: 0.9 })).toBe(busyFirst);
});

// Room that a job has reserved and not used yet: a decision that broke off between a reservation and the slot table goes on with it.
import { describe, expect, test } from 'vitest';
import { acceptedStatus, decideJob } from '../../../src/deployment/decide-job.ts';
import { FleetView } from '../../../src/deployment/fleet-view.ts';
import type { JobDecision } from '../../../src/deployment/job-step.ts';
import type { Image } from '../../../src/model/image.ts';
import type { Job } from '../../../src/model/job.ts';
import type { Reservation } from '../../../src/model/node.ts';
import { aJob, aLedger, aNode, aNodeStatus, aReservation, aSpec, T0 } from '../../builders/jobs.ts';

const CPUS = 4;
const rules = { cpuOvercommit: 1, memoryHeadroomBytes: 0, diskHeadroomBytes: 0 };

function fleetWith(reserved: Readonly<Record<string, readonly Reservation[]>>): FleetView {
  const fleet = new FleetView();
  for (const [id, reservations] of Object.entries(reserved)) {
    fleet.written('node', id, aNode(id));
    fleet.written('nodeStatus', id, aNodeStatus(id));
    fleet.written('ledger', id, aLedger(id, reservations));
  }
  return fleet;
}

function decide(job: Job, fleet: FleetView): JobDecision {
  const { package: id, application } = job;
  const image: Image = {
    id,
    application,
    state: 'ready',
    layers: [],
    attempts: 0,
    createdAt: T0,
    shard: 0,
    nextAt: null,
  };
  const status = acceptedStatus(job, T0);
  const documents = { tasks: new Map(), taskStatuses: new Map(), leases: new Map(), architecture: null };
  return decideJob({ job, status, image, ...documents, fleet, rules }, T0);
}

const placed = ({ steps }: JobDecision) =>
  steps.flatMap((step) => (step.do === 'assign' ? [`${step.task.id} on ${step.task.node}`] : []));

const large = (copies: number) =>
  aJob({ copies, spec: aSpec({ resources: { cpus: CPUS, memoryMiB: 1, diskMiB: 1, pids: 1 } }) });
const room = (job: Job, slot: number) => aReservation(`${job.id}.${slot}.1`, { cpus: CPUS });

describe('room that is reserved for the next task of a slot', () => {
  test('is taken, though it leaves no room for anything else', () => {
    const job = large(1);
    expect(placed(decide(job, fleetWith({ n1: [room(job, 0)] })))).toEqual([`${job.id}.0.1 on n1`]);
  });

  test('is taken by its slot while another copy waits for room', () => {
    const job = large(2);
    expect(placed(decide(job, fleetWith({ n1: [room(job, 0)] })))).toEqual([`${job.id}.0.1 on n1`]);
  });

  test('is left when its node cannot take the task any more', () => {
    const job = large(1);
    const fleet = fleetWith({ n1: [room(job, 0)], n2: [] });
    fleet.written('node', 'n1', aNode('n1', { draining: true }));
    expect(placed(decide(job, fleet))).toEqual([`${job.id}.0.1 on n2`]);
  });

  test('is not found any more when its reservation is gone', () => {
    const job = large(1);
    const fleet = fleetWith({ n1: [room(job, 0)], n2: [room(job, 1)] });
    fleet.written('ledger', 'n1', aLedger('n1', [aReservation('another.0.1', { cpus: CPUS })]));
    expect(placed(decide(job, fleet))).toEqual([]);
  });
});

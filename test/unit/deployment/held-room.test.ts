// Room that a job has reserved and not used yet: a decision that broke off between a reservation and the slot table goes on with it.
import { describe, expect, test } from 'vitest';
import { acceptedStatus, decideJob } from '../../../src/deployment/decide-job.ts';
import { FleetView } from '../../../src/deployment/fleet-view.ts';
import type { JobDecision } from '../../../src/deployment/job-step.ts';
import type { Image } from '../../../src/model/image.ts';
import type { Job } from '../../../src/model/job.ts';
import type { Reservation } from '../../../src/model/node.ts';
import { aJob, aLedger, aNode, aNodeStatus, aReservation, aSpec, T0 } from '../../builders/jobs.ts';
import { fleetOf, Story } from './job-story.ts';

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
  const documents = {
    tasks: new Map(),
    taskStatuses: new Map(),
    leases: new Map(),
    architecture: null,
    binding: null,
    missingSecrets: [],
    before: [],
  };
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

describe('the room of a copy that failed', () => {
  test('is taken over by its next attempt where there is no other, and nobody gets it in between', () => {
    const story = new Story({}, fleetOf('n1'));
    story.rules = { ...story.rules, cpuOvercommit: 1 };
    story.decide();
    story.become('running');
    const ledger = story.fleet.get('n1')?.ledger;
    const others = aReservation('other.0.1', { cpus: 3.75 });
    story.fleet.written('ledger', 'n1', aLedger('n1', [...(ledger?.reservations ?? []), others]));
    story.become('failed', { exitCode: 137 });
    story.decide();
    expect(story.done.filter((step) => step === 'release' || step === 'reserve')).toEqual(['reserve']);
    expect(story.slot.placement?.sentence).toBe(
      'no other node can take it, and n1 has the room of the attempt before.',
    );
    expect(story.reserved()).toEqual(['other.0.1 on n1', `${story.job.id}.0.2 on n1`]);
  });

  test('keeps the machine that a standalone job has to itself', () => {
    const story = new Story({ machine: 'standalone' }, fleetOf('n1'));
    story.rules = { ...story.rules, cpuOvercommit: 1 };
    story.decide();
    const claims: unknown[] = [];
    story.become('running');
    story.become('failed', { exitCode: 137 });
    for (let crash = 1; crash < 4; crash++) {
      story.decide(crash);
      claims.push(story.fleet.get('n1')?.ledger?.claim);
    }
    expect(new Set(claims)).toEqual(new Set([story.job.id]));
    story.decide();
    expect(story.slot.attempt).toBe(2);
    expect(story.reserved()).toEqual([`${story.job.id}.0.2 on n1`]);
  });

  test('is free when it goes elsewhere', () => {
    const story = new Story();
    story.decide();
    story.become('running');
    story.become('failed', { exitCode: 137 });
    story.decide();
    expect(story.reserved()).toEqual([`${story.job.id}.0.2 on n2`]);
  });
});

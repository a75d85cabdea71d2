// How much CPU the load balancer needs: placements over a large fleet, in memory, ledgers included.
import { decidePlacement } from '../../src/deployment/decide-placement.ts';
import { FleetView } from '../../src/deployment/fleet-view.ts';
import { withReservation } from '../../src/deployment/ledger-book.ts';
import type { Demand, PlacementRules } from '../../src/deployment/node-filters.ts';
import { aLedger, aNode, aNodeStatus, aReservation, T0 } from '../../test/builders/jobs.ts';
import { below, type Measure, type Part } from '../measure.ts';

const NODES = 1000;
const PLACEMENTS = 10_000;
const COPIES = 1000;
/** As many copies of a job as are placed in one decision, before their room is reserved. */
const AT_ONCE = 50;
const MIB = 2 ** 20;
const LIMIT_S = 1;
const RULES: PlacementRules = { cpuOvercommit: 4, memoryHeadroomBytes: 256 * MIB, diskHeadroomBytes: 1024 * MIB };
const RESOURCES = { cpus: 0.1, memoryMiB: 64, diskMiB: 64, pids: 64 };

/** 10,000 placements over 1,000 nodes in under 1 s of CPU. */
export const placementPart: Part = {
  name: 'placement',
  run: async ({ rounds }) => [
    measure('10,000 placements over 1,000 nodes, a job each', rounds, 1),
    measure('10,000 placements over 1,000 nodes, 10 jobs of 1,000 copies', rounds, COPIES),
  ],
};

function measure(name: string, rounds: number, copies: number): Measure {
  // The first is for the compiler alone.
  place(copies);
  const samples = Array.from({ length: rounds }, () => place(copies));
  return below({ name, unit: 's', samples, note: 'CPU time of the process, user and system' }, LIMIT_S);
}

/** Places all, and gives the CPU seconds that this took. */
function place(copiesPerJob: number): number {
  const fleet = makeFleet();
  const before = process.cpuUsage();
  for (let job = 0; job < PLACEMENTS / copiesPerJob; job++) placeJob(fleet, `job-${job}`, copiesPerJob);
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1e6;
}

function placeJob(fleet: FleetView, job: string, copies: number): void {
  const demand: Demand = {
    job,
    resources: RESOURCES,
    machine: 'shared',
    labels: {},
    location: null,
    architecture: 'amd64',
  };
  const copiesOn = new Map<string, number>();
  for (let from = 0; from < copies; from += AT_ONCE) {
    const slots = Array.from({ length: Math.min(AT_ONCE, copies - from) }, (_, index) => from + index);
    const nodes = slots.map(() => placeCopy(fleet, demand, copiesOn));
    for (const [index, node] of nodes.entries()) reserve(fleet, node, job, from + index);
  }
}

function placeCopy(fleet: FleetView, demand: Demand, copiesOn: Map<string, number>): string {
  const { chosen } = decidePlacement(fleet, { demand, copiesOn, avoid: null, before: [], rules: RULES }, T0);
  if (chosen === null) throw new Error(`${demand.job} found no room`);
  copiesOn.set(chosen, (copiesOn.get(chosen) ?? 0) + 1);
  return chosen;
}

function reserve(fleet: FleetView, node: string, job: string, slot: number): void {
  const ledger = fleet.get(node)?.ledger ?? aLedger(node);
  const room = { cpus: RESOURCES.cpus, memoryBytes: RESOURCES.memoryMiB * MIB, diskBytes: RESOURCES.diskMiB * MIB };
  const reservation = aReservation(`${job}.${slot}.1`, { job, slot, ...room, at: T0 + 1 });
  fleet.written('ledger', node, withReservation(ledger, reservation, null));
}

/** Nodes of uneven load, always the same. */
function makeFleet(): FleetView {
  const fleet = new FleetView();
  for (let index = 0; index < NODES; index++) {
    const id = `node-${index}`;
    fleet.written('node', id, aNode(id));
    const load = { cpu: ((index * 37) % 60) / 100, memory: ((index * 53) % 50) / 100 };
    fleet.written('nodeStatus', id, aNodeStatus(id, load));
  }
  return fleet;
}

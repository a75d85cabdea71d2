// A job driven by its own decisions: what they write is what the next one reads, ledgers and leases included.
import { acceptedStatus, decideJob } from '../../../src/deployment/decide-job.ts';
import { FleetView } from '../../../src/deployment/fleet-view.ts';
import type { JobSnapshot } from '../../../src/deployment/job-snapshot.ts';
import type { JobDecision, JobStep } from '../../../src/deployment/job-step.ts';
import { withoutReservation, withReservation } from '../../../src/deployment/ledger-book.ts';
import type { PlacementRules } from '../../../src/deployment/node-filters.ts';
import type { Waiting } from '../../../src/deployment/waiting-line.ts';
import type { JobBinding } from '../../../src/model/binding.ts';
import type { Image } from '../../../src/model/image.ts';
import type { Job, JobStatus, Slot } from '../../../src/model/job.ts';
import type { Lease, Node, NodeStatus } from '../../../src/model/node.ts';
import type { MachineState } from '../../../src/model/server.ts';
import { type Task, type TaskState, type TaskStatus, taskEnded } from '../../../src/model/task.ts';
import type { Stored } from '../../../src/ports/store.ts';
import { aJob, aLedger, aNode, aNodeStatus, aTaskStatus, T0 } from '../../builders/jobs.ts';

export const readyImage: Image = {
  id: 'a'.repeat(64),
  application: 'room',
  state: 'ready',
  layers: [],
  architecture: 'amd64',
  attempts: 0,
  createdAt: T0,
  shard: 0,
  nextAt: null,
};

export function fleetOf(...ids: string[]): FleetView {
  const fleet = new FleetView();
  for (const id of ids) {
    fleet.written('node', id, aNode(id));
    fleet.written('nodeStatus', id, aNodeStatus(id));
  }
  return fleet;
}

export class Story {
  job: Job;
  status: JobStatus;
  now = T0;
  fleet: FleetView;
  image: Image | null = readyImage;
  binding: JobBinding | null = null;
  missingSecrets: readonly string[] = [];
  rules: PlacementRules = { cpuOvercommit: 100, memoryHeadroomBytes: 0, diskHeadroomBytes: 0 };
  tasks = new Map<string, Task>();
  statuses = new Map<string, TaskStatus>();
  leases = new Map<string, Stored<Lease>>();
  before: readonly Waiting[] = [];
  done: string[] = [];
  steps: readonly JobStep[] = [];

  constructor(over: Partial<Job> = {}, fleet = fleetOf('n1', 'n2')) {
    this.job = aJob(over);
    this.fleet = fleet;
    this.status = acceptedStatus(this.job, T0);
  }

  snapshot(): JobSnapshot {
    const named = new Set(this.status.slots.flatMap(({ task, predecessor }) => [task, predecessor?.task]));
    const of = <D>(all: ReadonlyMap<string, D>) => new Map([...all].filter(([id]) => named.has(id)));
    const { job, status, image, fleet, rules } = this;
    return {
      job,
      status,
      image,
      binding: this.binding,
      missingSecrets: this.missingSecrets,
      architecture: image?.architecture ?? null,
      tasks: of(this.tasks),
      taskStatuses: of(this.statuses),
      leases: job.spec.exactlyOne ? of(this.leases) : new Map(),
      before: this.before,
      fleet,
      rules,
    };
  }

  /** Decides and does it; or breaks off after some steps, as a crash does. */
  decide(crashAfter = Number.POSITIVE_INFINITY): JobDecision {
    const decision = decideJob(this.snapshot(), this.now);
    this.steps = decision.steps;
    this.done = decision.steps.map((step) => step.do);
    for (const step of decision.steps.slice(0, crashAfter)) this.#execute(step);
    return decision;
  }

  #execute(step: JobStep): void {
    const { fleet } = this;
    if (step.do === 'record') this.status = step.status;
    if (step.do === 'assign' && !this.tasks.has(step.task.id)) this.tasks.set(step.task.id, step.task);
    if (step.do === 'stop-task') this.change(step.task, { stop: step.stop });
    if (step.do === 'close') this.job = { ...this.job, open: 0 };
    if (step.do === 'revoke-lease') this.#revoke(step.lease, step.version);
    if (step.do === 'reserve') {
      const ledger = fleet.get(step.node)?.ledger ?? aLedger(step.node);
      if (ledger.reservations.some(({ task }) => task === step.reservation.task)) return;
      const free = step.inPlaceOf === undefined ? ledger : withoutReservation(ledger, step.inPlaceOf);
      fleet.written('ledger', step.node, withReservation(free, step.reservation, step.claim));
    }
    if (step.do === 'release') {
      const ledger = fleet.get(step.node)?.ledger ?? aLedger(step.node);
      fleet.written('ledger', step.node, withoutReservation(ledger, step.task));
    }
  }

  #revoke(lease: Lease, version: number | null): void {
    if ((this.leases.get(lease.id)?.version ?? null) !== version) throw new Error('the lease changed in the meantime');
    this.leases.set(lease.id, { doc: lease, version: (version ?? 0) + 1 });
  }

  /** Renews a task's lease as nodes do; whether it was granted. */
  renew(task: string, leaseMs = 30_000): boolean {
    const known = this.leases.get(task);
    const slot = this.status.slots.find((each) => each.task === task);
    if (known?.doc.isRevoked || slot?.state !== 'filled' || this.tasks.get(task)?.stop !== null) return false;
    const doc = { id: task, untilAt: this.now + leaseMs, isRevoked: false };
    this.leases.set(task, { doc, version: (known?.version ?? 0) + 1 });
    return true;
  }

  change(id: string, over: Partial<Task>): void {
    const task = this.tasks.get(id);
    if (task) this.tasks.set(id, { ...task, ...over });
  }

  /** What becomes of the tasks that fill slots and have not ended. */
  become(state: TaskState, over: Partial<TaskStatus> = {}): void {
    for (const { task } of this.status.slots) if (task !== null) this.observe(task, state, over);
  }

  /** What becomes of one task, unless it has ended. */
  observe(id: string, state: TaskState, over: Partial<TaskStatus> = {}): void {
    const task = this.tasks.get(id);
    const before = this.statuses.get(id);
    if (!task || taskEnded(before?.state ?? 'assigned')) return;
    const ended = taskEnded(state) ? { endedAt: this.now, exitCode: 1 } : {};
    const known = { startedAt: this.now, ...before, state, reason: `was ${state}`, ...ended, ...over };
    this.statuses.set(id, aTaskStatus(task, known));
  }

  node(id: string, over: Partial<Node>): void {
    this.fleet.written('node', id, { ...aNode(id), ...this.fleet.get(id)?.node, ...over });
  }

  health(id: string, state: NodeStatus['state'], over: Partial<NodeStatus> = {}): void {
    this.fleet.written('nodeStatus', id, aNodeStatus(id, {}, { state, stateSinceAt: this.now, ...over }));
  }

  lose(id: string, over: Partial<NodeStatus> = {}): void {
    this.health(id, 'lost', over);
  }

  /** The provider's word on a machine, now. */
  provider(id: string, state: MachineState): void {
    const nothing = { tries: [], forcedRequest: null, idleSinceAt: null, shard: 0, nextAt: null };
    const machine = { state, at: this.now, address: null };
    this.fleet.written('serverStatus', id, { id, machine, state: 'watching', reason: '', ...nothing });
  }

  stop(reason = 'stopped by ann'): void {
    this.job = { ...this.job, stop: this.job.stop ?? { by: 'ann', reason, at: this.now } };
  }

  get slot(): Slot {
    const [slot] = this.status.slots;
    if (!slot) throw new Error('the job has no slot');
    return slot;
  }

  /** `task on node` of every room that is reserved. */
  reserved(): string[] {
    const views = [...this.fleet.ascending()];
    return views
      .flatMap(({ node, ledger }) => (ledger?.reservations ?? []).map(({ task }) => `${task} on ${node.id}`))
      .toSorted();
  }
}

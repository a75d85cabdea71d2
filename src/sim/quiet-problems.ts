// What is still to be done or wrong in a world that should be quiet: faults are over, nobody asks for anything, all machines answer.
import type { Instant } from '../model/instant.ts';
import { type Job, type JobStatus, jobEnded, type Slot } from '../model/job.ts';
import { isWithin, LOCATION_LABEL } from '../model/location.ts';
import type { Node } from '../model/node.ts';
import { taskEnded } from '../model/task.ts';
import { occurrencesOf } from './occurrence-rule.ts';
import { type ServersView, serverProblems, waitsForBudget } from './quiet-servers.ts';
import type { SimContainer } from './sim-container.ts';
import type { SimHost } from './sim-host.ts';

/** A world to be judged. */
export interface QuietView extends ServersView {
  readonly cpuOvercommit: number;
}

/** A little time in which what is due now may be under way. */
const UNDER_WAY_MS = 5000;

/** Everything that keeps a world from being quiet, in words. */
export function quietProblems(view: QuietView): readonly string[] {
  return [
    ...view.disk.docs('node').flatMap((node) => nodeProblems(view, node)),
    ...view.disk.docs('instance').flatMap((instance) => instanceProblems(view, instance.id)),
    ...view.disk.docs('job').flatMap((job) => jobProblems(view, job)),
    ...view.disk.docs('taskStatus').flatMap(({ id, node, state, nextAt }) => {
      const isOpen = taskEnded(state) && nextAt !== null && !waitsForBudget(view, node);
      return isOpen ? [`task ${id} is ${state} and not settled`] : [];
    }),
    ...ledgerProblems(view),
    ...leaseProblems(view),
    ...serverProblems(view),
    ...[...view.hosts.values()].flatMap((host) => containerProblems(view, host)),
  ];
}

function nodeProblems(view: QuietView, node: Node): string[] {
  if (node.removing) return [`node ${node.id} is still being removed`];
  const isUsed = (view.disk.read('ledger', node.id)?.doc.reservations.length ?? 0) > 0;
  if (node.draining && isUsed && lastQuarantineEnd(view) > view.now)
    return [`node ${node.id} is drained, and what runs there may wait for the end of a quarantine`];
  const status = view.disk.read('nodeStatus', node.id)?.doc;
  return status?.state === 'ready' || waitsForBudget(view, node.id)
    ? []
    : [`node ${node.id} is ${status?.state ?? 'unknown'}`];
}

function instanceProblems({ disk, now }: QuietView, id: string): string[] {
  const instance = disk.read('instance', id)?.doc;
  if (!instance) return [];
  if (instance.removing) return [`instance ${id} is still being removed`];
  const status = disk.read('instanceStatus', id)?.doc;
  if (status?.seenUpdatedAt !== instance.updatedAt) return [`instance ${id} was changed and nobody looked`];
  if (!instance.enabled) return [];
  const cursor = Math.max(status.cursorAt, instance.enabledAt - 1);
  const open = occurrencesOf(instance, cursor, now - UNDER_WAY_MS).filter((at) => !status.settledAhead.includes(at));
  if (open.length > 0) return [`instance ${id} has ${open.length} occurrences that are due and not settled`];
  if (status.queue.length > 0) return [`instance ${id} has ${status.queue.length} runs that wait`];
  // One that follows others is looked at again and again.
  const follows = instance.schedule.triggers.some(({ kind }) => kind === 'after');
  return follows || status.nextAt === null ? [] : [`instance ${id} is to be looked at again`];
}

function jobProblems(view: QuietView, job: Job): string[] {
  const status = view.disk.read('jobStatus', job.id)?.doc;
  if (!status) return [`job ${job.id} was not accepted`];
  if (jobEnded(status.state)) return job.open === 0 ? [] : [`job ${job.id} is ${status.state} and not closed`];
  if (job.stop !== null) return [`job ${job.id} was stopped and is ${status.state}`];
  if (job.endsAt !== null && job.endsAt <= view.now) return [`job ${job.id} is past its end and is ${status.state}`];
  if (job.endsAt !== null) return [`job ${job.id} has not come to its end yet`];
  const instance = view.disk.read('instance', job.instance)?.doc;
  if (instance?.enabled === false && instance.schedule.triggers.some(({ kind }) => kind === 'continuous'))
    return [`job ${job.id} of a disabled instance is ${status.state}`];
  const starting = status.state === 'starting' ? [`job ${job.id} is starting`] : [];
  return [...starting, ...status.slots.flatMap((slot) => slotProblems(view, job, status, slot))];
}

function slotProblems(view: QuietView, job: Job, status: JobStatus, slot: Slot): string[] {
  const name = `slot ${slot.index} of ${job.id}`;
  if (slot.predecessor) return [`${name} is moving away from ${slot.predecessor.node}`];
  if (slot.state === 'filled') {
    const state = slot.task === null ? undefined : view.disk.read('taskStatus', slot.task)?.doc.state;
    return state === 'running' && lasts(job) ? [] : [`${name} (${slot.task}) is ${state ?? 'not seen'}`];
  }
  if (slot.state !== 'empty') return [];
  if (slot.notBefore !== null && slot.notBefore > view.now) return [`${name} waits for its next try`];
  if (view.disk.read('image', job.package)?.doc.state !== 'ready') return [`${name} waits for its image`];
  const able = view.disk.docs('node').filter((node) => couldTake(view, job, node));
  const free = able.find(({ id }) => quarantineEnd(view, id) <= view.now);
  if (free) return [`${name} waits (${status.reason}) though ${free.id} could take it`];
  return able.length > 0 ? [`${name} waits for the end of a quarantine`] : [];
}

/** When the last quarantine of a world ends; in the past when there is none. */
export function lastQuarantineEnd(view: QuietView): Instant {
  return Math.max(0, ...view.disk.docs('node').map(({ id }) => quarantineEnd(view, id)));
}

function quarantineEnd({ disk }: QuietView, node: string): Instant {
  return disk.read('nodeStatus', node)?.doc.quarantinedUntilAt ?? 0;
}

/** Whether its containers run until somebody ends them. */
function lasts({ spec }: Job): boolean {
  return spec.kind === 'continuous' && spec.parameters.crashes !== 'always';
}

/** Room by CPUs, labels and claims; machines here have memory and disk in plenty. */
function couldTake({ disk, cpuOvercommit }: QuietView, job: Job, node: Node): boolean {
  if (node.draining || Object.entries(job.spec.labels).some(([key, value]) => node.labels[key] !== value)) return false;
  if (job.spec.location !== null && !isWithin(node.labels[LOCATION_LABEL], job.spec.location)) return false;
  const status = disk.read('nodeStatus', node.id)?.doc;
  if (status?.state !== 'ready') return false;
  const { facts } = status;
  const ledger = disk.read('ledger', node.id)?.doc;
  const reservations = ledger?.reservations ?? [];
  if (ledger && ledger.claim !== null && ledger.claim !== job.id) return false;
  if (job.machine === 'standalone' && reservations.some((reservation) => reservation.job !== job.id)) return false;
  const used = reservations.reduce((sum, { cpus }) => sum + cpus, 0);
  return used + job.spec.resources.cpus <= (facts?.cpus ?? 0) * cpuOvercommit;
}

function ledgerProblems({ disk }: QuietView): string[] {
  const filled = disk
    .docs('jobStatus')
    .flatMap(({ slots }) => slots.flatMap((slot) => wantedTasks(slot).map(({ task, node }) => `${task} on ${node}`)));
  const reserved = disk
    .docs('ledger')
    .flatMap(({ id, reservations }) => reservations.map(({ task }) => `${task} on ${id}`));
  const missing = filled.filter((each) => !reserved.includes(each)).map((each) => `no room is reserved for ${each}`);
  const stale = reserved.filter((each) => !filled.includes(each)).map((each) => `room is still reserved for ${each}`);
  const forgotten = disk.docs('ledger').filter(({ id }) => !disk.read('node', id));
  return [...missing, ...stale, ...forgotten.map(({ id }) => `there is a ledger of ${id}, which is gone`)];
}

/** A task that was given up before any node looked at it has no status; when its job has closed nobody looks at it, nor at its revoked lease. */
function leaseProblems(view: QuietView): string[] {
  const { disk } = view;
  const slots = disk.docs('jobStatus').flatMap((status) => status.slots);
  const wanted = new Set(slots.flatMap(wantedTasks).map(({ task }) => task));
  const kept = disk.docs('lease').filter(({ id }) => {
    const status = disk.read('taskStatus', id)?.doc;
    return status && !wanted.has(id) && !waitsForBudget(view, status.node);
  });
  return kept.map(({ id }) => `the lease of ${id} is kept though it is over`);
}

/** The task that fills a slot, and the one before it, which goes on until that runs. */
function wantedTasks({ state, task, node, predecessor }: Slot): readonly { task: string; node: string }[] {
  const filling = state === 'filled' && task !== null && node !== null ? [{ task, node }] : [];
  return predecessor ? [...filling, predecessor] : filling;
}

function containerProblems(view: QuietView, host: SimHost): string[] {
  const node = view.disk.docs('node').find(({ access }) => access.kind === 'ssh' && access.host === host.address);
  if (!node || waitsForBudget(view, node.id)) return [];
  return [...host.containers.values()].flatMap((container) => containerProblem(view, node, container));
}

function containerProblem({ disk }: QuietView, node: Node, { spec, state, works, isFated }: SimContainer): string[] {
  const task = disk.read('task', spec.name)?.doc;
  const slot = task && disk.read('jobStatus', task.job)?.doc.slots[task.slot];
  const isWanted = slot && wantedTasks(slot).some((wanted) => wanted.task === task.id && wanted.node === node.id);
  if (isWanted && state === 'running' && isFated) return [`container ${spec.name} is about to end by itself`];
  if (isWanted && state === 'running')
    return works ? [] : [`container ${spec.name} runs on ${node.id} and does nothing`];
  return [`container ${spec.name} is ${state} on ${node.id} and nobody needs it`];
}

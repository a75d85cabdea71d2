// Looks at all containers of one node: wakes the tasks that should look, and removes what belongs to no task.
import { pages } from '../engine/shard-sweep.ts';
import { TASK_STATES, type TaskStatus, taskEnded } from '../model/task.ts';
import type { ContainerView, Machine } from '../ports/machine.ts';
import { decideSweep } from './decide-sweep.ts';
import type { SessionParts } from './session-parts.ts';
import { sessionPause } from './session-pause.ts';

const PAGE = 500;

/** One sweep of a node's containers. */
export async function sessionSweep(
  parts: SessionParts,
  node: string,
  machine: Machine,
  signal: AbortSignal,
): Promise<void> {
  const ours = `berth.platform=${parts.platformUid}`;
  const containers = await machine.listContainers(ours);
  const volumes = await taskVolumes(machine, ours);
  const names = [...new Set([...containers.map(({ name }) => name), ...volumes])];
  const tasks = await parts.store.getMany('task', names);
  const statuses = await parts.store.getMany('taskStatus', names);
  const open = await openStatuses(parts, node);
  const { wake, strangers, orphans } = decideSweep({
    node,
    containers,
    volumes,
    tasks: new Map(tasks.map(({ doc }) => [doc.id, doc])),
    statuses: new Map([...statuses.map(({ doc }) => doc), ...open].map((status) => [status.id, status])),
  });
  for (const task of wake) parts.wake(`task:${task}`);
  if (strangers.length > 0) await removeStrangers(parts, { node, machine, strangers, signal });
  for (const volume of orphans) await machine.removeVolume(volume);
}

/** Volumes with both marks: an installer's has no task. */
async function taskVolumes(machine: Machine, ours: string): Promise<readonly string[]> {
  const [marked, ofTasks] = await Promise.all([machine.listVolumes(ours), machine.listVolumes('berth.task')]);
  return marked.filter((volume) => ofTasks.includes(volume));
}

/** Statuses of a node's tasks that have not ended. */
export async function openStatuses(parts: Pick<SessionParts, 'store'>, node: string): Promise<readonly TaskStatus[]> {
  const open: TaskStatus[] = [];
  for (const state of TASK_STATES.filter((each) => !taskEnded(each))) {
    const query = { where: { node, state }, limit: PAGE };
    for await (const status of pages(parts.store, 'taskStatus', query)) open.push(status);
  }
  return open;
}

/** Tasks that wait for their node: those that have not ended, and those whose container was to be removed meanwhile. */
export async function waitingTasks(
  parts: Pick<SessionParts, 'store' | 'clock'>,
  node: string,
): Promise<readonly string[]> {
  const waiting = (await openStatuses(parts, node)).map(({ id }) => id);
  const kept = { where: { node, container: 'kept' }, limit: PAGE };
  for await (const { id, state, nextAt } of pages(parts.store, 'taskStatus', kept)) {
    if (taskEnded(state) && nextAt !== null && nextAt <= parts.clock.now()) waiting.push(id);
  }
  return waiting;
}

interface Removal {
  readonly node: string;
  readonly machine: Machine;
  readonly strangers: readonly ContainerView[];
  readonly signal: AbortSignal;
}

/** All of them are told first, so that however many there are, one grace time passes. */
async function removeStrangers(parts: SessionParts, { node, machine, strangers, signal }: Removal): Promise<void> {
  const running = strangers.filter(({ state }) => state === 'running');
  for (const { name } of running) await machine.signalContainer(name, 'SIGTERM');
  if (running.length > 0) await sessionPause(parts.clock, parts.settings.strangerGraceMs, signal);
  for (const { name } of strangers) {
    if (signal.aborted) return;
    await machine.removeContainer(name);
    await parts.recordEvent({
      kind: 'node.stranger-removed',
      subject: `node:${node}`,
      text: `Container ${name} on ${node} carries this platform's mark but belongs to no task there; it was stopped and removed.`,
      evidence: { container: name },
    });
  }
}

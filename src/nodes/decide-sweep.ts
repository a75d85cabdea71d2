// Compares the containers found on a node with the tasks that belong there: which tasks must look, which containers are strangers.
import { type Task, type TaskState, type TaskStatus, taskEnded } from '../model/task.ts';
import type { ContainerView } from '../ports/machine.ts';

/** What one sweep of a node found. */
export interface SweepSnapshot {
  readonly node: string;
  readonly containers: readonly ContainerView[];
  /** Scratch volumes of tasks; each has its task's name. */
  readonly volumes: readonly string[];
  /** Tasks named by those containers and volumes, as far as they exist. */
  readonly tasks: ReadonlyMap<string, Task>;
  /** Statuses of those tasks and of every task of the node that has not ended. */
  readonly statuses: ReadonlyMap<string, TaskStatus>;
}

/** Tasks to wake, and what no task of this node owns. */
export interface SweepFindings {
  readonly wake: readonly string[];
  readonly strangers: readonly ContainerView[];
  /** Volumes that nothing will use again. */
  readonly orphans: readonly string[];
}

/** States in which a task has, or must have had, a container. */
const WITH_CONTAINER: ReadonlySet<TaskState> = new Set(['starting', 'running', 'stopping']);

/** Judges one sweep. A container without the label `berth.task` is not a task's (an installer's, for example) and is left alone. */
export function decideSweep(snapshot: SweepSnapshot): SweepFindings {
  const ours = snapshot.containers.filter((container) => container.labels['berth.task'] !== undefined);
  const owned = ours.filter((container) => ownerOf(snapshot, container) !== undefined);
  const differing = owned.filter((container) => differs(snapshot.statuses.get(container.name), container));
  return {
    wake: [...differing.map(({ name }) => name), ...withoutContainer(snapshot)],
    strangers: ours.filter((container) => isStranger(snapshot, container)),
    orphans: snapshot.volumes.filter((volume) => isOrphan(snapshot, volume)),
  };
}

function ownerOf({ node, tasks }: SweepSnapshot, container: ContainerView): Task | undefined {
  const task = tasks.get(container.name);
  return task?.node === node && container.labels['berth.task'] === task.id ? task : undefined;
}

/** One that runs for a task of another node that goes on is that node's: its machine is here under a second name. */
function isStranger(snapshot: SweepSnapshot, container: ContainerView): boolean {
  if (ownerOf(snapshot, container)) return false;
  const status = snapshot.tasks.has(container.name) ? snapshot.statuses.get(container.name) : undefined;
  return status === undefined || taskEnded(status.state);
}

function differs(status: TaskStatus | undefined, container: ContainerView): boolean {
  if (!status) return true;
  const runs = container.state === 'running';
  if (status.state === 'running' || status.state === 'stopping') return !runs;
  const keptAsItShould =
    status.container === 'kept' && !WITH_CONTAINER.has(status.state) && container.state === 'exited';
  return !keptAsItShould;
}

function withoutContainer({ containers, statuses }: SweepSnapshot): readonly string[] {
  const found = new Set(containers.map(({ name }) => name));
  const missing = [...statuses.values()].filter(({ id, state }) => WITH_CONTAINER.has(state) && !found.has(id));
  return missing.map(({ id }) => id);
}

/** A volume is there a moment before its container: as long as its task may still want it, it is left alone. */
function isOrphan({ node, containers, tasks, statuses }: SweepSnapshot, volume: string): boolean {
  if (containers.some(({ name }) => name === volume)) return false;
  const status = statuses.get(volume);
  if (tasks.get(volume)?.node !== node) return status === undefined || taskEnded(status.state);
  return status !== undefined && taskEnded(status.state) && status.nextAt === null;
}

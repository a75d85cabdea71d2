// What must hold at every single write, whoever made it and in whatever weather: documents move forward only, what was decided once
// stays decided, and what is derived is derived.
import { isDeepStrictEqual } from 'node:util';
import type { Instance } from '../model/instance.ts';
import { type Job, type JobStatus, jobEnded, jobId, type Slot, taskId } from '../model/job.ts';
import type { Documents, Kind } from '../model/kinds.ts';
import type { Ledger } from '../model/node.ts';
import { type Task, type TaskState, type TaskStatus, taskEnded, taskMayBecome } from '../model/task.ts';
import { occurrenceProblem } from './occurrence-rule.ts';
import type { Overlaps } from './overlaps.ts';
import type { Commit, SimDisk } from './sim-disk.ts';

/** Limits that a platform is configured with. */
export interface RuleSettings {
  readonly cpuOvercommit: number;
  /** Nothing is broken: what is due is done on time. */
  readonly isGentle: boolean;
  readonly overlaps: Overlaps;
}

/** A write as the rules of its kind see it. */
interface Change<K extends Kind> {
  readonly before: Documents[K] | undefined;
  readonly after: Documents[K] | undefined;
  readonly disk: SimDisk;
  readonly settings: RuleSettings;
}

const BEFORE_IT_RUNS: ReadonlySet<TaskState> = new Set(['assigned', 'preparing', 'starting']);

type Rules = { readonly [K in Kind]?: (change: Change<K>) => string | undefined };

const RULES: Rules = {
  instance: instanceProblem,
  instanceStatus: ({ before, after, disk }) => occurrenceProblem(disk, before, after),
  job: jobProblem,
  jobStatus: ({ before, after }) => (before && !after ? 'a job status was deleted' : jobStatusProblem(before, after)),
  task: taskProblem,
  taskStatus: taskStatusProblem,
  ledger: ledgerProblem,
  jobBinding: bindingProblem,
};

/** What is wrong with a write; undefined when nothing is. */
export function commitProblem(disk: SimDisk, commit: Commit, settings: RuleSettings): string | undefined {
  // A commit's documents are of its kind, which the table's type cannot say of a kind known only now.
  const rule = RULES[commit.kind] as ((change: Change<Kind>) => string | undefined) | undefined;
  const problem = rule?.({ before: commit.before, after: commit.after, disk, settings });
  return problem && `${commit.kind} ${commit.id}: ${problem}`;
}

function instanceProblem({ before, after, disk }: Change<'instance'>): string | undefined {
  if (!before || !after) return undefined;
  if (before.removing && !after.removing) return 'its removal was undone';
  const lasting = ({ id, name, application, algorithm, createdAt, shard }: Instance) => [
    id,
    name,
    application,
    algorithm,
    createdAt,
    shard,
  ];
  if (!isDeepStrictEqual(lasting(before), lasting(after))) return 'it became another instance';
  const isForgotten = before.earlier.some(({ untilAt }) => !after.earlier.some((each) => each.untilAt === untilAt));
  const settledAt = disk.read('instanceStatus', after.id)?.doc.cursorAt ?? 0;
  return isForgotten && settledAt < Math.min(...before.earlier.map(({ untilAt }) => untilAt)) - 1
    ? 'a schedule was forgotten that was not settled'
    : undefined;
}

/** An algorithm that runs keeps the sensors that it was given. */
function bindingProblem({ before, after }: Change<'jobBinding'>): string | undefined {
  if (!after) return 'a binding was deleted';
  if (!before || before.state === 'waiting') return undefined;
  return isDeepStrictEqual(before, after) ? undefined : `it was ${before.state} and was decided again`;
}

function jobProblem({ before, after, disk, settings }: Change<'job'>): string | undefined {
  if (!after) return 'a job was deleted';
  if (!before) return newJobProblem(after, disk) ?? latenessProblem(after, disk, settings);
  if (before.stop !== null && !isDeepStrictEqual(before.stop, after.stop)) return 'its stop was undone or changed';
  if (before.open === 0 && after.open === 1) return 'it was opened again';
  if (before.open === 1 && after.open === 0 && !jobEnded(disk.read('jobStatus', after.id)?.doc.state ?? 'accepted'))
    return 'it was closed before it ended';
  const lasting = ({ stop, open, ...rest }: Job) => rest;
  return isDeepStrictEqual(lasting(before), lasting(after)) ? undefined : 'more than its stop and its end changed';
}

function newJobProblem(job: Job, disk: SimDisk): string | undefined {
  const { origin } = job;
  if (origin.kind === 'occurrence' || origin.kind === 'after') {
    const twin = disk
      .docs('job')
      .find(
        ({ id, instance, origin: other }) =>
          id !== job.id && instance === job.instance && isDeepStrictEqual(origin, other),
      );
    if (twin) return `its occurrence was started already, as ${twin.id}`;
  }
  return job.id === jobId(job.instance, origin) ? undefined : 'its id is not the one of its origin';
}

/** Starting the platform and reading what is stored take less than this when nothing is broken. */
const ON_TIME_MS = 1500;

/** Runs that queue or replace others begin when those are over; so does what runs continuously and is begun anew. */
function mayWait(disk: SimDisk, id: string): boolean {
  const instance = disk.read('instance', id)?.doc;
  const isContinuous = instance?.schedule.triggers.some(({ kind }) => kind === 'continuous') ?? false;
  return isContinuous || instance?.overlap.kind === 'queue' || instance?.overlap.kind === 'replace';
}

function latenessProblem(
  { origin, createdAt, instance }: Job,
  disk: SimDisk,
  { isGentle }: RuleSettings,
): string | undefined {
  if (!isGentle || origin.kind !== 'occurrence' || createdAt - origin.at <= ON_TIME_MS) return undefined;
  const isQueued = disk.read('instanceStatus', instance)?.doc.queue.some(({ at }) => at === origin.at);
  if (isQueued || mayWait(disk, instance)) return undefined;
  return `its occurrence was due ${createdAt - origin.at} ms before`;
}

function jobStatusProblem(before: JobStatus | undefined, after: JobStatus | undefined): string | undefined {
  if (!before || !after) return undefined;
  if (jobEnded(before.state) && after.state !== before.state)
    return `it ended ${before.state} and became ${after.state}`;
  if (before.slots.length !== after.slots.length) return 'its number of slots changed';
  for (const [index, slot] of after.slots.entries()) {
    const problem = slotProblem(before.slots[index], slot);
    if (problem) return `slot ${index}: ${problem}`;
  }
  return undefined;
}

function slotProblem(before: Slot | undefined, after: Slot): string | undefined {
  if (!before) return 'it is new';
  const isOver = before.state !== 'empty' && before.state !== 'filled';
  if (isOver && after.state !== before.state) return `it was ${before.state} and became ${after.state}`;
  if (after.attempt < before.attempt) return `its attempt went back from ${before.attempt} to ${after.attempt}`;
  if (after.attempt > before.attempt + 1) return `it skipped attempts from ${before.attempt} to ${after.attempt}`;
  const isSame = after.attempt === before.attempt;
  if (isSame && before.task !== null && after.task !== before.task) return 'its task changed within an attempt';
  if (isSame && before.state === 'empty' && after.state === 'filled') return 'it was filled again by the same attempt';
  return undefined;
}

function taskProblem({ before, after, disk, settings }: Change<'task'>): string | undefined {
  if (!after) return 'a task was deleted';
  if (!before) return unboundProblem(after, disk) ?? newTaskProblem(after, disk, settings);
  if (before.stop !== null && !isDeepStrictEqual(before.stop, after.stop)) return 'its stop was undone or changed';
  const hasty = before.stop === null && after.stop !== null ? hastyStopProblem(after, disk) : undefined;
  if (hasty) return hasty;
  const lasting = ({ stop, ...rest }: Task) => rest;
  return isDeepStrictEqual(lasting(before), lasting(after)) ? undefined : 'more than its stop changed';
}

function unboundProblem({ job, spec }: Task, disk: SimDisk): string | undefined {
  if (!spec.sensorNeeds || disk.read('jobBinding', job)?.doc.state === 'bound') return undefined;
  return 'it was made before its sensors were bound';
}

/** Started first, then stopped: a task that moves goes on until its successor runs. */
function hastyStopProblem(task: Task, disk: SimDisk): string | undefined {
  const slot = disk.read('jobStatus', task.job)?.doc.slots[task.slot];
  const isWanted = disk.read('job', task.job)?.doc.stop === null;
  const untilAt = disk.read('node', task.node)?.doc.drainUntilAt;
  if (slot?.predecessor?.task !== task.id || slot.task === null || !isWanted || untilAt !== undefined) return undefined;
  const state = disk.read('taskStatus', slot.task)?.doc.state ?? 'assigned';
  return BEFORE_IT_RUNS.has(state)
    ? `it is stopped for ${slot.task}, which is ${state} and does not run yet`
    : undefined;
}

function newTaskProblem(task: Task, disk: SimDisk, { overlaps }: RuleSettings): string | undefined {
  const { job, slot, attempt, node } = task;
  if (task.id !== taskId(job, slot, attempt)) return 'its id is not the one of its slot and attempt';
  const filled = disk.read('jobStatus', job)?.doc.slots[slot];
  const isLate = filled !== undefined && (filled.attempt > attempt || filled.state !== 'filled');
  if (!isLate && filled?.task !== task.id) return 'the slot table does not name it';
  if (!isLate && !disk.read('ledger', node)?.doc.reservations.some((reservation) => reservation.task === task.id))
    return `the ledger of ${node} has no room reserved for it`;
  const live = olderAttempts(task).find((id) => disk.read('task', id) && !hasEnded(disk, id) && !overlaps.allows(id));
  return live === undefined || isLate ? undefined : `its slot is still filled by ${live}`;
}

function olderAttempts({ job, slot, attempt }: Task): readonly string[] {
  return Array.from({ length: attempt - 1 }, (_, index) => taskId(job, slot, index + 1));
}

function hasEnded(disk: SimDisk, task: string): boolean {
  return taskEnded(disk.read('taskStatus', task)?.doc.state ?? 'assigned');
}

function taskStatusProblem({ before, after }: Change<'taskStatus'>): string | undefined {
  if (!after) return 'a task status was deleted';
  if (!before || after.state === before.state) return before && backwards(before, after);
  return taskMayBecome(before.state, after.state) ? undefined : `it was ${before.state} and became ${after.state}`;
}

function backwards(before: TaskStatus, after: TaskStatus): string | undefined {
  if (before.endedAt !== null && after.endedAt !== before.endedAt) return 'the time of its end changed';
  // With a node that was removed its containers count as gone; when it is added again they are found again.
  if (before.state !== 'lost' && before.container === 'removed' && after.container === 'kept')
    return 'its container came back';
  return before.killAt !== null && after.killAt === null ? 'its kill was taken back' : undefined;
}

function ledgerProblem({ before, after, disk, settings }: Change<'ledger'>): string | undefined {
  if (!after) return undefined;
  const tasks = after.reservations.map(({ task }) => task);
  if (new Set(tasks).size < tasks.length) return 'a task has room reserved twice';
  if (after.claim !== null && after.reservations.some(({ job }) => job !== after.claim))
    return `it belongs to ${after.claim} alone, and others have room on it`;
  const alone = after.reservations.find(({ job }) => disk.read('job', job)?.doc.machine === 'standalone');
  if (alone && after.claim !== alone.job) return `${alone.job} needs the machine for itself and has no claim on it`;
  // Whose machine was replaced by a smaller one may have promised more: what it gives back is right, what it adds is not.
  const isLess = after.reservations.length < (before?.reservations.length ?? 0);
  return isLess ? undefined : roomProblem(after, disk, settings);
}

function roomProblem(ledger: Ledger, disk: SimDisk, { cpuOvercommit }: RuleSettings): string | undefined {
  const facts = disk.read('nodeStatus', ledger.id)?.doc.facts;
  if (!facts) return undefined;
  const sum = (each: (reservation: Ledger['reservations'][number]) => number) =>
    ledger.reservations.reduce((total, reservation) => total + each(reservation), 0);
  const cpus = sum((reservation) => reservation.cpus);
  if (cpus > facts.cpus * cpuOvercommit + 1e-6) return `${cpus} CPUs are promised of ${facts.cpus * cpuOvercommit}`;
  const memory = sum((reservation) => reservation.memoryBytes);
  return memory > facts.memoryBytes ? `${memory} bytes of memory are promised of ${facts.memoryBytes}` : undefined;
}

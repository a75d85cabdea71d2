// Builders of documents for tests: complete and ordinary, so that a test names only what it is about.
import type { Instance } from '../../src/model/instance.ts';
import { type Job, type JobSpec, jobId } from '../../src/model/job.ts';
import type { Ledger, Node, NodeStatus, Reservation } from '../../src/model/node.ts';
import type { Algorithm, Package } from '../../src/model/package.ts';
import type { Schedule } from '../../src/model/schedule.ts';
import type { Task, TaskStatus } from '../../src/model/task.ts';

/** 2026-11-22T08:00:00Z. */
export const T0 = Date.UTC(2026, 10, 22, 8);

const MIB = 1024 * 1024;

export function anAlgorithm(over: Partial<Algorithm> = {}): Algorithm {
  const asked = { sensors: [], controls: [], actions: [], environment: {}, output: 'text', exactlyOne: false } as const;
  const resources = { cpus: 0.25, memoryMiB: 64, diskMiB: 64, pids: 64 };
  return { id: 'watch', name: 'Watch', script: 'watch.py', kind: 'continuous', ...asked, resources, ...over };
}

export function aPackage(over: Partial<Package> = {}): Package {
  const config = {
    name: 'room',
    version: '1',
    description: '',
    runtime: 'python',
    dependencies: { pip: [], debian: [] },
    network: [],
    algorithms: [anAlgorithm()],
  } as const;
  const stored = { blob: 'sha256:0', sizeBytes: 1, files: [], sensorConfig: { sensors: [] }, createdAt: T0 };
  return { id: 'a'.repeat(64), application: 'room', config, ...stored, ...over };
}

/** Every minute from `T0` on, in UTC. */
export function aSchedule(over: Partial<Schedule> = {}): Schedule {
  const triggers = [{ kind: 'interval', everyMs: 60_000 }] as const;
  return { triggers, startAt: T0, zone: 'UTC', windows: [], calendars: [], jitterMs: 0, ...over };
}

export function anInstance(over: Partial<Instance> = {}): Instance {
  return {
    id: 'room-abc123',
    name: 'room',
    application: 'room',
    algorithm: 'watch',
    package: 'current',
    schedule: aSchedule(),
    earlier: [],
    missed: { kind: 'run-latest' },
    overlap: { kind: 'skip' },
    priority: 0,
    leadMs: 0,
    skips: [],
    copies: 1,
    machine: 'shared',
    labels: {},
    location: null,
    parameters: {},
    environment: {},
    resources: {},
    restart: { runsPerTask: 5, tasks: 3, backoffMs: 1000, maxBackoffMs: 60_000, stableAfterMs: 60_000 },
    graceMs: 10_000,
    enabled: true,
    enabledAt: T0,
    removing: false,
    createdAt: T0,
    updatedAt: T0,
    shard: 0,
    ...over,
  };
}

export function aSpec(over: Partial<JobSpec> = {}): JobSpec {
  const { restart, graceMs, labels, location, parameters, environment } = anInstance();
  const { script, kind, output, resources, exactlyOne } = anAlgorithm();
  return {
    script,
    kind,
    output,
    network: [],
    resources,
    environment,
    parameters,
    labels,
    location,
    restart,
    graceMs,
    exactlyOne,
    ...over,
  };
}

export function aJob(over: Partial<Job> = {}): Job {
  const origin = { kind: 'occurrence', at: T0 } as const;
  return {
    id: jobId('room-abc123', origin),
    instance: 'room-abc123',
    application: 'room',
    algorithm: 'watch',
    package: 'a'.repeat(64),
    origin,
    startsAt: T0,
    endsAt: null,
    copies: 1,
    machine: 'shared',
    priority: 0,
    spec: aSpec(),
    stop: null,
    why: 'because',
    createdAt: T0,
    shard: 0,
    open: 1,
    ...over,
  };
}

export function aNode(id: string, over: Partial<Node> = {}): Node {
  const access = { kind: 'local', socketPath: '/run/docker.sock' } as const;
  return { id, access, labels: {}, draining: false, removing: false, createdAt: T0, shard: 0, ...over };
}

export function aNodeStatus(
  id: string,
  load: { cpu?: number; memory?: number } = {},
  over: Partial<NodeStatus> = {},
): NodeStatus {
  const facts = {
    architecture: 'amd64',
    cpus: 4,
    memoryBytes: 8192 * MIB,
    diskBytes: 1e11,
    engineVersion: '20.10',
    apiVersion: '1.41',
    operatingSystem: 'Debian',
    bootId: 'b',
    engineId: `engine-of-${id}`,
  };
  return {
    id,
    state: 'ready',
    reason: 'answers',
    facts,
    load: { at: T0, cpu: load.cpu ?? 0.2, memory: load.memory ?? 0.2, diskFreeBytes: 5e10 },
    clockOffsetMs: 0,
    lastSeenAt: T0,
    stateSinceAt: T0,
    shard: 0,
    ...over,
  };
}

export function aReservation(task: string, over: Partial<Reservation> = {}): Reservation {
  return {
    task,
    job: task.slice(0, task.lastIndexOf('.', task.lastIndexOf('.') - 1)),
    slot: 0,
    cpus: 0.25,
    memoryBytes: 64 * MIB,
    diskBytes: 64 * MIB,
    at: T0 - 1,
    ...over,
  };
}

export function aLedger(id: string, reservations: readonly Reservation[] = [], claim: string | null = null): Ledger {
  return { id, claim, reservations };
}

export function aTask(job: Job, slot: number, attempt: number, node: string, over: Partial<Task> = {}): Task {
  const { id, instance, application, algorithm, package: packageId, copies, spec, startsAt, endsAt } = job;
  const of = { job: id, instance, application, algorithm, package: packageId, copies, spec, startsAt, endsAt };
  return { id: `${id}.${slot}.${attempt}`, ...of, slot, attempt, node, stop: null, createdAt: T0, shard: 0, ...over };
}

export function aTaskStatus(task: Task, over: Partial<TaskStatus> = {}): TaskStatus {
  const nothing = {
    containerId: null,
    exitCode: null,
    startedAt: null,
    endedAt: null,
    killAt: null,
    runs: [],
    lastLines: [],
    nextAt: null,
  };
  return {
    id: task.id,
    job: task.job,
    node: task.node,
    state: 'running',
    reason: 'running',
    attempts: 0,
    container: 'none',
    ...nothing,
    createdAt: T0,
    shard: 0,
    ...over,
  };
}

// The job of a trial, made by the code that makes jobs on the platform: the package is pushed, the instance created from a file, the job
// and its binding made of them.
import { join } from 'node:path';
import { ZipArchives } from '../adapters/zip-archives/zip-archives.ts';
import { createInstance } from '../applications/instance-requests.ts';
import { DEFAULT_PACKAGE_LIMITS } from '../applications/package-limits.ts';
import { pushPackage } from '../applications/package-requests.ts';
import { UploadHolds } from '../applications/upload-holds.ts';
import { zipDirectory } from '../cli/zip-directory.ts';
import { BerthError } from '../model/errors.ts';
import type { Job } from '../model/job.ts';
import { taskId } from '../model/job.ts';
import type { Algorithm, Package } from '../model/package.ts';
import { shardOf } from '../model/shard.ts';
import type { Task, TaskStatus } from '../model/task.ts';
import { taskFile } from '../nodes/task-file.ts';
import { jobOf } from '../scheduler/job-of.ts';
import { scheduleFaults } from '../scheduler/schedule-faults.ts';
import { DEVELOPER } from './dev-actions.ts';
import type { DevFoundations } from './dev-foundations.ts';
import { chosenAlgorithm } from './dev-registry.ts';

/** The node on which a trial runs: this machine. */
export const DEV_NODE = 'here';

/** Checks a directory as if it were uploaded, and keeps it. @throws what an upload is refused with */
export async function pushDirectory(foundations: DevFoundations, directory: string): Promise<Package> {
  const { store, blobs, clock, log, recordEvent: record } = foundations;
  const holds = new UploadHolds({ blobs, store });
  const archives = new ZipArchives(blobs);
  const parts = { store, blobs, archives, clock, log, record, holds, limits: DEFAULT_PACKAGE_LIMITS };
  return (await pushPackage(parts, await zipDirectory(directory))).package;
}

/** The algorithm that is to be tried. @throws dev.which-algorithm, dev.no-such-algorithm */
export function algorithmOf({ config }: Package, wanted: string | undefined): Algorithm {
  const found = chosenAlgorithm(config, wanted);
  if (found) return found;
  const algorithms = config.algorithms.map(({ id }) => id).join(', ');
  if (wanted !== undefined) throw new BerthError('dev.no-such-algorithm', { algorithm: wanted, algorithms });
  throw new BerthError('dev.which-algorithm', { count: config.algorithms.length, algorithms });
}

/** Makes the job. @throws instance.invalid */
export async function createDevJob(
  foundations: DevFoundations,
  tried: { readonly package: Package; readonly algorithm: Algorithm },
  { parameters, secrets }: Readonly<Record<'parameters' | 'secrets', Readonly<Record<string, string>>>>,
): Promise<Job> {
  const { store, clock, random, recordEvent: record } = foundations;
  const { package: pushed, algorithm } = tried;
  const value = {
    name: algorithm.id,
    application: pushed.application,
    algorithm: algorithm.id,
    schedule: { kind: 'continuous' },
    parameters,
    secrets: Object.keys(secrets),
    notify: [DEVELOPER],
    // A device that has measured nothing yet would be waited for.
    bindings: { missing: 'run-without' },
  };
  const file = { name: 'the trial', contents: { value } };
  const instance = await createInstance({ store, clock, random, record, scheduleFaults }, file);
  const now = clock.now();
  const origin = { kind: 'manual', request: random.id(6), by: DEVELOPER } as const;
  const when = { origin, startsAt: now, endsAt: null, why: 'It is tried.' };
  // There is one copy, and nobody else to give its slot to.
  const once = { ...algorithm, exactlyOne: false };
  const job = jobOf({ instance, package: pushed, algorithm: once, parameters: instance.parameters, ...when }, now);
  return (await store.create('job', job)).doc;
}

/** The job's only task, as deployment would have placed it. */
export async function createDevTask({ store, clock }: DevFoundations, job: Job): Promise<Task> {
  const { id, instance, application, algorithm, package: of, copies, spec, startsAt, endsAt } = job;
  const createdAt = clock.now();
  const place = { slot: 0, copies, attempt: 1, node: DEV_NODE, spec, startsAt, endsAt, stop: null };
  const names = { job: id, instance, application, algorithm, package: of };
  const task: Task = { id: taskId(id, 0, 1), ...names, ...place, createdAt, shard: shardOf(id) };
  await store.create('task', task);
  await store.create('taskStatus', statusOf(task));
  return task;
}

function statusOf({ id, job, node, createdAt, shard }: Task): TaskStatus {
  const nothing = { containerId: null, exitCode: null, attempts: 0, endedAt: null, killAt: null, nextAt: null };
  const empty = { container: 'none', runs: [], lastLines: [] } as const;
  const state = { state: 'running', reason: 'It is tried.', startedAt: createdAt } as const;
  return { id, job, node, ...state, ...nothing, ...empty, createdAt, shard };
}

/** What the launcher is told: as in a container, but for the socket's place, this machine's own network, and an end at the first crash. */
export function devTaskFile(task: Task, token: string, directory: string): Readonly<Record<string, unknown>> {
  const places = { socket: join(directory, 'sdk.sock'), secretsDirectory: join(directory, 'secrets') };
  const here = { ...places, network: [], runsPerTask: 1 };
  return { ...taskFile(task, { token, clockOffsetMs: 0 }), ...here };
}

// What the store and the engine must say when the script is over, wherever the platform died: nothing lost, nothing doubled, nothing
// left. Read from the database itself, and compared with what the engine told.
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { SqliteStore } from '../../../src/adapters/sqlite-store/sqlite-store.ts';
import { SystemClock } from '../../../src/adapters/system-clock/system-clock.ts';
import { pages } from '../../../src/engine/shard-sweep.ts';
import type { Instance } from '../../../src/model/instance.ts';
import type { Documents, Kind } from '../../../src/model/kinds.ts';
import { silentLog } from '../../contracts/silent-log.ts';
import { COUNTED } from './application.ts';
import type { Life } from './witness.ts';

/** Everything that is kept of the kinds that are looked at. */
export type Kept = Awaited<ReturnType<typeof readKept>>;

/** Reads a platform's database after its process has ended. */
export async function readKept(directory: string) {
  const clock = new SystemClock();
  const store = SqliteStore.open({ path: join(directory, 'data', 'berth.sqlite'), clock, log: silentLog });
  const all = <K extends Kind>(kind: K): Promise<Documents[K][]> =>
    Array.fromAsync(pages(store, kind, { limit: 1000 }));
  try {
    return {
      ...{ application: await all('application'), package: await all('package'), image: await all('image') },
      ...{ instance: await all('instance'), instanceName: await all('instanceName') },
      ...{
        instanceStatus: await all('instanceStatus'),
        gap: await all('gap'),
        job: await all('job'),
        jobStatus: await all('jobStatus'),
      },
      ...{ task: await all('task'), taskStatus: await all('taskStatus'), output: await all('output') },
      ...{ node: await all('node'), ledger: await all('ledger'), token: await all('token') },
      ...{ baseImage: await all('baseImage'), platform: await all('platform') },
      ...{ dependencyLayer: await all('dependencyLayer') },
    };
  } finally {
    await store.close();
  }
}

/** What is wrong after the lives; empty when nothing was lost, doubled or left. */
export function livesProblems(kept: Kept, lives: readonly Life[], directory: string): string[] {
  return [
    ...wrongJobs(kept),
    ...wrongOccurrences(kept),
    ...wrongTasks(kept, lives),
    ...wrongOutputs(kept),
    ...unsettled(kept),
    ...doubledLives(lives),
    ...orphans(kept, directory),
  ];
}

/** What is wrong after the build; empty when nothing was lost, doubled or left. */
export function buildProblems(kept: Kept, lives: readonly Life[], directory: string): string[] {
  const { job, jobStatus, output, dependencyLayer, image } = kept;
  const state = jobStatus.map((status) => status.state).join();
  const outputs = output.map(({ text }) => text).join();
  return [
    ...(job.length === 1 && state === 'succeeded' ? [] : [`${job.length} jobs, which are ${state}`]),
    ...(outputs === 'output 10' ? [] : [`the output is ${outputs}`]),
    ...wrongCount('dependency layers', dependencyLayer.length, 1),
    ...wrongCount('images', image.length, 1),
    ...unsettled(kept),
    ...doubledLives(lives),
    ...orphans(kept, directory),
  ];
}

/** For each instance that the script makes: how its jobs end, and how many tasks each slot takes. */
const EXPECTED: Readonly<Record<string, { readonly state: string; readonly tasks: number }>> = {
  counted: { state: 'succeeded', tasks: 1 },
  killed: { state: 'stopped', tasks: 2 },
  frozen: { state: 'stopped', tasks: 1 },
  crashing: { state: 'failed', tasks: 2 },
  scheduled: { state: 'stopped', tasks: 1 },
  removed: { state: 'stopped', tasks: 1 },
};

function nameOf(instance: string): string {
  return instance.slice(0, instance.lastIndexOf('-'));
}

function wrongJobs({ job, jobStatus }: Kept): string[] {
  const byName = Map.groupBy(job, ({ instance }) => nameOf(instance));
  const missing = Object.keys(EXPECTED).filter((name) => name !== 'scheduled' && byName.get(name)?.length !== 1);
  const statuses = new Map(jobStatus.map((status) => [status.id, status]));
  return [
    ...missing.map((name) => `${name} has ${byName.get(name)?.length ?? 0} jobs`),
    ...job.flatMap(({ id, instance }) => {
      const [state, wanted] = [statuses.get(id)?.state, EXPECTED[nameOf(instance)]?.state];
      return state === wanted ? [] : [`job ${id} is ${state}, not ${wanted}: ${statuses.get(id)?.reason}`];
    }),
  ];
}

/** Every occurrence since the instance was made is one job, or told as missed. */
function wrongOccurrences({ instance, gap, job }: Kept): string[] {
  const found = instance.find(({ name }) => name === 'scheduled');
  if (!found) return ['the instance scheduled is gone'];
  const missed = gap.filter((each) => each.instance === found.id);
  const starts = job.filter((each) => each.instance === found.id).map(({ startsAt }) => startsAt);
  return occurrencesOf(found).flatMap((at) => {
    const jobs = starts.filter((start) => start === at).length;
    const told = missed.filter(({ fromAt, toAt }) => at >= fromAt && at <= toAt).length;
    return jobs + told === 1
      ? []
      : [`the occurrence at ${new Date(at).toISOString()}: ${jobs} jobs, told as missed ${told} times`];
  });
}

function occurrencesOf({ schedule, enabledAt }: Instance): number[] {
  const { triggers, startAt, endAt = 0 } = schedule;
  const [trigger] = triggers;
  if (trigger?.kind !== 'interval') return [];
  const count = Math.ceil((endAt - startAt) / trigger.everyMs);
  return Array.from({ length: count }, (_, index) => startAt + index * trigger.everyMs).filter((at) => at >= enabledAt);
}

/**
 * A death of the platform is no reason for a container to be replaced, unless it came before the container was told what to run. A
 * scheduled job that was made too late has none.
 */
function wrongTasks({ job, task, taskStatus }: Kept, lives: readonly Life[]): string[] {
  const started = new Set(lives.map((life) => life.task));
  const untold = new Set(taskStatus.filter(({ state }) => state === 'lost').map(({ id }) => id));
  return job.flatMap(({ id, instance, copies }) => {
    const own = task.filter((each) => each.job === id && !untold.has(each.id));
    const isScheduled = nameOf(instance) === 'scheduled';
    const wanted = (EXPECTED[nameOf(instance)]?.tasks ?? 0) * copies;
    const ran = own.filter((each) => started.has(each.id)).length;
    return [
      ...(own.length === wanted || (isScheduled && own.length === 0)
        ? []
        : [`job ${id} had ${own.length} tasks, not ${wanted}`]),
      ...(ran === own.length || isScheduled ? [] : [`job ${id}: ${ran} of ${own.length} containers ran`]),
    ];
  });
}

function wrongOutputs({ job, output }: Kept): string[] {
  const counted = job.filter(({ instance }) => nameOf(instance) === 'counted');
  return counted.flatMap(({ id, copies }) => {
    const given = output.filter((each) => each.job === id).map(({ slot, text }) => `${slot} ${text}`);
    const wanted = Array.from(
      { length: copies * COUNTED },
      (_, n) => `${Math.floor(n / COUNTED)} output ${(n % COUNTED) + 1}`,
    );
    return given.toSorted().join() === wanted.toSorted().join() ? [] : [`job ${id} gave ${given.toSorted().join()}`];
  });
}

function unsettled({ job, jobStatus, task, taskStatus, instanceStatus, ledger, image }: Kept): string[] {
  const statuses = new Set(taskStatus.map(({ id }) => id));
  return [
    ...job.filter(({ open }) => open === 1).map(({ id }) => `job ${id} is not closed`),
    ...jobStatus.filter(({ nextAt }) => nextAt !== null).map(({ id }) => `jobStatus ${id} wants another look`),
    ...task.filter(({ id }) => !statuses.has(id)).map(({ id }) => `task ${id} was never taken up`),
    ...taskStatus
      .filter(({ nextAt }) => nextAt !== null)
      .map(({ id, state }) => `task ${id} (${state}) wants another look`),
    ...taskStatus
      .filter(({ container }) => container === 'kept')
      .map(({ id }) => `task ${id} says that it has a container`),
    ...instanceStatus.filter(({ nextAt }) => nextAt !== null).map(({ id }) => `instance ${id} wants another look`),
    ...ledger
      .filter(({ reservations, claim }) => reservations.length > 0 || claim !== null)
      .map((each) => `ledger ${JSON.stringify(each)}`),
    ...image.filter(({ state }) => state !== 'ready').map(({ id, state }) => `image ${id} is ${state}`),
  ];
}

function doubledLives(lives: readonly Life[]): string[] {
  return lives.flatMap((life, index) =>
    lives
      .slice(0, index)
      .filter((other) => other.slot === life.slot && (other.untilNs ?? Infinity) > life.fromNs)
      .map((other) => `${other.task} and ${life.task} ran at the same time`),
  );
}

function orphans(
  { instance, instanceName, instanceStatus, node, token, application, package: packages }: Kept,
  directory: string,
): string[] {
  const ids = new Set(instance.map(({ id }) => id));
  return [
    ...instanceName.filter((held) => !ids.has(held.instance)).map(({ id }) => `the name ${id} is held for nobody`),
    ...instanceStatus.filter(({ id }) => !ids.has(id)).map(({ id }) => `the status of ${id} has no instance`),
    ...instance.filter(({ name }) => name === 'removed').map(() => 'the removed instance is there'),
    ...readdirSync(join(directory, 'data', 'blobs', 'incoming')).map((name) => `half a blob ${name}`),
    ...wrongCount('nodes', node.length, 1),
    ...wrongCount('tokens', token.length, 1),
    ...wrongCount('applications', application.length, 1),
    ...wrongCount('packages', packages.length, 1),
  ];
}

/** After a first start there is one of everything that it makes, and the base image's layers are whole. */
export function firstStartProblems({ platform, node, token, baseImage }: Kept, directory: string): string[] {
  const blobs = join(directory, 'data', 'blobs');
  const layers = baseImage.flatMap((base) => base.layers);
  const damaged = layers.filter(({ digest, sizeBytes }) => {
    const hex = digest.slice('sha256:'.length);
    return statSync(join(blobs, hex.slice(0, 2), hex.slice(2)), { throwIfNoEntry: false })?.size !== sizeBytes;
  });
  return [
    ...wrongCount('platforms', platform.length, 1),
    ...wrongCount('nodes', node.length, 1),
    ...wrongCount('tokens', token.length, 1),
    ...wrongCount('base images', baseImage.length, 1),
    ...damaged.map(({ digest }) => `the layer ${digest} is not whole`),
    ...readdirSync(join(blobs, 'incoming')).map((name) => `half a blob ${name}`),
  ];
}

function wrongCount(what: string, found: number, wanted: number): string[] {
  return found === wanted ? [] : [`${found} ${what}, not ${wanted}`];
}

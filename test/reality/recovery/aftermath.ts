// What the store and the engine must say when the script is over, wherever the platform died: nothing lost, nothing doubled, nothing
// left. Read from the database itself, and compared with what the engine told.
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { SqliteStore } from '../../../src/adapters/sqlite-store/sqlite-store.ts';
import { SystemClock } from '../../../src/adapters/system-clock/system-clock.ts';
import { pages } from '../../../src/engine/shard-sweep.ts';
import type { Documents, Kind } from '../../../src/model/kinds.ts';
import type { Instance } from '../../../src/model/instance.ts';
import { silentLog } from '../../contracts/silent-log.ts';
import { COUNTED } from './application.ts';
import type { Life } from './witness.ts';

/** Everything of the kinds that are looked at. */
export type Kept = { readonly [K in (typeof KINDS)[number]]: readonly Documents[K][] };

const KINDS = [
  'application',
  'package',
  'image',
  'instance',
  'instanceName',
  'instanceStatus',
  'job',
  'jobStatus',
  'task',
  'taskStatus',
  'ledger',
  'output',
  'node',
  'token',
  'logSegment',
] as const satisfies readonly Kind[];

/** What a task wrote, as the platform keeps it. */
export type KeptLog = Readonly<Record<'stdout' | 'stderr', Buffer>> & { readonly gaps: readonly string[] };

/** Reads a platform's database after its process has ended. */
export async function readKept(directory: string): Promise<Kept> {
  const clock = new SystemClock();
  const store = SqliteStore.open({ path: join(directory, 'data', 'berth.sqlite'), clock, log: silentLog });
  try {
    const all = KINDS.map(async (kind) => [kind, await Array.fromAsync(pages(store, kind, { limit: 1000 }))] as const);
    return Object.fromEntries(await Promise.all(all)) as Kept;
  } finally {
    await store.close();
  }
}

/** What is wrong; empty when nothing was lost, doubled or left. */
export function problemsOf(kept: Kept, lives: readonly Life[], directory: string): string[] {
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
function wrongOccurrences({ instance, instanceStatus, job }: Kept): string[] {
  const found = instance.find(({ name }) => name === 'scheduled');
  if (!found) return ['the instance scheduled is gone'];
  const missed = instanceStatus.find(({ id }) => id === found.id)?.missed ?? [];
  const starts = job.filter((each) => each.instance === found.id).map(({ startsAt }) => startsAt);
  return occurrencesOf(found).flatMap((at) => {
    const jobs = starts.filter((start) => start === at).length;
    const told = missed.filter(({ fromAt, toAt }) => at >= fromAt && at <= toAt).length;
    return jobs + told === 1 ? [] : [`the occurrence at ${new Date(at).toISOString()}: ${jobs} jobs, told as missed ${told} times`];
  });
}

function occurrencesOf({ schedule, enabledAt }: Instance): number[] {
  const { trigger, startAt, endAt = 0 } = schedule;
  if (trigger.kind !== 'interval') return [];
  const count = Math.ceil((endAt - startAt) / trigger.everyMs);
  return Array.from({ length: count }, (_, index) => startAt + index * trigger.everyMs).filter((at) => at >= enabledAt);
}

/** A death of the platform is no reason for a container to be replaced. A scheduled job that was made too late has none. */
function wrongTasks({ job, task }: Kept, lives: readonly Life[]): string[] {
  const started = new Set(lives.map((life) => life.task));
  return job.flatMap(({ id, instance, copies }) => {
    const own = task.filter((each) => each.job === id);
    const wanted = (EXPECTED[nameOf(instance)]?.tasks ?? 0) * copies;
    const fits = own.length === wanted || (nameOf(instance) === 'scheduled' && own.length === 0);
    const ran = own.filter((each) => started.has(each.id)).length;
    const told = fits ? [] : [`job ${id} had ${own.length} tasks, not ${wanted}`];
    return ran === own.length || nameOf(instance) === 'scheduled' ? told : [...told, `job ${id}: ${ran} of ${own.length} containers ran`];
  });
}

function wrongOutputs({ job, output }: Kept): string[] {
  const counted = job.filter(({ instance }) => nameOf(instance) === 'counted');
  return counted.flatMap(({ id, copies }) => {
    const given = output.filter((each) => each.job === id).map(({ slot, text }) => `${slot} ${text}`);
    const wanted = Array.from({ length: copies * COUNTED }, (_, n) => `${Math.floor(n / COUNTED)} output ${(n % COUNTED) + 1}`);
    return given.toSorted().join() === wanted.toSorted().join() ? [] : [`job ${id} gave ${given.toSorted().join()}`];
  });
}

function unsettled({ job, jobStatus, task, taskStatus, instanceStatus, ledger, image }: Kept): string[] {
  const statuses = new Set(taskStatus.map(({ id }) => id));
  return [
    ...job.filter(({ open }) => open === 1).map(({ id }) => `job ${id} is not closed`),
    ...jobStatus.filter(({ nextAt }) => nextAt !== null).map(({ id }) => `jobStatus ${id} wants another look`),
    ...task.filter(({ id }) => !statuses.has(id)).map(({ id }) => `task ${id} was never taken up`),
    ...taskStatus.filter(({ nextAt }) => nextAt !== null).map(({ id, state }) => `task ${id} (${state}) wants another look`),
    ...taskStatus.filter(({ container }) => container === 'kept').map(({ id }) => `task ${id} says that it has a container`),
    ...instanceStatus.filter(({ nextAt }) => nextAt !== null).map(({ id }) => `instance ${id} wants another look`),
    ...ledger.filter(({ reservations, claim }) => reservations.length > 0 || claim !== null).map((each) => `ledger ${JSON.stringify(each)}`),
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

function orphans({ instance, instanceName, instanceStatus, node, token, application, package: packages }: Kept, directory: string): string[] {
  const ids = new Set(instance.map(({ id }) => id));
  const wrong = (what: string, found: number, wanted: number) => (found === wanted ? [] : [`${found} ${what}, not ${wanted}`]);
  return [
    ...instanceName.filter((held) => !ids.has(held.instance)).map(({ id }) => `the name ${id} is held for nobody`),
    ...instanceStatus.filter(({ id }) => !ids.has(id)).map(({ id }) => `the status of ${id} has no instance`),
    ...instance.filter(({ name }) => name === 'removed').map(() => 'the removed instance is there'),
    ...readdirSync(join(directory, 'data', 'blobs', 'incoming')).map((name) => `half a blob ${name}`),
    ...wrong('nodes', node.length, 1),
    ...wrong('tokens', token.length, 1),
    ...wrong('applications', application.length, 1),
    ...wrong('packages', packages.length, 1),
  ];
}

/** What a kept log lacks or doubles, against what the engine gave its witness, and the output that it says was given. */
export function logProblems(task: string, kept: KeptLog, written: Record<'stdout' | 'stderr', Buffer>, outputs: readonly (string | undefined)[]): string[] {
  const differing = (['stdout', 'stderr'] as const)
    .filter((stream) => !kept[stream].equals(written[stream]))
    .map((stream) => `the ${stream} of ${task} is kept as ${JSON.stringify(kept[stream].toString())}, but was ${JSON.stringify(written[stream].toString())}`);
  const given = [...kept.stdout.toString().matchAll(/^gave (output \d+)$/gm)].map(([, output]) => output);
  const lost = given.filter((output) => outputs.filter((each) => each === output).length !== 1);
  return [
    ...kept.gaps.map((gap) => `the log of ${task} has a gap: ${gap}`),
    ...differing,
    ...lost.map((output) => `${output} of ${task} is kept ${outputs.filter((each) => each === output).length} times`),
    ...(new Set(outputs).size === outputs.length ? [] : [`output of ${task} is doubled: ${outputs.join()}`]),
  ];
}
